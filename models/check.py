#!/usr/bin/env python3
"""Checks that a file is a model that bimetal can use (docs/models.md), and how it fares on a data set."""

from __future__ import annotations

import argparse
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import packages  # noqa: F401  (first, as it looks for the others)
import numpy as np
import torch
from torch import nn

from contract import METADATA, ModelError, Signature, guarded
from dataset import DataSet, load
from learning import answers, scaled_errors
from module_check import learns, require_contract
from plain import WEIGHTS, is_plain, read_plain
from scaling import Features, Scaling
from schema import read_metadata

class NotTorchScript(ModelError):
    """A complete archive of something else."""


@dataclass(frozen=True)
class Model:
    """A file that has passed all checks."""

    module: nn.Module
    metadata: dict[str, Any]
    signature: Signature
    scaling: Scaling


def read_model(path: Path) -> Model:
    """The native network of its plain weights, where the file has them, and the TorchScript module otherwise."""
    require_complete(path)
    weights = extra_file(path, WEIGHTS)
    module, text = (None, extra_file(path, METADATA)) if weights else read_archive(path)
    if not text:
        raise ModelError(f"{path} has no metadata ({METADATA}), so nobody knows what its numbers mean; add it with "
                         "models/export.py")
    metadata = read_metadata(text, f"{METADATA} of {path}")
    signature = Signature.from_json(metadata, metadata["scaling"]["knee"])
    if weights and is_plain(metadata["architecture"]):
        return Model(read_plain(weights, metadata, signature, str(path)), metadata, signature,
                     Scaling.from_json(metadata["scaling"]))
    module = module or read_archive(path)[0]
    require_contract(module, signature, metadata["reference"], str(path))
    return Model(module, metadata, signature, Scaling.from_json(metadata["scaling"]))


def extra_file(path: Path, name: str) -> bytes:
    """What the archive holds beside the module; empty if there is no such file."""
    with zipfile.ZipFile(path) as archive:
        found = [each for each in archive.namelist() if each.split("/", 1)[-1] == f"extra/{name}"]
        return archive.read(found[0]) if found else b""


def read_archive(path: Path) -> tuple[torch.jit.ScriptModule, bytes | str]:
    """The TorchScript module and the metadata, which are empty if there are none."""
    require_complete(path)
    extra = {METADATA: ""}
    try:
        module = torch.jit.load(str(path), map_location="cpu", _extra_files=extra)
    except Exception as error:  # whatever reading somebody else's program raises
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise NotTorchScript(f"{path} is not a TorchScript archive ({reason}); write it by torch.jit.save or "
                             "models/export.py") from error
    return module.eval(), extra[METADATA]


def require_complete(path: Path) -> None:
    """A TorchScript archive is a zip file, with a checksum for every record and its contents at the very end."""
    if not path.is_file():
        raise ModelError(f"There is no model '{path}'; check the path.")
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
    except (zipfile.BadZipFile, OSError) as error:
        with path.open("rb") as file:
            truncated = file.read(2) == b"PK"
        what = "is truncated" if truncated else "is not a TorchScript archive"
        raise ModelError(f"{path} {what} ({error}); copy or write it anew.") from error
    if damaged is not None:
        raise ModelError(f"{path} is damaged: its record {damaged} does not match its checksum; copy it anew.")


def inspect(model: Model) -> str:
    metadata, signature = model.metadata, model.signature
    n = sum(parameter.numel() for parameter in model.module.parameters())
    x = torch.tensor(metadata["reference"]["input"], dtype=torch.float32)
    fixed = "" if learns(model.module, x) else ", none of which training could change, so that it serves as it is"
    return (f"{metadata['architecture']['name']}, {n} parameters{fixed}, version {metadata['version']}\n"
            f"training {json.dumps(metadata['training'])}\n"
            f"rows of kind {signature.kind}, dt {signature.dt:g} s, fingerprint {signature.fingerprint}\n"
            f"inputs {', '.join(each.name for each in signature.inputs)}\n"
            f"predicted {', '.join(signature.predicted)}")


def distances(model: Model, inputs: np.ndarray) -> np.ndarray | None:
    """[n]: how unfamiliar each row is, beyond 1 too much; None if the model does not say."""
    if "familiarity" not in model.metadata:
        return None
    x = Features(model.scaling)(torch.from_numpy(inputs).float()).double().numpy()
    familiarity = model.metadata["familiarity"]
    whitening = np.reshape(familiarity["whitening"], (x.shape[1], x.shape[1]))
    return np.linalg.norm(x @ whitening.T - familiarity["centre"], axis=1)


def quality(model: Model, data: DataSet) -> str:
    """On the held-out rows."""
    rows = data.held_out
    increments, log_error, *_ = answers(model.module, rows.inputs)
    error = scaled_errors(data.signature, increments, rows.increments)
    distance = distances(model, rows.inputs)
    unfamiliar = "" if distance is None else f", {(distance > 1).mean():.2%} of them unfamiliar"
    rank = np.corrcoef(error.argsort().argsort(), log_error.argsort().argsort())[0, 1]
    return (f"{len(rows)} held-out rows{unfamiliar}: {(error <= 1e-3).mean():.2%} within 1e-3, median "
            f"{np.median(error):.2e}, 95th percentile {np.quantile(error, 0.95):.2e}; rank correlation of log_error "
            f"with the error {rank:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="surrogate_vNN.pt of a run, or a file of train.py or export.py")
    parser.add_argument("--data", type=Path, nargs="+", metavar="DATA.h5",
                        help="data sets whose rows the model should be for; says how well it answers them")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model = read_model(arguments.model)
    print(f"{arguments.model} keeps the contract: {inspect(model)}")
    if arguments.data:
        data = load(arguments.data)
        model.signature.require_same(data.signature, str(arguments.model), str(arguments.data[0]))
        if len(data.held_out) > 0:
            print(quality(model, data))


if __name__ == "__main__":
    guarded(main)
