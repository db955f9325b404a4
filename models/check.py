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
from torch import Tensor

from contract import ModelError, Signature, guarded
from dataset import DataSet, load
from learning import answers, scaled_errors
from scaling import Features, Scaling
from schema import read_metadata

METADATA = "bimetal.json"

# Another processor or library sums in another order; beyond this it is another model.
SAME_INCREMENT = 1e-5  # of scale and size
SAME_LOG_ERROR = 1e-3


class NotTorchScript(ModelError):
    """A complete archive of something else."""


@dataclass(frozen=True)
class Model:
    """A file that has passed all checks."""

    module: torch.jit.ScriptModule
    metadata: dict[str, Any]
    signature: Signature
    scaling: Scaling


def read_model(path: Path) -> Model:
    module, text = read_archive(path)
    if not text:
        raise ModelError(f"{path} has no {METADATA}, which says what its rows mean; add it by models/export.py.")
    metadata = read_metadata(text, f"{METADATA} of {path}")
    signature = Signature.from_json(metadata, metadata["scaling"]["knee"])
    require_finite_parameters(module, path)
    require_reference(module, signature, metadata["reference"], path)
    return Model(module, metadata, signature, Scaling.from_json(metadata["scaling"]))


def read_archive(path: Path) -> tuple[torch.jit.ScriptModule, bytes | str]:
    """Module and metadata, which are empty if there are none."""
    if not path.is_file():
        raise ModelError(f"There is no model '{path}'; check the path.")
    require_complete(path)
    extra = {METADATA: ""}
    try:
        module = torch.jit.load(str(path), map_location="cpu", _extra_files=extra)
    except (RuntimeError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise NotTorchScript(f"{path} is not a TorchScript archive ({reason}); write it by torch.jit.save or "
                             "models/export.py") from error
    return module.eval(), extra[METADATA]


def require_complete(path: Path) -> None:
    """A TorchScript archive is a zip file, with a checksum for every record and its contents at the very end."""
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


def require_finite_parameters(module: torch.jit.ScriptModule, path: Path) -> None:
    for name, parameter in module.named_parameters():
        if parameter.dtype != torch.float32:
            raise ModelError(f"Parameter {name} of {path} is of type {parameter.dtype}, not torch.float32; convert the "
                             "module by .float() and export it anew.")
        n_bad = int((~torch.isfinite(parameter)).sum())
        if n_bad > 0:
            raise ModelError(f"{n_bad} of {parameter.numel()} numbers of parameter {name} of {path} are not finite; go "
                             "back to a model from before its training failed.")


def answer_of(module: torch.jit.ScriptModule, x: Tensor, signature: Signature, path: Path) -> tuple[Tensor, ...]:
    """The module's answer, whose form is checked."""
    shape = list(x.shape)
    try:
        with torch.no_grad():
            answer = module(x)
    except (RuntimeError, AttributeError) as error:
        # TorchScript wraps the cause into its own traceback; the cause is the last line.
        reason = str(error).strip().splitlines()[-1]
        raise ModelError(f"forward of {path} fails for an input of shape {shape}: {reason}") from error
    if not isinstance(answer, tuple) or len(answer) not in (2, 3):
        given = f"{len(answer)} values" if isinstance(answer, tuple) else f"a {type(answer).__name__}"
        raise ModelError(f"forward of {path} gives {given}, not (increments, log_error) or (increments, log_error, "
                         "second); add what is missing.")
    for name, value in zip(("increments", "log_error", "second"), answer):
        expected = [len(x)] if name == "log_error" else [len(x), signature.n_out]
        if not isinstance(value, Tensor) or value.dtype != torch.float32 or list(value.shape) != expected:
            given = f"{value.dtype} {list(value.shape)}" if isinstance(value, Tensor) else type(value).__name__
            raise ModelError(f"{name} of {path} is {given} for an input of shape {shape}, not torch.float32 "
                             f"{expected}; mend forward.")
        if not torch.isfinite(value).all():
            raise ModelError(f"{name} of {path} is not finite for reference row "
                             f"{int((~torch.isfinite(value)).nonzero()[0, 0]) + 1}; train it anew.")
    return answer


def require_reference(module: torch.jit.ScriptModule, signature: Signature, reference: dict[str, Any],
                      path: Path) -> None:
    """The rows of `reference` all at once, then each by itself: rows do not see each other."""
    x = torch.tensor(reference["input"], dtype=torch.float32)
    together = answer_of(module, x, signature, path)
    alone = [answer_of(module, row.unsqueeze(0), signature, path) for row in x]
    for how, answer in (("", together), (" when it is asked alone", [torch.cat(part) for part in zip(*alone)])):
        for name, index in (("increments", 0), ("log_error", 1)):
            value = answer[index].double().numpy().reshape(len(x), -1)
            expected = np.array(reference[name], dtype=float).reshape(len(x), -1)
            allowed = SAME_LOG_ERROR if index else SAME_INCREMENT * (signature.scales + np.abs(expected))
            miss = np.abs(value - expected) / allowed
            if miss.max() > 1.0:
                row, k = np.unravel_index(miss.argmax(), miss.shape)
                what = name if name == "log_error" else f"the increment of {signature.outputs[k].name}"
                raise ModelError(f"For reference row {row + 1}{how} {path} gives {value[row, k]:.9g} for {what}, not "
                                 f"{expected[row, k]:.9g} as its {METADATA} says, which is {miss.max():.3g} times what "
                                 "round-off may be; export it anew.")


def inspect(model: Model) -> str:
    metadata, signature = model.metadata, model.signature
    n = sum(parameter.numel() for parameter in model.module.parameters())
    return (f"{metadata['architecture']['name']}, {n} parameters, version {metadata['version']}\n"
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
