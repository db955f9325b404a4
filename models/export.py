#!/usr/bin/env python3
"""Makes a file that bimetal can use, of any TorchScript module that keeps the contract or a checkpoint of train.py."""

from __future__ import annotations

import argparse
import copy
import json
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import packages  # noqa: F401  (first, as it looks for the others)
import numpy as np
import torch
from torch import nn

from check import NotTorchScript, inspect, read_archive, read_model
from contract import FORMAT, METADATA, ModelError, Signature, guarded
from dataset import DataSet, Rows, load
from define import Architecture, build
from module_check import answer_of, require_call, require_contract
from plain import WEIGHTS, is_plain, read_plain, weights_of
from scaling import Features, Scaling
from schema import complete_signature, read_metadata

N_REFERENCE = 8
MOST_ROWS = 20000  # ample for a covariance and for a half per cent of the rows
FAMILIAR_PART = 0.995
RIDGE = 0.03  # added to the variance of every standardised feature, as in the native trainer


@dataclass(frozen=True)
class State:
    """A module, trained or not, and what belongs to it."""

    module: nn.Module
    signature: Signature
    scaling: Scaling
    architecture: dict[str, Any]
    training: dict[str, Any]
    source: Path | None = None  # the file it comes from


def evenly(n_rows: int, n: int) -> np.ndarray:
    return np.arange(min(n, n_rows)) * n_rows // min(n, n_rows)


def familiarity_of(scaling: Scaling, rows: Rows) -> dict[str, Any]:
    """Whitening and centre of the Mahalanobis distance, in units of the 99.5 % quantile of the rows' own."""
    sample = rows.inputs[evenly(len(rows), MOST_ROWS)]
    x = Features(scaling)(torch.from_numpy(sample).float()).double().numpy()
    mean = x.mean(axis=0)
    off = x - mean
    factor = np.linalg.cholesky(off.T @ off / len(x) + RIDGE * np.eye(x.shape[1]))
    whitening = np.linalg.inv(factor)
    distance = np.linalg.norm(off @ whitening.T, axis=1)
    # Rows that are all alike say little about what else is known: a distance of 1 is one deviation at least.
    whitening /= max(np.quantile(distance, FAMILIAR_PART), 1.0)
    return {"whitening": whitening.ravel().tolist(), "centre": (whitening @ mean).tolist()}


def reference_of(module: torch.jit.ScriptModule, signature: Signature, rows: Rows, source: str) -> dict[str, Any]:
    """The module's own answers to a few rows, from the lowest to the highest stratum, if it keeps the contract."""
    order = np.argsort(rows.inputs[:, signature.strata.column if signature.strata else 0])
    inputs = rows.inputs[order[evenly(len(rows), N_REFERENCE)]].astype(np.float32)
    require_call(module, signature.n_in, source)
    increments, log_error, *_ = answer_of(module, torch.from_numpy(inputs), signature.n_out, source)
    reference = {"input": inputs.tolist(), "increments": increments.tolist(), "log_error": log_error.tolist()}
    require_contract(module, signature, reference, source)
    return reference


def metadata_of(state: State, rows: Rows, reference: dict[str, Any]) -> dict[str, Any]:
    return {"format": FORMAT, **state.signature.to_json(),
            "ranges": {"lower": rows.inputs.min(axis=0).tolist(), "upper": rows.inputs.max(axis=0).tolist()},
            "scaling": state.scaling.to_json(), "familiarity": familiarity_of(state.scaling, rows),
            "architecture": state.architecture, "version": 0, "training": state.training,
            "reference": reference}


def plain_weights(module: torch.jit.ScriptModule, state: State, metadata: dict[str, Any], source: str) -> bytes:
    """Of the native network; none where the module is another one, whatever it is called."""
    if not is_plain(metadata["architecture"]):
        return b""
    weights = weights_of(module)
    try:
        read_plain(weights, metadata, state.signature, source)
    except ModelError:
        return b""
    return weights


