"""What the run computed as a whole: observables over time, and what should have been conserved."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from figure_style import BLUE

from bimetal_run import lookup

from . import html, pictures
from .html import Picture, Section
from .record import Record

# Endings of names and what they mean.
UNITS = [("_m_s", "m/s"), ("_per_s", "1/s"), ("_kg", "kg"), ("_Pa", "Pa"), ("_K", "K"), ("_W", "W"), ("_J", "J"), ("_m", "m"),
         ("_s", "s")]
# Names that say less than they should.
WORDS = {"u_mean": "mean u", "K_xx_mean": "mean conductivity along x", "K_yy_mean": "mean conductivity along y",
         "porosity_mean": "mean porosity", "porosity_max": "largest porosity", "gained": "u gained since the start",
         "inflow": "u that came in", "temperature_max": "highest temperature", "temperature_min": "lowest temperature",
         "temperature_mean": "mean temperature", "heat_in": "heat that came in", "pressure": "thermodynamic pressure",
         "flame_speed": "consumption speed of the flame", "flame_thickness": "thermal thickness of the flame"}


def name_and_unit(column: str, has_units: bool) -> tuple[str, str]:
    """"heat_release_W" is the heat release in W."""
    for ending, unit in UNITS if has_units else ():
        if column.endswith(ending):
            name = column.removesuffix(ending)
            return WORDS.get(name, name.replace("_", " ")), unit
    return WORDS.get(column, column.replace("_", " ")), ""


def draw_observable(time: np.ndarray, values: np.ndarray, name: str, unit: str, time_label: str) -> Picture:
    figure, axes = pictures.new_diagram(4.3, 2.9)
    axes.plot(time, values, color=BLUE, marker="o" if len(time) < 3 else "")
    middle, extent = float(np.nanmean(values)), float(np.nanmax(values) - np.nanmin(values))
    if extent <= 1e-9 * abs(middle):  # round-off is no curve
        margin = 0.05 * abs(middle) or 1.0
        axes.set_ylim(middle - margin, middle + margin)
    title = name[:1].upper() + name[1:]
    axes.set(xlabel=time_label, ylabel=f"[{unit}]" if unit else "", title=title)
    axes.ticklabel_format(axis="y", scilimits=(-3, 5))
    unit = f" {unit}" if unit else ""
    return pictures.as_diagram(figure, f"{title} over time: from {values[0]:.4g}{unit} to {values[-1]:.4g}{unit}, "
                               f"lowest {np.nanmin(values):.4g}{unit}, highest {np.nanmax(values):.4g}{unit}.")


def observables_section(record: Record) -> Section | None:
    columns = record.observables
    names = [name for name in columns if name not in ("step", "time_s")]
    if not names or not len(columns["time_s"]):
        return None
    has_units = (record.snapshots[-1].has_units if record.snapshots
                 else record.config.get("physics") != "two_scale_precipitation")
    end = columns["time_s"][-1]
    scale, unit = next((each for each in ((1.0, "s"), (1e3, "ms")) if end * each[0] >= 1), (1e6, "µs"))
    if not has_units:
        scale, unit = 1.0, ""
    label = f"time [{unit}]" if unit else "time"
    drawn = [draw_observable(scale * columns["time_s"], columns[name], *name_and_unit(name, has_units), label)
             for name in names if np.isfinite(columns[name]).any()]
    return Section("observables", "Observables", html.figures(drawn, "small"))


def leaves(tree: Any, above: tuple[str, ...] = ()) -> list[tuple[str, float]]:
    if isinstance(tree, dict):
        return [leaf for key, below in tree.items() for leaf in leaves(below, (*above, key))]
    return [(" ".join(above).replace("_", " "), float(tree))] if isinstance(tree, (int, float)) else []


def conservation_section(record: Record) -> Section | None:
    body = ""
    kept = lookup(record.summary, "conservation")
    if kept:
        changes = [(name, value) for name, value in leaves(kept) if name != "lowest mass fraction"]
        rows = [(re.sub("^elements ", "element ", name), f"{value:.1e}" if value else "0") for name, value in changes]
        worst = max((value for _, value in changes), default=0.0)
        body += html.paragraph("Every answer, whoever gave it, is checked for what a reaction conserves. The largest relative "
                               f"change was {worst:.1e}" + (", which is round-off." if worst < 1e-10 else "."))
        body += html.table("Largest relative change in a chemistry step, over all cells", ("Conserved", "Relative change"), rows)
    drift = leaves(lookup(record.summary, "observables.drift"))
    if drift:
        body += html.paragraph("In the box as a whole, what is there at the end is compared with what was there at the start "
                               "and what came in.")
        body += html.table("Relative drift of the whole box over the run", ("Conserved", "Relative drift"),
                           [(re.sub("^elements ", "element ", name), f"{value:+.1e}" if value else "0")
                            for name, value in drift])
    return Section("conservation", "Conservation", body) if body else None
