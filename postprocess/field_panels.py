"""Draws a field of a snapshot into one pair of axes: an image of a plane, or a strip of who answered along a line."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from figure_style import BLUE, GREEN, GREY, VERMILION, YELLOW
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

from bimetal_run import Answerer, Field, Snapshot, is_provenance

ANSWERER_COLOURS = {Answerer.INERT: GREY, Answerer.PHYSICS: VERMILION, Answerer.SURROGATE: BLUE,
                    Answerer.AUDITED: YELLOW, Answerer.EXPLICIT: GREEN}
MM = 1e3  # [mm/m]
AXES = "xyz"
Limits = dict[str, tuple[float, float]]  # of colours or vertical axes, by field
# What is drawn unless other fields are asked for: by the field that tells a kind of physics.
DEFAULTS = {"T": ("T", "Y_OH", "answerer", "answerer_x"), "porosity": ("u", "porosity", "answerer")}


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


def common_range(fields: Iterable[Field]) -> tuple[float, float]:
    """One range for a field of several snapshots, so that a colour always means the same value."""
    finite = [(field.name, field.values[np.isfinite(field.values)]) for field in fields]
    ends = [(name, end) for name, values in finite if values.size for end in (values.min(), values.max())]
    return colour_range(Field(ends[0][0], "", np.array([end for _, end in ends], dtype=float))) if ends else (0.0, 1.0)


def without_absent(field: Field) -> Field:
    """In version, score and audited_error, -1 says that there is none."""
    if not is_provenance(field.name, "version", "score", "audited_error"):
        return field
    values = field.values.astype(float)
    values[values < 0] = np.nan
    return Field(field.name, field.unit, values)


def answerer_colours() -> ListedColormap:
    return ListedColormap([ANSWERER_COLOURS[who] for who in Answerer])


def answerer_shares(field: Field) -> list[tuple[Answerer, float]]:
    """The part of the cells that each of them answered."""
    counts = np.bincount(field.values.astype(int).ravel(), minlength=len(Answerer))
    return [(who, float(counts[who] / counts.sum())) for who in Answerer]


def answerer_patches(field: Field) -> list[Patch]:
    """What a legend of the answerers shows: each with its share of the cells."""
    return [Patch(facecolor=ANSWERER_COLOURS[who], edgecolor="0.5", linewidth=0.5,
                  label=f"{who.name.lower()} {100 * share:.1f} %") for who, share in answerer_shares(field)]


def draw_image(axes: Axes, field: Field, plane: np.ndarray, box: tuple[float, float, float, float],
               limits: tuple[float, float] | None = None, colours: str | None = None) -> None:
    """plane: [rows, columns]; box: left, right, bottom, top; limits: of the colours, and their map (default: the field's)."""
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
    low, high = limits or colour_range(field)
    image = axes.imshow(plane, cmap=colours or colour_map(field), vmin=low, vmax=high, **where)
    beside = axes.inset_axes([1.03, 0.0, 0.045, 1.0])
    beside.grid(False)
    bar = axes.figure.colorbar(image, cax=beside)
    bar.formatter.set_powerlimits((-2, 4))
    bar.outline.set_linewidth(0.5)


def usual_fields(snapshot: Snapshot) -> list[str]:
    usual = next((DEFAULTS[name] for name in DEFAULTS if name in snapshot.names), ())
    return [name for name in usual if name in snapshot.names] or list(snapshot.names[:2])


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


def draw_strip(axes: Axes, field: Field, faces: np.ndarray, n_columns: int = len(Answerer)) -> None:
    """The answerer of a 1-D run; faces: [n_cells + 1]; n_columns: of the legend."""
    axes.grid(False)
    axes.imshow(field.values.reshape(1, -1), extent=(faces[0], faces[-1], 0, 1), aspect="auto", interpolation="nearest",
                cmap=answerer_colours(), vmin=-0.5, vmax=len(Answerer) - 0.5)
    axes.set_yticks([])
    axes.set_ylabel("answerer")
    axes.legend(handles=answerer_patches(field), loc="lower right", bbox_to_anchor=(1.0, 1.0), ncol=n_columns,
                handlelength=1.2, columnspacing=1.2, borderpad=0.1)


def readable_time(snapshot: Snapshot) -> str:
    seconds = snapshot.time
    if not snapshot.has_units:
        return f"{seconds:.4g}"
    if seconds == 0:
        return "0 s"
    for factor, unit in ((1.0, "s"), (1e3, "ms"), (1e6, "µs")):
        if seconds * factor >= 1:
            return f"{factor * seconds:.4g} {unit}"
    return f"{1e6 * seconds:.4g} µs"