def as_script(module: nn.Module) -> torch.jit.ScriptModule:
    """A copy in evaluation mode, on the CPU."""
    with torch.no_grad():
        module = copy.deepcopy(module).cpu().eval()
    return module if isinstance(module, torch.jit.ScriptModule) else torch.jit.script(module)


@contextmanager
def written_at_once(path: Path) -> Iterator[Path]:
    """A file to write to, which becomes `path` if nothing goes wrong and vanishes otherwise."""
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def export(path: Path, state: State, rows: Rows) -> None:
    """Writes `path`, and only if it then passes all checks. The state stays as it is. rows: those trained on."""
    source = str(state.source or path)
    module = as_script(state.module)
    metadata = metadata_of(state, rows, reference_of(module, state.signature, rows, source))
    extra = {METADATA: json.dumps(metadata)}
    weights = plain_weights(module, state, metadata, source)
    if weights:
        extra[WEIGHTS] = weights
    with written_at_once(path) as part:
        torch.jit.save(module, str(part), _extra_files=extra)
        read_model(part)


def write_checkpoint(path: Path, state: State) -> None:
    """Tensors and a text: whoever reads it needs to trust nothing in it."""
    meaning = {"signature": state.signature.to_json(), "scaling": state.scaling.to_json(),
               "architecture": state.architecture, "training": state.training}
    with written_at_once(path) as part:
        torch.save({"weights": state.module.state_dict(), "meaning": json.dumps(meaning)}, part)


def read_state(path: Path, data: DataSet, name: str) -> State:
    """`name`: of the architecture of a bare TorchScript module, for which metadata are made."""
    try:
        module, text = read_archive(path)
    except NotTorchScript as error:
        state = read_checkpoint(path, error)
    else:
        if not text:
            scaling = Scaling.fitted(data.signature, data.training)
            return State(module, data.signature, scaling, {"name": name}, {"updates": 0, "samples": 0}, path)
        tree = read_metadata(text, f"{METADATA} of {path}")
        state = State(module, Signature.from_json(tree, tree["scaling"]["knee"]), Scaling.from_json(tree["scaling"]),
                      tree["architecture"], tree["training"], path)
    state.signature.require_same(data.signature, str(path), "the data")
    return state


def read_checkpoint(path: Path, not_torchscript: NotTorchScript) -> State:
    try:
        file = torch.load(path, map_location="cpu", weights_only=True)
        tree = json.loads(file["meaning"])
        scaling = Scaling.from_json(tree["scaling"])
        if not all("condition" in each for each in tree["signature"]["inputs"]):
            complete_signature(tree["signature"], str(path))
        signature = Signature.from_json(tree["signature"], scaling.knee)
        module = build(Architecture.from_json(tree["architecture"]), signature, scaling)
        # Buffers follow from the scaling; earlier ones were called otherwise.
        weights = {name: value for name, value in file["weights"].items()
                   if not name.startswith(("features.", "increments."))}
        module.load_state_dict(dict(module.named_buffers()) | weights)
    except (RuntimeError, KeyError, TypeError, ValueError, pickle.UnpicklingError) as error:
        raise ModelError(f"{not_torchscript}; nor is it a checkpoint of train.py.") from error
    return State(module, signature, scaling, tree["architecture"], tree["training"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="TorchScript module, with or without metadata, or checkpoint")
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="DATA.h5",
                        help="data sets it was trained on: for signature, ranges, familiarity and reference rows")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="MODEL.pt")
    parser.add_argument("--name", default="custom", help="of the architecture, if the source does not say [custom]")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    data = load(arguments.data)
    export(arguments.output, read_state(arguments.source, data, arguments.name), data.training)
    print(f"Wrote {arguments.output}: {inspect(read_model(arguments.output))}")


if __name__ == "__main__":
    guarded(main)
