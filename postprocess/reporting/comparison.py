"""Several runs side by side: what they cost, how far their fields are apart, work against precision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from compare_runs import compare
from field_panels import axis_label, cut, draw_image, lengths, readable_time
from figure_style import BLUE, GREEN, PURPLE, SKY, VERMILION, YELLOW

from bimetal_run import Field, RunError, lookup

from . import html, pictures
from .fields import fields_to_draw, plane_of
from .html import Picture, Section
from .record import Record, step_seconds
from .wording import factor, number, percent, seconds

COLOURS = (BLUE, VERMILION, GREEN, PURPLE, SKY, YELLOW, "0.4")


@dataclass(frozen=True)
class Against:
    """A run against the reference."""

    record: Record
    found: dict[str, Any] | None  # as compare_runs.py tells it; None if their fields cannot be compared
    why_not: str = ""


def rtol_of(record: Record) -> float:
    for value in (lookup(record.summary, "chemistry.rtol"), lookup(record.summary, "micro.rtol"),
                  record.option("chemistry.rtol"), record.option("micro.rtol")):
        if isinstance(value, (int, float)):
            return float(value)
    return np.inf


def reference_of(records: list[Record]) -> Record:
    """The most accurate run of the first one's case by pure physics; without one the first run."""
    pure = [record for record in records if record.is_pure_physics and record.case == records[0].case]
    return min(pure, key=rtol_of) if pure else records[0]


def names_of(records: list[Record]) -> list[str]:
    """Directories' names, with the folder above where they would be the same."""
    names = [record.name for record in records]
    if len(set(names)) == len(names):
        return names
    longer = [f"{record.run.directory.resolve().parent.name}/{record.name}" for record in records]
    return longer if len(set(longer)) == len(longer) else [f"{name} ({index})" for index, name in enumerate(names, 1)]


def against(reference: Record, record: Record) -> Against:
    if record is reference:
        return Against(record, None)
    try:
        return Against(record, compare(reference.run, record.run))
    except RunError as error:
        return Against(record, None, str(error))


def table_of_runs(records: list[Record], names: list[str], reference: Record) -> str:
    rows = []
    base = reference.wall_s
    for name, record in zip(names, records):
        wall, rtol = record.wall_s, rtol_of(record)
        of_surrogate = ["–"] * 4
        if not record.is_pure_physics:
            share = record.count("accepted") / record.n_active if record.n_active else None
            of_surrogate = [number(record.option("switching.tolerance")), factor(record.figure("speed.net_speedup")),
                            percent(share), percent(record.figure("certificate.upper_bound") if share else None)]
        rows.append((name + (" (reference)" if record is reference else ""), record.config.get("switching.policy", "–"),
                     number(rtol) if np.isfinite(rtol) else "–", f"{record.n_steps:,}", seconds(wall),
                     factor(base / wall) if base and wall else "–", *of_surrogate))
    header = ("Run", "Policy", "rtol of physics", "Steps", "Time", "Reference's time / its time", "Tolerance",
              "Net speed-up (estimated)", "Answered by surrogate", "Wrong at most")
    return html.table("The runs", header, rows)


def table_of_fields(each: Against, name: str) -> str:
    shown = list(each.found["fields"].items())
    rows = [(field, figures["unit"] or "–", number(figures["max_abs"]), number(figures["mean_abs"]),
             percent(figures["max_relative"]), percent(figures["mean_relative"])) for field, figures in shown]
    step = each.found["step"]
    return html.folded(f"{name}: all {len(rows)} fields at step {step:,}", html.table(
        f"Differences of {name} from the reference at step {step:,}",
        ("Field", "Unit", "Largest", "Mean", "Largest / range", "Mean / range"), rows))


def main_field(reference: Record) -> str | None:
    return fields_to_draw(reference.snapshots[-1])[0] if reference.snapshots else None


