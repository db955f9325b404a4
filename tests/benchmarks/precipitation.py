#!/usr/bin/env python3
"""The published two-scale case with growing and shrinking grains: all grain cells solved, the rules of others, the hybrid.

Errors are those of u and of K_xx and K_yy over all cells and steps, against the run that solves all cells: the largest and
the mean. The polynomial is fitted off line to 300 rows of that run, which its time leaves out. The hybrid's warm
run has the model that its cold one has left, or if that is none, the one of the case before. A row counts as solved each
time that physics works at it, to answer or to audit. Times are of whole runs; medians of the turns.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from policies import ENVIRONMENT, ROOT

CASE = ROOT / "inputs/precipitation.yaml"
WINDOW = (0.2, 0.3)
SAMPLES, DEGREE = 300, 5


@dataclass(frozen=True)
class Line:
    """One line of the table. states: [steps, cells, 3] of u, K_xx, K_yy."""

    name: str
    seconds: float
    solved: int
    asked: int
    states: np.ndarray
    certified: str = "-"


@dataclass(frozen=True)
class Shape:
    cells: tuple[int, int]
    semi_axes: tuple[float, float]

    @property
    def name(self) -> str:
        return f"{self.cells[0]}x{self.cells[1]}_{'round' if self.semi_axes[0] == self.semi_axes[1] else 'elliptic'}"


class Bench:
    def __init__(self, arguments: argparse.Namespace, shape: Shape) -> None:
        self.arguments = arguments
        self.shape = shape
        self.directory = arguments.output / shape.name
        self.directory.mkdir(parents=True, exist_ok=True)

    def launch(self, *words: object) -> str:
        command = ["mpirun", "--oversubscribe", "-n", self.arguments.ranks, *words]
        return subprocess.run([str(word) for word in command], check=True, env=ENVIRONMENT, text=True,
                              stdout=subprocess.PIPE).stdout

    def rule(self, name: str, rule: str, *more: object) -> Line:
        """The median turn of a rule of others."""
        turns = []
        table = self.directory / f"{rule}.csv"
        for _ in range(self.arguments.turns):
            said = json.loads(self.launch(self.arguments.rules, "--rule", rule, "--cells", *self.shape.cells, "--semi-axes",
                                          *self.shape.semi_axes, "--steps", self.arguments.steps, "--table", table, *more))
            turns.append(said)
        with open(table, encoding="utf-8") as file:
            values = np.array([[float(value) for value in row[2:]] for row in csv.reader(file)])
        states = values.reshape(self.arguments.steps, -1, 3)
        seconds = float(np.median([turn["wall_s"] for turn in turns]))
        return Line(name, seconds, turns[-1]["solved"], turns[-1]["asked"], states)

    def run(self, label: str, **settings: object) -> Path:
        directory = self.directory / label
        words = [self.arguments.program, "run", CASE, "--overwrite", "-o", directory]
        given = {"grid.cells": list(self.shape.cells), "micro.semi_axes": list(self.shape.semi_axes),
                 "time.end": 0.01 * self.arguments.steps, "output.fields_every": 1}
        for key, value in (given | {key.replace("__", "."): value for key, value in settings.items()}).items():
            words += ["--set", f"{key}={value}"]
        self.launch(*words)
        return directory

    def hybrid(self, name: str, label: str, **settings: object) -> tuple[Line, Path]:
        directories = [self.run(f"{label}_{turn}", **settings) for turn in range(self.arguments.turns)]
        summaries = [json.loads((directory / "summary.json").read_text(encoding="utf-8")) for directory in directories]
        last = summaries[-1]
        states = []
        for file_name in sorted(directories[-1].glob("fields_*.h5"))[1:]:
            with h5py.File(file_name) as file:
                states.append(np.stack([file[f"fields/{field}"][...].ravel() for field in ("u", "K_xx", "K_yy")], axis=1))
        rows = last["subproblems"]
        certificate = last.get("certificate", {})
        certified = f"{100 * certificate['upper_bound']:.1f} %" if "upper_bound" in certificate else "-"
        seconds = float(np.median([summary["wall_s"]["total"] for summary in summaries]))
        return Line(name, seconds, rows["rejected"] + rows["audited"], rows["total"],
                    np.array(states), certified), directories[-1]

    def fit(self) -> Path:
        """Polynomials of u for every answer, as an off-line surrogate that sees u alone would have them."""
        data = self.run("data", switching__policy="never", output__data="true", training__perturbed=0)
        with h5py.File(data / "data.h5") as file:
            rows, answers = file["in"][...], file["out"][...]
        u = rows[:, 3]
        inside = np.flatnonzero((u > WINDOW[0]) & (u < WINDOW[1]))
        chosen = np.random.default_rng(1).choice(inside, min(SAMPLES, len(inside)), replace=False)
        fit = {"from": WINDOW[0], "to": WINDOW[1],
               "coefficients": [np.polyfit(u[chosen], answer, DEGREE).tolist() for answer in answers[chosen].T]}
        path = self.directory / "polynomial.json"
        path.write_text(json.dumps(fit), encoding="utf-8")
        return path

    def lines(self, model: Path | None) -> tuple[list[Line], Path | None]:
        """The table, and the model that the hybrid has come to. model: for the warm run, if this case leaves none."""
        lines = [self.rule("all solved", "all"), self.rule("similarity", "similarity"),
                 self.rule("polynomial", "polynomial", "--fit", self.fit())]
        cold, directory = self.hybrid("hybrid, cold", "cold")
        own = sorted(directory.glob("surrogate_v*.pt"))[-1:]
        lines.append(cold)
        model = own[0] if own else model
        if model:
            lines.append(self.hybrid("hybrid, warm", "warm", surrogate__model=model)[0])
        return lines, model


def report(lines: list[Line]) -> None:
    exact = lines[0]
    print(f"  {'':<14} {'u: largest':>10} {'mean':>8} {'K: largest':>10} {'mean':>8} {'solved':>8} {'of':>7} {'wall s':>7}"
          f" {'faster':>7}  certified")
    for line in lines:
        n = min(len(line.states), len(exact.states))
        error = np.abs(line.states[:n] - exact.states[:n])
        print(f"  {line.name:<14} {error[..., 0].max():10.2e} {error[..., 0].mean():8.1e} {error[..., 1:].max():10.2e}"
              f" {error[..., 1:].mean():8.1e} {line.solved:8d} {line.asked:7d} {line.seconds:7.2f}"
              f" {exact.seconds / line.seconds:7.2f}  {line.certified}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    build = ROOT / "build/release"
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--only", help="part of a case's name")
    parser.add_argument("--program", type=Path, default=build / "bin/bimetal")
    parser.add_argument("--rules", type=Path, default=build / "tests/benchmarks/precipitation")
    parser.add_argument("--output", type=Path, default=ROOT / "out/precipitation_bench")
    arguments = parser.parse_args()
    model = None
    for shape in (Shape((32, 16), (0.4, 0.4)), Shape((8, 4), (0.4, 0.4)), Shape((32, 16), (0.45, 0.3))):
        if arguments.only and arguments.only not in shape.name:
            continue
        print(f"{shape.name}, {arguments.steps} steps, {arguments.ranks} ranks", flush=True)
        lines, model = Bench(arguments, shape).lines(model)
        report(lines)


if __name__ == "__main__":
    main()
