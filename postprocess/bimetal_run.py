"""Reads the output directory of a bimetal run.

The files and their contents are those of section "Output directory" of the documentation: summary.json, history.csv
(one line a step; counts and seconds are those of the step, time_s and wall_s those since the start) and the snapshots
fields_NNNNNN.h5. What is wrong with a directory is told by RunError in one sentence.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

# HDF5 reads this when it is loaded. Files are only read here, and many parallel file systems have no locks.
os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

import h5py  # noqa: E402
import numpy as np  # noqa: E402


class RunError(Exception):
    """The user can mend this; the message is one sentence."""


class Answerer(IntEnum):
    """Who gave the answer to a cell's sub-problem; the values of the field "answerer"."""

    INERT = 0
    PHYSICS = 1
    SURROGATE = 2
    AUDITED = 3
    EXPLICIT = 4


PROVENANCE = ("answerer", "version", "score", "audited_error")


def is_provenance(name: str, *which: str) -> bool:
    """Whether a field is one of PROVENANCE, or of `which` of them: of a cell, or of its lower face along an axis."""
    return re.sub("_[xyz]$", "", name) in (which or PROVENANCE)


@dataclass(frozen=True)
class Field:
    name: str
    unit: str  # "" if it has none
    values: np.ndarray  # [nz, ny, nx]


@dataclass(frozen=True)
class Snapshot:
    """One field file. Fields are read when they are asked for."""

    path: Path
    step: int
    time: float  # [s]
    dimensions: int
    lower: np.ndarray  # [3], x, y, z [m]
    upper: np.ndarray  # [3] [m]
    names: tuple[str, ...]
    has_units: bool  # False where every field is a plain number: then time and lengths are plain numbers, too

    def resolve(self, name: str) -> str:
        """The field's full name: "OH" is short for "Y_OH"."""
        for candidate in (name, f"Y_{name}"):
            if candidate in self.names:
                return candidate
        raise RunError(f"{self.path} has no field '{name}'; it has {', '.join(self.names)}.")

    def field(self, name: str) -> Field:
        name = self.resolve(name)
        with h5py.File(self.path) as file:
            dataset = file["fields"][name]
            return Field(name, unit_of(dataset), dataset[...])


def unit_of(dataset: h5py.Dataset) -> str:
    unit = dataset.attrs.get("unit", b"")
    return unit.decode() if isinstance(unit, bytes) else str(unit)


class Run:
    """A run's output directory. What the run has not written yet is empty."""

    def __init__(self, directory: str | Path) -> None:
        self.directory = Path(directory)
        if not self.directory.is_dir():
            raise RunError(f"There is no directory '{directory}'; give the output directory of a run.")

    def steps(self) -> list[int]:
        """The steps of the snapshots, in order."""
        return sorted(int(path.stem.split("_")[1]) for path in self.directory.glob("fields_*.h5")
                      if path.stem.split("_")[1].isdigit())

    def snapshot(self, step: int) -> Snapshot:
        path = self.directory / f"fields_{step:06d}.h5"
        if not path.is_file():
            known = ", ".join(map(str, self.steps())) or "none"
            raise RunError(f"'{self.directory}' has no snapshot of step {step}; it has: {known}.")
        try:
            with h5py.File(path) as file:
                attributes, fields = file.attrs, file["fields"]
                return Snapshot(path, int(attributes["step"]), float(attributes["time"]),
                                int(attributes["dimensions"]), attributes["lower"][...], attributes["upper"][...],
                                tuple(fields), any(unit_of(each) not in ("", "1") for each in fields.values()))
        except (OSError, KeyError) as error:
            raise RunError(f"{path} is not a bimetal field file: {error}.") from error

    def last_step(self) -> int:
        steps = self.steps()
        if not steps:
            raise RunError(f"'{self.directory}' has no fields_*.h5; is it the output directory of a run?")
        return steps[-1]

    def summary(self) -> dict[str, Any]:
        path = self.directory / "summary.json"
        if not path.is_file():
            return {}
        try:
            return json.loads(path.read_text())
        except ValueError as error:
            raise RunError(f"{path} is not JSON: {error}.") from error

    def history(self) -> dict[str, np.ndarray]:
        """Column name -> [n_steps]."""
        path = self.directory / "history.csv"
        if not path.is_file():
            return {}
        header, *lines = path.read_text().splitlines()
        names = header.split(",")
        # A run that was killed, or is being watched, may end in half a line.
        rows = [line.split(",") for line in lines if line.count(",") == len(names) - 1]
        try:
            table = np.array(rows, dtype=float).reshape(len(rows), len(names))
        except ValueError as error:
            raise RunError(f"{path} holds something else than numbers: {error}.") from error
        return dict(zip(names, table.T))


def lookup(tree: dict[str, Any], path: str) -> Any:
    """lookup(summary, "wall_s.total"); None if there is no such entry."""
    node: Any = tree
    for key in path.split("."):
        node = node.get(key) if isinstance(node, dict) else None
    return node


def readable_snapshots(run: Run) -> list[Snapshot]:
    """Those that can be read: a run may have been killed while it wrote one."""
    readable = []
    for step in run.steps():
        try:
            readable.append(run.snapshot(step))
        except RunError:
            continue
    return readable


def guarded(main: Callable[[], None]) -> None:
    """Runs a script's main function; a RunError ends it with its sentence and exit code 2."""
    try:
        main()
    except RunError as error:
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        sys.exit(2)
