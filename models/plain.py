"""The native network as its architecture and plain weights, which needs no TorchScript; docs/models.md."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from contract import METADATA, NATIVE, ModelError, Signature
from define import Architecture, build
from module_check import difference
from scaling import Scaling

WEIGHTS = "bimetal.weights"  # extra file: little-endian float32, the parameters one after another, each row by row
KEYS = ("name", "layers", "error_layers", "second_layers", "head")


def is_plain(architecture: dict[str, Any]) -> bool:
    """Whether define.py has this network. One whose second network has no hidden layer is known to C++ alone."""
    return architecture["name"] == NATIVE and bool(architecture.get("second_layers"))


def weights_of(module: nn.Module) -> bytes:
    return torch.cat([each.detach().flatten() for each in module.parameters()]).numpy().astype("<f4").tobytes()


def read_plain(weights: bytes, metadata: dict[str, Any], signature: Signature, source: str) -> nn.Module:
    """The network, which gives the answers to the reference rows that its metadata say."""
    architecture = Architecture.from_json({key: value for key, value in metadata["architecture"].items() if key in KEYS})
    module = build(architecture, signature, Scaling.from_json(metadata["scaling"])).eval()
    n = sum(each.numel() for each in module.parameters())
    if len(weights) != 4 * n:
        raise ModelError(f"{source}: its plain weights ({WEIGHTS}) are {len(weights)} bytes where its architecture has "
                         f"{n} float32 numbers; export it again")
    flat = torch.from_numpy(np.frombuffer(weights, "<f4").astype(np.float32))
    if not torch.isfinite(flat).all():
        raise ModelError(f"{source}: its plain weights ({WEIGHTS}) have values that are not finite; train it again, or "
                         "take an earlier one")
    with torch.no_grad():
        for each, values in zip(module.parameters(), flat.split([each.numel() for each in module.parameters()])):
            each.copy_(values.view_as(each))
        answer: tuple[Tensor, ...] = module(torch.tensor(metadata["reference"]["input"], dtype=torch.float32))
    off = difference(answer, metadata["reference"], signature)
    if off:
        raise ModelError(f"{source}: for reference row {off.row + 1} its plain weights ({WEIGHTS}) give "
                         f"{off.given:.9g} for {off.what}, not {off.expected:.9g} as its metadata ({METADATA}) says, "
                         "so it is not the model it was when it was written; export it again")
    return module
