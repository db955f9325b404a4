"""What a report knows of a run: its files, read once, and the figures that several sections need."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from bimetal_run import Run, RunError, Snapshot, lookup, readable_snapshots

Columns = dict[str, np.ndarray]  # [n_lines] by name


@dataclass(frozen=True)
class Record:
    run: Run
    summary: dict[str, Any]  # {} while the run is not over
    history: Columns
    observables: Columns
    config: dict[str, str]  # "switching.policy" -> "certified"
    log: list[str]

    @property
    def name(self) -> str:
        return self.run.directory.resolve().name

    @property
    def case(self) -> str:
        return str(self.summary.get("case") or self.config.get("case") or self.name)

    @property
    def n_steps(self) -> int:
        return len(self.history.get("step", ()))

    @cached_property
    def snapshots(self) -> list[Snapshot]:
        return readable_snapshots(self.run)

    @property
    def is_over(self) -> bool:
        return bool(self.summary)

    @property
    def is_pure_physics(self) -> bool:
        return self.config.get("switching.policy") == "never"

    def figure(self, path: str) -> float | None:
        """A number of summary.json; None if it is not there or null."""
        value = lookup(self.summary, path)
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None

    def option(self, path: str) -> float | None:
        try:
            return float(self.config[path])
        except (KeyError, ValueError):
            return None

    def count(self, name: str) -> int:
        """Rows over the run, from the summary or, while the run is not over, from the history."""
        told = self.figure(f"subproblems.{name}")
        if told is not None:
            return int(told)
        return int(self.history[name].sum()) if name in self.history else 0

    @property
    def n_active(self) -> int:
        """Rows that were not inert; the program counts those answered by one explicit step among them."""
        return self.count("accepted") + self.count("rejected") + self.count("explicit")

    @property
    def wall_s(self) -> float | None:
        total = self.figure("wall_s.total")
        return total if total is not None else float(np.sum(step_seconds(self.history))) if self.n_steps else None


def step_seconds(history: Columns) -> np.ndarray:
    """Wall-clock seconds of every step. A part of a run that was continued may count from its own start."""
    if "wall_s" not in history:
        return np.zeros(len(history.get("step", ())))
    seconds = np.diff(history["wall_s"], prepend=0.0)
    return np.where(seconds < 0, history["wall_s"], seconds)


def read_config(path: Path) -> dict[str, str]:
    """The scalars of a resolved input by their full names. The program writes it, two blanks a level, one key a line."""
    values: dict[str, str] = {}
    above: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        found = re.match(r"( *)([\w.+-]+):\s*(.*?)\s*(?:\s#.*)?$", line)
        if not found:
            continue
        blanks, key, value = found.groups()
        above = [*above[:len(blanks) // 2], key]
        if value:
            values[".".join(above)] = value
    return values


def read_columns(path: Path) -> Columns:
    """Lines that are cut short, or hold no numbers, are left out."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        header, *lines = list(csv.reader(file)) or [[]]
    rows = []
    for line in lines:
        try:
            if len(line) == len(header):
                rows.append([float(cell) for cell in line])
        except ValueError:
            continue
    return dict(zip(header, np.array(rows, dtype=float).reshape(len(rows), len(header)).T))


def read(directory: str | Path) -> Record:
    run = Run(directory)
    here = run.directory
    log = here / "log.txt"
    record = Record(run, run.summary(), run.history(), read_columns(here / "observables.csv"),
                    read_config(here / "config.yaml"),
                    log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else [])
    if not (record.summary or record.n_steps or run.steps()):
        raise RunError(f"'{directory}' holds no summary.json, no history.csv with steps and no fields_*.h5; give the "
                       "output directory of a run.")
    return record
