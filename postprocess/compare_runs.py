#!/usr/bin/env python3
"""Compares two bimetal runs: their fields at the last snapshot both have, and their wall-clock times."""

from __future__ import annotations

import argparse
import json
from typing import Any

import packages  # noqa: F401  (first, as it looks for the others)
import numpy as np

from bimetal_run import Run, RunError, Snapshot, guarded, is_provenance, lookup


def last_common_step(a: Run, b: Run) -> int:
    common = set(a.steps()) & set(b.steps())
    if not common:
        raise RunError(f"'{a.directory}' (steps {a.steps()}) and '{b.directory}' (steps {b.steps()}) have no snapshot "
                       "of a common step.")
    return max(common)


def difference(a: np.ndarray, b: np.ndarray) -> dict[str, float | None]:
    """Absolute differences, and the same relative to the range that the field has in a (None if it has none)."""
    absolute = np.abs(b.astype(float) - a.astype(float))
    worst, mean, extent = float(absolute.max()), float(absolute.mean()), float(np.ptp(a))
    return {"max_abs": worst, "mean_abs": mean, "range": extent,
            "max_relative": worst / extent if extent > 0 else None,
            "mean_relative": mean / extent if extent > 0 else None}


def compare_fields(a: Snapshot, b: Snapshot) -> dict[str, dict[str, Any]]:
    names = [name for name in a.names if name in b.names and not is_provenance(name)]
    if not names:
        raise RunError(f"{a.path} and {b.path} have no field in common.")
    result = {}
    for name in names:
        left, right = a.field(name), b.field(name)
        if left.values.shape != right.values.shape:
            raise RunError(f"The grids differ: {a.path} has {left.values.shape[::-1]} cells, {b.path} has "
                           f"{right.values.shape[::-1]}.")
        result[name] = {"unit": left.unit, **difference(left.values, right.values)}
    return result


def compare(a: Run, b: Run) -> dict[str, Any]:
    step = last_common_step(a, b)
    of_a, of_b = a.snapshot(step), b.snapshot(step)
    wall_a, wall_b = (lookup(run.summary(), "wall_s.total") for run in (a, b))
    return {"step": step, "time_s": [of_a.time, of_b.time], "fields": compare_fields(of_a, of_b),
            "wall_s": [wall_a, wall_b], "wall_ratio": wall_a / wall_b if wall_a and wall_b else None}


def table(rows: list[list[str]]) -> str:
    """The first column flush left, the others flush right."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\n".join("  ".join([row[0].ljust(widths[0])] + [cell.rjust(w) for cell, w in zip(row[1:], widths[1:])])
                     for row in rows)


def report(result: dict[str, Any], a: Run, b: Run) -> str:
    def percent(value: float | None) -> str:
        if value is None:
            return "-"
        return f"{100 * value:.4f} %" if value < 100 else f"{100 * value:.1e} %"  # of a range that is round-off

    rows = [["field", "unit", "max |B - A|", "mean |B - A|", "range of A", "max / range", "mean / range"]]
    for name, field in result["fields"].items():
        rows.append([name, field["unit"] or "-", *(f"{field[key]:.4e}" for key in ("max_abs", "mean_abs", "range")),
                     percent(field["max_relative"]), percent(field["mean_relative"])])
    times = result["time_s"]
    text = f"A: {a.directory}\nB: {b.directory}\nstep {result['step']}, t = {times[0]:.6e} s"
    if not np.isclose(*times, rtol=1e-9):
        text += f" in A but {times[1]:.6e} s in B"
    text += f"\n\n{table(rows)}\n"
    wall_a, wall_b = ("unknown" if wall is None else f"{wall:.2f} s" for wall in result["wall_s"])
    text += f"\nwall-clock time: A {wall_a}, B {wall_b}"
    if result["wall_ratio"] is not None:
        text += f"; A / B = {result['wall_ratio']:.3f}"
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("a", metavar="RUN_A", help="output directory of the run to compare with")
    parser.add_argument("b", metavar="RUN_B", help="output directory of the other run")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    arguments = parser.parse_args()
    a, b = Run(arguments.a), Run(arguments.b)
    result = compare(a, b)
    print(json.dumps(result, indent=2) if arguments.json else report(result, a, b))


if __name__ == "__main__":
    guarded(main)
