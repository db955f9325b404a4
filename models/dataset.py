"""Rows to learn from: the data.h5 of one or several runs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

# HDF5 reads this when it is loaded. Files are only read here, and many parallel file systems have no locks.
os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

import h5py  # noqa: E402
import numpy as np  # noqa: E402

from contract import ModelError, Signature, read_json  # noqa: E402
from schema import complete_signature, not_negative, positive, require, require_signature  # noqa: E402

FORMAT = 2  # of data sets; those of format 1 are read as well
RESOLUTION = 4e-3  # of data sets written before they had this key

N_STRATA = 16  # of the native replay buffer
DRAW_CAP = 4.0  # no row is drawn more than so many times as often as the average one


@dataclass(frozen=True)
class Rows:
    inputs: np.ndarray  # [n, n_in], float64 like all
    increments: np.ndarray  # [n, n_out]

    def __len__(self) -> int:
        return len(self.inputs)

    def where(self, mask: np.ndarray) -> Rows:
        return Rows(self.inputs[mask], self.increments[mask])


@dataclass(frozen=True)
class DataSet:
    signature: Signature
    training: Rows
    held_out: Rows


def load(paths: list[Path]) -> DataSet:
    """All of them joined, which must be of one mechanism, step and set of options; scales are those of the first."""
    parts = [load_one(path) for path in paths]
    signature = parts[0].signature
    for path, part in zip(paths[1:], parts[1:]):
        signature.require_same(part.signature, str(paths[0]), str(path))

    def joined(rows: list[Rows]) -> Rows:
        return Rows(np.concatenate([each.inputs for each in rows]), np.concatenate([each.increments for each in rows]))

    return DataSet(signature, joined([part.training for part in parts]), joined([part.held_out for part in parts]))


def load_one(path: Path) -> DataSet:
    if not path.is_file():
        raise ModelError(f"There is no data set '{path}'; a run with output.data: true writes data.h5.")
    try:
        with h5py.File(path) as file:
            file_format = int(file.attrs["format"])
            if not 1 <= file_format <= FORMAT:
                raise ModelError(f"The format of {path} is {file_format}, not {FORMAT} or less; use the models/ of "
                                 "the program that wrote it.")
            text = file.attrs["signature"]
            into, out, held_out = (file[name][...] for name in ("in", "out", "held_out"))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path} is not a data set of bimetal ({error}); see docs/models.md.") from error
    where = f"the signature of {path}"
    tree = read_json(text, where)
    if file_format == 1:
        complete_signature(tree, where)
    require_signature(tree, where)
    tree.setdefault("resolution", RESOLUTION)
    require(tree, {"knee": positive, "resolution": not_negative}, where)
    signature = Signature.from_json(tree, tree["knee"], tree["resolution"])
    rows = rows_of(signature, into, out, path)
    held_out = held_out.astype(bool)
    if held_out.shape != (len(rows),):
        raise ModelError(f"{path} has {len(rows)} rows but {held_out.size} marks of which are held out; write it anew.")
    finite = np.isfinite(rows.inputs).all(axis=1) & np.isfinite(rows.increments).all(axis=1)
    return DataSet(signature, rows.where(finite & ~held_out), rows.where(finite & held_out))


def rows_of(signature: Signature, into: np.ndarray, out: np.ndarray, path: Path) -> Rows:
    for name, values, width in (("in", into, signature.n_in), ("out", out, signature.n_out)):
        if values.ndim != 2 or values.shape != (len(into), width):
            raise ModelError(f"/{name} of {path} is of shape {list(values.shape)}, but its signature asks for "
                             f"{[len(into), width]}; write it anew.")
    return Rows(into.astype(float), out.astype(float) - signature.bases(into))


class Draws:
    """Draws of rows, with replacement: a stratum first, all alike but for the cap; then a row of it."""

    def __init__(self, rows: Rows, signature: Signature, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        if signature.strata is None:
            stratum = np.zeros(len(rows), dtype=int)
        else:
            start, end = signature.strata.start, signature.strata.end
            position = (rows.inputs[:, signature.strata.column] - start) / (end - start) * N_STRATA
            stratum = position.clip(0, N_STRATA - 1).astype(int)
        self.order = np.argsort(stratum, kind="stable")
        self.count = np.bincount(stratum, minlength=N_STRATA)
        self.first = np.cumsum(self.count) - self.count
        weight = np.minimum((self.count > 0) / (self.count > 0).sum(), DRAW_CAP * self.count / len(rows))
        self.share = weight / weight.sum()

    def draw(self, n: int) -> np.ndarray:  # [n] indices of rows
        stratum = self.random.choice(N_STRATA, n, p=self.share)
        within = (self.random.random(n) * self.count[stratum]).astype(int)
        return self.order[self.first[stratum] + within]
