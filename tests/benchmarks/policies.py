#!/usr/bin/env python3
"""Runs one case under every switching policy and prints what each made of it, as a markdown table.

All runs verify, so that the true share of wrong answers is known; the time is that without verification. A policy
whose run fails keeps its line, which says how.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "postprocess"))

from bimetal_run import Run, RunError, Snapshot, guarded, lookup  # noqa: E402

PROGRAM = Path(os.environ.get("BIMETAL_PROGRAM", ROOT / "build/release/bin/bimetal"))
ENVIRONMENT = os.environ | {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
                            "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

# Gas counts as burnt from a quarter to three quarters of the way between the coldest and the hottest gas, increasingly:
# over some cells of a flame, so that its position is finer than a cell, and hardly dependent on how hot burnt gas is.
RAMP = (0.25, 0.75)
SLENDER = 2.0  # length over width of a box in which the flame is taken to travel along x


@dataclass(frozen=True)
class Policy:
    name: str
    settings: tuple[str, ...]

    @property
    def folder(self) -> str:
        return self.name.replace(" ", "_")


def policies(thresholds: list[float]) -> list[Policy]:
    """`never` first: the others are compared with it."""
    fixed = [Policy(f"threshold {t:g}", ("switching.policy=threshold", f"switching.threshold={t}")) for t in thresholds]
    return [Policy("never", ("switching.policy=never",)), Policy("certified", ("switching.policy=certified",)), *fixed,
            Policy("always", ("switching.policy=always",))]


@dataclass(frozen=True)
class Difference:
    largest: float
    mean: float


@dataclass(frozen=True)
class Outcome:
    """Of one policy; None where a run has no such figure."""

    policy: str
    failure: str | None  # what stopped the run, or what is wrong with its last state
    T: Difference | None = None  # against `never`, at the end [K]
    Y_OH: Difference | None = None  # [1]
    flame_m: float | None = None
    flame_difference: float | None = None  # relative
    accepted: float | None = None  # share of the active rows
    wrong: float | None = None  # true share of the accepted answers
    bound: float | None = None  # the certificate's on it
    seconds: float | None = None  # wall-clock time without verification


def launch(case: Path, directory: Path, settings: Iterable[str], ranks: int) -> str | None:
    """Runs a case into a directory, whatever was there; what the program said if it failed."""
    words = [PROGRAM, "run", case, "-o", directory, "--overwrite"]
    for setting in settings:
        words += ["--set", setting]
    launcher = ["mpirun", "--oversubscribe", "-n", str(ranks)]
    result = subprocess.run([*launcher, *map(str, words)], capture_output=True, text=True, env=ENVIRONMENT, check=False)
    if result.returncode == 0:
        return None
    said = [line for line in result.stderr.splitlines() if line.startswith("bimetal: ")]
    return f"exit code {result.returncode}" + (f": {said[0].removeprefix('bimetal: ').rstrip('.')}" if said else "")


def execute(policy: Policy, arguments: argparse.Namespace) -> str | None:
    """Runs the case into a folder of its own; what the program said if it failed."""
    print(f"{policy.name} ...", file=sys.stderr, flush=True)
    return launch(arguments.input, arguments.output / policy.folder,
                  (*arguments.set, *policy.settings, "switching.verify=true"), arguments.ranks)


def flame_position(snapshot: Snapshot, coldest: float, hottest: float) -> float:
    """How far the burnt gas reaches [m]: along x in a slender box, else the radius of a disc or ball of its volume."""
    T = snapshot.field("T").values
    progress = (T - coldest) / (hottest - coldest)
    burnt = float(np.mean(np.clip((progress - RAMP[0]) / (RAMP[1] - RAMP[0]), 0.0, 1.0)))  # share of the box
    sides = (snapshot.upper - snapshot.lower)[:snapshot.dimensions]
    if snapshot.dimensions == 1 or sides[0] >= SLENDER * sides[1:].max():
        return burnt * float(sides[0])
    volume = burnt * float(np.prod(sides))
    return float(np.sqrt(volume / np.pi) if snapshot.dimensions == 2 else np.cbrt(0.75 * volume / np.pi))


def unphysical(snapshot: Snapshot) -> str | None:
    T = snapshot.field("T").values
    if not np.all(np.isfinite(T)):
        return "T is not finite"
    lowest = min(float(snapshot.field(name).values.min()) for name in snapshot.names if name.startswith("Y_"))
    return f"a mass fraction is {lowest:.1e}" if not lowest >= 0.0 else None


def difference(snapshot: Snapshot, reference: Snapshot, name: str) -> Difference | None:
    if name not in reference.names:
        return None
    absolute = np.abs(snapshot.field(name).values - reference.field(name).values)
    return Difference(float(absolute.max()), float(absolute.mean()))


def share(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


def judge(policy: Policy, directory: Path, reference: Snapshot) -> Outcome:
    """The figures of a run that has come to its end."""
    run = Run(directory)
    last = run.snapshot(run.last_step())  # at the reference's time; if steps are chosen by limits, not at its step
    T = reference.field("T").values
    position, true_position = (flame_position(s, float(T.min()), float(T.max())) for s in (last, reference))
    summary = run.summary()
    rows = summary["subproblems"]
    return Outcome(policy.name, unphysical(last),
                   T=difference(last, reference, "T"), Y_OH=difference(last, reference, "Y_OH"),
                   flame_m=position, flame_difference=position / true_position - 1 if true_position else None,
                   accepted=share(rows["accepted"], rows["accepted"] + rows["rejected"]),
                   wrong=lookup(summary, "verification.wrong_fraction"),
                   bound=lookup(summary, "certificate.upper_bound") if rows["accepted"] else None,
                   seconds=lookup(summary, "wall_s.total") - lookup(summary, "wall_s.verification"))


def number(value: float | None, form: str, factor: float = 1.0) -> str:
    return "-" if value is None or not np.isfinite(value) else format(factor * value, form)


def markdown(lines: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def table(outcomes: list[Outcome]) -> str:
    def pair(value: Difference | None, form: str) -> str:
        return "-" if value is None else f"{number(value.largest, form)} · {number(value.mean, form)}"

    header = ["policy", "T [K]: max · mean", "Y_OH: max · mean", "flame [mm]", "flame [%]", "accepted [%]", "wrong [%]",
              "certified [%]", "time [s]", ""]
    lines = [header, ["---"] + ["---:"] * (len(header) - 2) + ["---"]]
    for o in outcomes:
        lines.append([o.policy, pair(o.T, ".3g"), pair(o.Y_OH, ".2g"), number(o.flame_m, ".4f", 1e3),
                      number(o.flame_difference, "+.3f", 100), number(o.accepted, ".1f", 100),
                      number(o.wrong, ".2f", 100), number(o.bound, ".2f", 100), number(o.seconds, ".1f"),
                      o.failure or ""])
    return markdown(lines)


def measure(arguments: argparse.Namespace) -> list[Outcome]:
    outcomes: list[Outcome] = []
    reference: Snapshot | None = None
    for policy in policies(arguments.thresholds):
        directory = arguments.output / policy.folder
        failure = execute(policy, arguments)
        if reference is None:
            if failure is not None:
                raise RunError(f"The case fails under policy never, with which the others are compared: {failure}.")
            run = Run(directory)
            reference = run.snapshot(run.last_step())
        outcomes.append(judge(policy, directory, reference) if failure is None else Outcome(policy.name, failure))
    return outcomes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input", type=Path, default=ROOT / "inputs/h2_kernel.yaml", help="the case")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="override a key of the input")
    parser.add_argument("--thresholds", type=float, nargs="+", default=[0.3, 1.0, 3.0], help="of the policy threshold")
    parser.add_argument("--output", type=Path, default=Path("out/policies"), help="where a folder a policy goes")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    arguments = parser.parse_args()
    outcomes = measure(arguments)
    print(json.dumps([asdict(outcome) for outcome in outcomes], indent=2) if arguments.json else table(outcomes))


if __name__ == "__main__":
    guarded(main)
