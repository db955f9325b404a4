"""Observed orders of accuracy, from three runs each twice as fine as the one before: the differences of neighbours fall
by 2 to the power of the order."""

from __future__ import annotations

import math
from typing import Any

from bench import Bench
from results import Figures

from kinds.runs import petsc


def observed_order(coarse_difference: float, fine_difference: float) -> float:
    return math.log2(coarse_difference / fine_difference) if coarse_difference > 0 < fine_difference else math.nan


def order_of_grids(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """Of a quantity of the whole box, `column` of observables.csv, per kilogram, over the grids `cells`."""
    found: Figures = {}
    for n in given["cells"]:
        settings = given.get("settings", {}) | {"grid.cells": [n] * given["dimensions"]}
        done = bench.done(given["case"], settings, ranks, *petsc(given))
        end = done.table("observables.csv")[-1]
        found[f"{given['column']} per kg on {n}"] = end[given["column"]] / end["mass_kg"]
    a, b, c = found.values()
    found["order"] = observed_order(abs(a - b), abs(b - c))
    return found


def order_of_steps(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """Of the dataset `field` at the end, in the mean over cells, over the time steps `steps`."""
    ends = [bench.done(given["case"], given.get("settings", {}) | {"time.step": step}, ranks, *petsc(given))
            .last("fields_*.h5") for step in given["steps"]]
    name = f"fields/{given['field']}"
    differences = [bench.compare(a, b)["datasets"][name] for a, b in zip(ends, ends[1:])]
    found: Figures = {f"difference from step {step}": each["mean"] for step, each in zip(given["steps"], differences)}
    found["range"] = differences[-1]["range"]
    found["order"] = observed_order(*(each["mean"] for each in differences))
    return found