def draw_work_precision(others: list[Against], names: dict[int, str], reference: Record, field: str) -> Picture | None:
    points = [(each.record, each.found["fields"][field]) for each in others
              if each.found and each.record.wall_s and field in each.found["fields"]]
    points = [(record, difference["mean_relative"]) for record, difference in points if difference["mean_relative"]]
    if not points:
        return None
    figure, axes = pictures.new_diagram(height=3.7)
    for index, (record, error) in enumerate(points):
        axes.plot(100 * error, record.wall_s, "s" if record.is_pure_physics else "o", markersize=9, linestyle="",
                  color=COLOURS[index % len(COLOURS)], label=names[id(record)])
    axes.axhline(reference.wall_s, color="0.3", linestyle="--", linewidth=1.2,
                 label=f"{names[id(reference)]} (reference)")
    axes.set_xscale("log")
    axes.set(xlabel=f"mean difference of {field} from the reference [% of its range]", ylabel="wall-clock time [s]",
             ylim=(0, 1.15 * max(reference.wall_s, *(record.wall_s for record, _ in points))),
             title="Work against precision")
    axes.margins(x=0.2)
    axes.legend(loc="upper center", bbox_to_anchor=(0.45, -0.2), ncol=2)
    told = "; ".join(f"{names[id(record)]} {seconds(record.wall_s)}, off by {percent(error)}" for record, error in points)
    alt = f"Wall-clock time against the mean difference of {field}: {told}; reference {seconds(reference.wall_s)}."
    return pictures.as_diagram(figure, alt, "Left and low is better. Circles: with a surrogate; squares: physics alone.")


def draw_difference(each: Against, name: str, reference: Record, field: str) -> Picture | None:
    """Where the two are apart, in the plane."""
    if not each.found or field not in each.found["fields"] or each.found["fields"][field]["max_abs"] == 0:
        return None
    of_reference, other = (record.run.snapshot(each.found["step"]) for record in (reference, each.record))
    if of_reference.dimensions == 1:
        return None
    a, b = (plane_of(snapshot, snapshot.field(field)) for snapshot in (of_reference, other))
    difference = Field(f"{field} difference", a.unit, b.values.astype(float) - a.values)
    plane, box, (across, up) = cut(of_reference, 2, difference.values)
    _, unit = lengths(of_reference)
    figure, axes = pictures.new_plane(box)
    largest = float(np.abs(plane).max()) or 1.0
    draw_image(axes, difference, plane, box, (-largest, largest), "RdBu_r")  # zero is white
    axes.set(title=f"{field}: {name} less reference" + (f" [{a.unit}]" if a.unit not in ("", "1") else ""),
             xlabel=axis_label(across, unit), ylabel=axis_label(up, unit))
    return pictures.as_image(figure, f"Map of the difference of {field} between {name} and the reference at t = "
                             f"{readable_time(of_reference)}; at most {largest:.3g} {a.unit}.".replace(" .", "."))


def draw_progress(records: list[Record], names: list[str]) -> Picture | None:
    shown = [(name, record) for name, record in zip(names, records) if record.n_steps > 1 and "wall_s" in record.history]
    if not shown:
        return None
    figure, axes = pictures.new_diagram(height=3.7)
    for index, (name, record) in enumerate(shown):
        axes.plot(record.history["step"], np.cumsum(step_seconds(record.history)), color=COLOURS[index % len(COLOURS)],
                  linestyle="--" if record.is_pure_physics else "-", label=name)
    axes.set(xlabel="step", ylabel="wall-clock time so far [s]", ylim=(0, None), title="Time that the runs took")
    axes.legend(loc="upper center", bbox_to_anchor=(0.45, -0.2), ncol=2)
    told = ", ".join(f"{name} {seconds(record.wall_s)}" for name, record in shown)
    alt = f"Wall-clock time of the runs over the steps; at the end: {told}."
    return pictures.as_diagram(figure, alt, "Dashed: physics alone.")


def section(records: list[Record]) -> Section | None:
    if len(records) < 2:
        return None
    reference, names = reference_of(records), names_of(records)
    by_run = dict(zip(map(id, records), names))
    others = [against(reference, record) for record in records if record is not reference]
    chosen = ("the most accurate run by physics alone" if reference.is_pure_physics
              else "the first run, as none is by physics alone")
    body = html.paragraph(f"The reference is {by_run[id(reference)]}, {chosen}. Times can be compared only if the machine "
                          "was equally busy.")
    for each in others:
        if each.why_not:
            body += html.paragraph(f"The fields of {by_run[id(each.record)]} cannot be compared: {each.why_not}")
        elif all(figures["max_abs"] == 0 for figures in each.found["fields"].values()):
            body += html.paragraph(f"The fields of {by_run[id(each.record)]} at step {each.found['step']:,} are those of the "
                                   "reference to the last digit.")
    body += table_of_runs(records, names, reference)
    field = main_field(reference)
    drawn = [draw_progress(records, names)]
    if field:
        drawn.append(draw_work_precision(others, by_run, reference, field))
    body += html.figures([picture for picture in drawn if picture])
    if field:
        maps = [draw_difference(each, by_run[id(each.record)], reference, field) for each in others]
        body += html.figures([picture for picture in maps if picture], "small")
    body += "".join(table_of_fields(each, by_run[id(each.record)]) for each in others if each.found)
    return Section("comparison", "Comparison of the runs", body)
