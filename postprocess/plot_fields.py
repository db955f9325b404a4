#!/usr/bin/env python3
"""Draws the fields of a bimetal run: images of a 2-D run, lines of a 1-D run, mid-plane slices of a 3-D run."""

from __future__ import annotations

import argparse
from pathlib import Path

import packages  # noqa: F401  (first, as it looks for the others)
import numpy as np
from figure_style import BLUE, GREEN, GREY, VERMILION, YELLOW, plt, save, use_style, with_unit
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from bimetal_run import Answerer, Field, Run, RunError, Snapshot, guarded, is_provenance

ANSWERER_COLOURS = {Answerer.INERT: GREY, Answerer.PHYSICS: VERMILION, Answerer.SURROGATE: BLUE,
                    Answerer.AUDITED: YELLOW, Answerer.EXPLICIT: GREEN}
MM = 1e3  # [mm/m]
AXES = "xyz"
# What is drawn unless other fields are asked for: by the field that tells a kind of physics.
DEFAULTS = {"T": ("T", "Y_OH", "answerer_x"), "porosity": ("u", "porosity", "answerer")}


def colour_map(field: Field) -> str:
    if field.name == "T" or "heat" in field.name:
        return "inferno"
    if np.nanmin(field.values) < 0 < np.nanmax(field.values):
        return "RdBu_r"
    return "viridis"


def colour_range(field: Field) -> tuple[float, float]:
    """Signed fields get a symmetric range, so that zero is white."""
    low, high = float(np.nanmin(field.values)), float(np.nanmax(field.values))
    if colour_map(field) == "RdBu_r":
        low, high = -max(-low, high), max(-low, high)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def without_absent(field: Field) -> Field:
    """In version, score and audited_error, -1 says that there is none."""
    if not is_provenance(field.name, "version", "score", "audited_error"):
        return field
    values = field.values.astype(float)
    values[values < 0] = np.nan
    return Field(field.name, field.unit, values)


def answerer_colours() -> ListedColormap:
    return ListedColormap([ANSWERER_COLOURS[who] for who in Answerer])


def answerer_patches(field: Field) -> list[Patch]:
    """What a legend of the answerers shows: each with its share of the cells."""
    counts = np.bincount(field.values.astype(int).ravel(), minlength=len(Answerer))
    return [Patch(facecolor=ANSWERER_COLOURS[who], edgecolor="0.5", linewidth=0.5,
                  label=f"{who.name.lower()} {100 * counts[who] / counts.sum():.1f} %") for who in Answerer]


def draw_image(axes: Axes, field: Field, plane: np.ndarray, box: tuple[float, float, float, float]) -> None:
    """plane: [rows, columns]; box: left, right, bottom, top."""
    axes.grid(False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(True)
    where = {"origin": "lower", "extent": box, "interpolation": "nearest", "aspect": "equal"}
    if is_provenance(field.name, "answerer"):
        axes.imshow(plane, cmap=answerer_colours(), vmin=-0.5, vmax=len(Answerer) - 0.5, **where)
        axes.legend(handles=answerer_patches(field), loc="upper center", bbox_to_anchor=(0.5, 0.0), borderaxespad=4.2,
                    ncol=2, handlelength=1.2, columnspacing=1.2)
        return
    if np.isnan(plane).all():
        axes.imshow(np.ones_like(plane), cmap="Greys", vmin=0, vmax=8, **where)
        axes.text(0.5, 0.5, "none", transform=axes.transAxes, ha="center", va="center", color="0.4")
        return
    axes.set_facecolor("0.92")  # shows where a field has no value
    low, high = colour_range(field)
    image = axes.imshow(plane, cmap=colour_map(field), vmin=low, vmax=high, **where)
    beside = axes.inset_axes([1.03, 0.0, 0.045, 1.0])
    beside.grid(False)
    bar = axes.figure.colorbar(image, cax=beside)
    bar.formatter.set_powerlimits((-2, 4))
    bar.outline.set_linewidth(0.5)


def lengths(snapshot: Snapshot) -> tuple[float, str]:
    """What lengths are multiplied by, and their unit then."""
    return (MM, "mm") if snapshot.has_units else (1.0, "")


def axis_label(axis: int, unit: str) -> str:
    return f"{AXES[axis]} [{unit}]" if unit else AXES[axis]


def cut(snapshot: Snapshot, normal: int, values: np.ndarray) -> tuple[np.ndarray, tuple[float, ...], tuple[int, int]]:
    """The mid-plane across axis `normal`: [rows, columns], its box, and its horizontal and vertical axes."""
    plane = np.take(values, values.shape[2 - normal] // 2, axis=2 - normal)
    across, up = [axis for axis in range(3) if axis != normal]
    scale, _ = lengths(snapshot)
    box = [scale * corner[axis] for axis in (across, up) for corner in (snapshot.lower, snapshot.upper)]
    return plane, tuple(box), (across, up)


def figure_of_planes(snapshot: Snapshot, fields: list[Field]) -> Figure:
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
        draw_image(panel, field, plane, box)
        title = with_unit(field.name, field.unit)
        if snapshot.dimensions == 3:
            middle = scale * 0.5 * (snapshot.lower[normal] + snapshot.upper[normal])
            title += f"   at {AXES[normal]} = {middle:.3g} {unit}"
        panel.set_title(title)
        panel.set_xlabel(axis_label(across, unit))
        panel.set_ylabel(axis_label(up, unit))
    return figure


def draw_strip(axes: Axes, field: Field, faces: np.ndarray) -> None:
    """The answerer of a 1-D run; faces: [n_cells + 1]."""
    axes.grid(False)
    axes.pcolormesh(faces, [0, 1], field.values.reshape(1, -1), cmap=answerer_colours(), vmin=-0.5, vmax=len(Answerer) - 0.5)
    axes.set_yticks([])
    axes.set_ylabel("answerer")
    axes.legend(handles=answerer_patches(field), loc="lower right", bbox_to_anchor=(1.0, 1.0), ncol=len(Answerer),
                handlelength=1.2, columnspacing=1.2, borderpad=0.1)


def figure_of_lines(snapshot: Snapshot, fields: list[Field]) -> Figure:
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
    axes[-1, 0].set_xlabel(axis_label(0, unit))
    figure.align_ylabels()
    return figure


def readable_time(snapshot: Snapshot) -> str:
    seconds = snapshot.time
    if not snapshot.has_units:
        return f"{seconds:.4g}"
    for factor, unit in ((1.0, "s"), (1e3, "ms"), (1e6, "µs")):
        if seconds * factor >= 1:
            return f"{factor * seconds:.4g} {unit}"
    return f"{1e6 * seconds:.4g} µs"


def draw(snapshot: Snapshot, names: list[str] | None) -> Figure:
    usual = next((DEFAULTS[name] for name in DEFAULTS if name in snapshot.names), ())
    wanted = names or [name for name in usual if name in snapshot.names] or list(snapshot.names[:2])
    fields = [without_absent(snapshot.field(name)) for name in wanted]
    if not fields:
        raise RunError(f"{snapshot.path} holds no fields.")
    figure = (figure_of_lines if snapshot.dimensions == 1 else figure_of_planes)(snapshot, fields)
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
