#!/usr/bin/env python3
"""Draws images/learning_curves.png from the table of docs/measurements.md#learning-curves."""

import re
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt

DOCS = Path(__file__).resolve().parent
COLOURS = {"hydrogen": "#0072B2", "methane, 21 species": "#D55E00"}


def rows_of(text):
    """Name of a line of the table -> its numbers, None where there is none."""
    section = text.split("### Learning curves")[1].split("\n### ")[0]
    cells = [line.strip("| ").split(" | ") for line in re.findall(r"^\| (?:seconds|hydrogen|methane).*", section, re.MULTILINE)]
    return {first: [float(cell) if cell.strip(" |") else None for cell in rest] for first, *rest in cells}


rows = rows_of((DOCS / "measurements.md").read_text(encoding="utf-8"))
seconds = rows.pop("seconds")
figure, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
for name, shares in rows.items():
    gas, which = name.removesuffix(" [%]").rsplit(", ", 1)
    points = [(s, 100 - share) for s, share in zip(seconds, shares) if share is not None and share < 100]
    axes.loglog(*zip(*points), "o-" if which == "all" else "o--", color=COLOURS[gas],
                label=f"{gas}: {'all rows' if which == 'all' else 'rows that change much'}")
axes.set_xlabel("training on one core [s]")
axes.set_ylabel("held-out rows off by more\nthan the tolerance of 1e-3 [%]")
axes.grid(which="both", alpha=0.3)
axes.legend(frameon=False, fontsize=8)
figure.savefig(DOCS / "images/learning_curves.png", dpi=120)
