#!/usr/bin/env python3
"""Draws how a bimetal run went: who answered, audits, threshold, training, where the time went, and the certificate.

Reads history.csv and summary.json; what they do not hold is left out of the figure.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import packages  # noqa: F401  (first, as it looks for the others)
from figure_style import plt, save, use_style
from matplotlib.figure import Figure
from run_panels import History, panels_of

from bimetal_run import Run, RunError, guarded, lookup

# The text box: headings, and lines that are left out when the summary does not know their entry.
FACTS: dict[str, list[tuple[str, str, float]]] = {
    "Certificate": [("wrong answers ≤ {:.2f} %", "certificate.upper_bound", 100),
                    ("at {:.0f} % confidence", "certificate.confidence", 100),
                    ("estimated    {:>11.2f} %", "certificate.wrong_fraction", 100)],
    "Sub-problems": [(f"{name.replace('_', ' '):<13}{{:>13,.0f}}", f"subproblems.{name}", 1)
                     for name in ("total", "inert", "explicit", "accepted", "rejected", "audited", "audited_wrong")],
    "Time": [("wall-clock   {:>11.1f} s", "wall_s.total", 1), ("net speed-up {:>13.2f}", "speed.net_speedup", 1)]}


def facts(summary: dict[str, Any]) -> str:
    """The run in a few lines; "" if the summary knows nothing."""
    blocks = []
    for heading, lines in FACTS.items():
        known = [(pattern, lookup(summary, path), scale) for pattern, path, scale in lines]
        told = [pattern.format(scale * value) for pattern, value, scale in known if value is not None]
        if told:
            blocks.append("\n".join([heading, *told]))
    return "\n\n".join(blocks)


def draw(history: History, summary: dict[str, Any]) -> Figure:
    panels = panels_of(history)
    text = facts(summary)
    if not panels and not text:
        raise RunError("history.csv and summary.json hold nothing that could be drawn.")
    n_columns = max(1, min(len(panels), 3 if len(panels) > 4 else 2))
    n_rows = max(1, -(-len(panels) // n_columns))
    widths = [1.0] * n_columns + ([0.62] if text else [])
    figure = plt.figure(figsize=(4.4 * sum(widths), 3.5 * n_rows))
    grid = figure.add_gridspec(n_rows, len(widths), width_ratios=widths)
    for index, drawer in enumerate(panels):
        panel = figure.add_subplot(grid[index // n_columns, index % n_columns])
        drawer(panel, history)
        panel.set_xlabel("step", loc="right")
        panel.set_xlim(history["step"][0], max(history["step"][-1], history["step"][0] + 1))
    if text:
        column = figure.add_subplot(grid[:, -1])
        column.axis("off")
        column.text(0.08, 0.97, text, va="top", family="monospace", fontsize=9.5, linespacing=1.6,
                    bbox={"boxstyle": "round,pad=0.8", "facecolor": "#f4f6f8", "edgecolor": "0.7"})
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", metavar="RUN_DIR", help="output directory of a run")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE",
                        help="picture to write, .png, .pdf or .svg (default: run.png in RUN_DIR)")
    arguments = parser.parse_args()

    use_style()
    run = Run(arguments.run)
    history = run.history()
    if "step" not in history or len(history["step"]) == 0:
        raise RunError(f"'{run.directory}' has no history.csv with steps in it; has the run begun?")
    summary = run.summary()
    figure = draw(history, summary)
    figure.suptitle(str(lookup(summary, "case") or run.directory.resolve().name))
    path = arguments.output or run.directory / "run.png"
    save(figure, path)


if __name__ == "__main__":
    guarded(main)
