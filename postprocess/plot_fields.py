#!/usr/bin/env python3
"""Draws the fields of a bimetal run: images of a 2-D run, lines of a 1-D run, mid-plane slices of a 3-D run."""

from __future__ import annotations

import argparse
from pathlib import Path

import packages  # noqa: F401  (first, as it looks for the others)
import numpy as np
from field_panels import (AXES, Limits, axis_label, cut, draw_image, draw_strip, lengths, readable_time, usual_fields,
                          without_absent)
from figure_style import BLUE, VERMILION, plt, save, use_style, with_unit
from matplotlib.figure import Figure

from bimetal_run import Field, Run, RunError, Snapshot, guarded, is_provenance


def figure_of_planes(snapshot: Snapshot, fields: list[Field], limits: Limits) -> Figure:
    """2-D: up to three fields a row. 3-D: one row per field, its mid-planes xy, xz and yz."""
    normals = [2] if snapshot.dimensions == 2 else [2, 1, 0]
    panels = [(field, normal) for field in fields for normal in normals]
    n_columns = min(3, len(panels))
    n_rows = -(-len(panels) // n_columns)
    size = snapshot.upper - snapshot.lower
    scale, unit = lengths(snapshot)
    shape = float(np.clip(size[1] / size[0], 0.3, 2.5))
    legend = 0.6 if any(is_provenance(field.name, "answerer") for field in fields) else 0.0  # [inch]
    figure, axes = plt.subplots(n_rows, n_columns, squeeze=False,
                                figsize=(4.3 * n_columns, (3.4 * shape + 1.0 + legend) * n_rows))
    for panel in axes.flat[len(panels):]:
        panel.set_visible(False)
    for panel, (field, normal) in zip(axes.flat, panels):
        plane, box, (across, up) = cut(snapshot, normal, field.values)
        draw_image(panel, field, plane, box, limits.get(field.name))
        title = with_unit(field.name, field.unit)
        if snapshot.dimensions == 3:
            middle = scale * 0.5 * (snapshot.lower[normal] + snapshot.upper[normal])
            title += f"   at {AXES[normal]} = {middle:.3g} {unit}"
        panel.set_title(title)
        panel.set_xlabel(axis_label(across, unit))
        panel.set_ylabel(axis_label(up, unit))
    return figure


def figure_of_lines(snapshot: Snapshot, fields: list[Field], limits: Limits) -> Figure:
    """One panel above the other over a common axis."""
    heights = [0.35 if is_provenance(field.name, "answerer") else 1.0 for field in fields]
    figure, axes = plt.subplots(len(fields), 1, sharex=True, squeeze=False, figsize=(7.0, 0.9 + 2.1 * sum(heights)),
                                gridspec_kw={"height_ratios": heights})
    n_cells = fields[0].values.size
    scale, unit = lengths(snapshot)
    faces = scale * np.linspace(snapshot.lower[0], snapshot.upper[0], n_cells + 1)
    centres = 0.5 * (faces[1:] + faces[:-1])
    for panel, field in zip(axes[:, 0], fields):
        if is_provenance(field.name, "answerer"):
            draw_strip(panel, field, faces)
            continue
        colour = VERMILION if field.name == "T" else BLUE
        sparse = np.isnan(field.values).any()
        panel.plot(centres, field.values.ravel(), color=colour, linestyle="" if sparse else "-",
                   marker="." if sparse else "")
        panel.set_ylabel(with_unit(field.name, field.unit))
        panel.ticklabel_format(axis="y", scilimits=(-2, 4))
        panel.margins(x=0.01)
        if field.name in limits:
            low, high = limits[field.name]
            panel.set_ylim(low - 0.04 * (high - low), high + 0.04 * (high - low))
    axes[-1, 0].set_xlabel(axis_label(0, unit))
    figure.align_ylabels()
    return figure


def draw(snapshot: Snapshot, names: list[str] | None, limits: Limits | None = None) -> Figure:
    """limits: where the colours, or vertical axes, of a field begin and end (default: where its values do)."""
    fields = [without_absent(snapshot.field(name)) for name in names or usual_fields(snapshot)]
    if not fields:
        raise RunError(f"{snapshot.path} holds no fields.")
    figure = (figure_of_lines if snapshot.dimensions == 1 else figure_of_planes)(snapshot, fields, limits or {})
    figure.suptitle(f"t = {readable_time(snapshot)}   (step {snapshot.step})")
    return figure


def steps_of(run: Run, which: str) -> list[int]:
    if which == "last":
        return [run.last_step()]
    if which == "all":
        run.last_step()  # there must be one
        return run.steps()
    if not which.isdigit():
        raise RunError(f"'{which}' is not a step; say a number, 'last' or 'all'.")
    return [int(which)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", metavar="RUN_DIR", help="output directory of a run")
    parser.add_argument("--field", nargs="+", metavar="NAME",
                        help="fields to draw; OH is short for Y_OH (default: T, Y_OH, answerer_x; of precipitation "
                             "u, porosity, answerer; as far as there are)")
    parser.add_argument("--step", default="last", metavar="N|last|all", help="which snapshot (default: last)")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE",
                        help="picture to write, .png, .pdf or .svg; with several steps the step is added to its name "
                             "(default: fields_<step>.png in RUN_DIR)")
    arguments = parser.parse_args()

    use_style()
    run = Run(arguments.run)
    steps = steps_of(run, arguments.step)
    for step in steps:
        path = arguments.output or run.directory / f"fields_{step:06d}.png"
        if arguments.output and len(steps) > 1:
            path = path.with_name(f"{path.stem}_{step:06d}{path.suffix}")
        figure = draw(run.snapshot(step), arguments.field)
        save(figure, path)


if __name__ == "__main__":
    guarded(main)
