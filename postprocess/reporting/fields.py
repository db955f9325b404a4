"""The fields of the snapshots: a slider shows one of them; without scripts the page holds start, middle and end."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
from field_panels import (Limits, answerer_shares, axis_label, common_range, cut, draw_image, draw_strip, lengths,
                          readable_time, usual_fields, without_absent)
from figure_style import BLUE, VERMILION, with_unit

from bimetal_run import Field, Snapshot, is_provenance

from . import html, pictures
from .html import Picture, Section
from .record import Record
from .wording import plural

MOST_FRAMES = 9


@dataclass(frozen=True)
class Frame:
    snapshot: Snapshot
    pictures: list[Picture]


def chosen(snapshots: list[Snapshot]) -> list[Snapshot]:
    """At most MOST_FRAMES of them, evenly spread, the first, the middle and the last among them."""
    if len(snapshots) <= MOST_FRAMES:
        return snapshots
    return [snapshots[round(index)] for index in np.linspace(0, len(snapshots) - 1, MOST_FRAMES)]


def key_frames(n: int) -> list[int]:
    return sorted({0, n // 2, n - 1})


def plane_of(snapshot: Snapshot, field: Field) -> Field:
    """In three dimensions the middle slice across z."""
    if snapshot.dimensions < 3:
        return field
    middle = field.values.shape[0] // 2
    return Field(field.name, field.unit, field.values[middle:middle + 1])


def common_limits(snapshots: list[Snapshot], names: list[str]) -> Limits:
    return {name: common_range(plane_of(each, each.field(name)) for each in snapshots if name in each.names)
            for name in names if not is_provenance(name)}


def described(field: Field, snapshot: Snapshot) -> str:
    """What somebody who does not see the picture has to know."""
    when = f"at t = {readable_time(snapshot)}"
    if is_provenance(field.name, "answerer"):
        shares = ", ".join(f"{who.name.lower()} {100 * share:.1f} %" for who, share in answerer_shares(field) if share > 0)
        return f"Map of who answered the sub-problems {when}: {shares}."
    values = field.values[np.isfinite(field.values)]
    if not values.size:
        return f"{field.name} {when}: no values."
    unit = "" if field.unit in ("", "1") else f" {field.unit}"
    return (f"{field.name} {when}: from {values.min():.4g} to {values.max():.4g}{unit}, mean {values.mean():.4g}{unit}.")


def title_of(field: Field, snapshot: Snapshot) -> str:
    if is_provenance(field.name, "answerer"):
        axis = field.name.removeprefix("answerer").removeprefix("_")
        return f"who answered (faces across {axis})" if axis else "who answered"
    return with_unit(field.name, field.unit)


def draw_plane(snapshot: Snapshot, field: Field, limits: Limits) -> Picture:
    plane, box, (across, up) = cut(snapshot, 2, field.values)
    _, unit = lengths(snapshot)
    figure, axes = pictures.new_plane(box, legend=0.75 if is_provenance(field.name, "answerer") else 0.0)
    draw_image(axes, field, plane, box, limits.get(field.name))
    axes.set(title=title_of(field, snapshot), xlabel=axis_label(across, unit), ylabel=axis_label(up, unit))
    return pictures.as_image(figure, described(field, snapshot))


def draw_line(snapshot: Snapshot, field: Field, limits: Limits) -> Picture:
    scale, unit = lengths(snapshot)
    faces = scale * np.linspace(snapshot.lower[0], snapshot.upper[0], field.values.size + 1)
    if is_provenance(field.name, "answerer"):
        figure, axes = pictures.new_diagram(height=1.7)
        draw_strip(axes, field, faces, n_columns=3)
        axes.set(title="", ylabel="", xlabel=axis_label(0, unit))
    else:
        figure, axes = pictures.new_diagram()
        axes.plot(0.5 * (faces[1:] + faces[:-1]), field.values.ravel(), color=VERMILION if field.name == "T" else BLUE)
        low, high = limits[field.name]
        axes.set(title=title_of(field, snapshot), xlabel=axis_label(0, unit), ylabel=with_unit(field.name, field.unit),
                 ylim=(low - 0.04 * (high - low), high + 0.04 * (high - low)))
        axes.ticklabel_format(axis="y", scilimits=(-2, 4))
        axes.margins(x=0)
    return pictures.as_diagram(figure, described(field, snapshot))


def fields_to_draw(snapshot: Snapshot) -> list[str]:
    """The usual ones and who answered, whatever the physics."""
    names = usual_fields(snapshot)
    answerers = [name for name in snapshot.names if is_provenance(name, "answerer")]
    return names if any(name in names for name in answerers) else names + answerers[:1]


def draw_frame(snapshot: Snapshot, names: list[str], limits: Limits) -> Frame:
    draw = draw_line if snapshot.dimensions == 1 else draw_plane
    fields = [plane_of(snapshot, without_absent(snapshot.field(name))) for name in names if name in snapshot.names]
    return Frame(snapshot, [draw(snapshot, field, limits) for field in fields])


def frames_of(record: Record) -> list[Frame]:
    snapshots = chosen(record.snapshots)
    if not snapshots:
        return []
    names = fields_to_draw(snapshots[-1])
    limits = common_limits(snapshots, names)
    return [draw_frame(snapshot, names, limits) for snapshot in snapshots]


def label(snapshot: Snapshot) -> str:
    return f"t = {readable_time(snapshot)}, step {snapshot.step}"


def as_html(frames: list[Frame]) -> str:
    """The controls are hidden until a script finds them."""
    keys = key_frames(len(frames))
    names = {keys[-1]: "end", keys[0]: "start"}
    marks = "".join(f'<button type="button" data-frame="{key}">{names.get(key, "middle")}<br>'
                    f"<small>{escape(readable_time(frames[key].snapshot))}</small></button>" for key in keys)
    controls = ('<div class="controls" hidden><div class="marks" role="group" aria-label="Snapshots to go to">'
                f'{marks}</div><label for="frame">Snapshot</label>'
                f'<input id="frame" type="range" min="0" max="{len(frames) - 1}" step="1" value="{len(frames) - 1}">'
                '<output id="frame-label" for="frame" aria-live="polite"></output>'
                '<button type="button" id="play">Play</button></div>') if len(frames) > 1 else ""
    body, kind = "", "small" if frames[0].snapshot.dimensions > 1 else ""
    for index, frame in enumerate(frames):
        hidden = "" if index in keys else " hidden"
        body += (f'<div class="frame" data-label="{escape(label(frame.snapshot), quote=True)}"{hidden}>'
                 f"<h3>{escape(label(frame.snapshot))}</h3>{html.figures(frame.pictures, kind)}</div>")
    return f'<div class="viewer">{controls}{body}</div>'


def section(record: Record) -> Section | None:
    frames = frames_of(record)
    if not frames:
        return Section("fields", "Fields", html.paragraph(
            "This run has no snapshots yet, or none was asked for (output.fields_every)."))
    last, n_steps = frames[-1].snapshot, len(record.snapshots)
    notes = ["The colours have the same range in all snapshots." if last.dimensions > 1 else
             "The vertical axes have the same range in all snapshots."]
    if n_steps > len(frames):
        notes.append(f"{len(frames)} of the {n_steps} snapshots are shown.")
    if last.dimensions == 3:
        scale, unit = lengths(last)
        height = scale * 0.5 * (last.lower[2] + last.upper[2])
        where = f"z = {height:.3g} {unit}".strip()
        notes.append(f"The run has three dimensions; what is shown is the middle slice, {where}.")
    if any(is_provenance(name, "answerer") for name in last.names):
        notes.append("Who answered: inert cells needed no answer, explicit ones took one explicit step, audited ones "
                     "were answered by the surrogate and solved by physics as well.")
    unreadable = len(record.run.steps()) - len(record.snapshots)
    if unreadable:
        notes.append(f"{plural(unreadable, 'snapshot')} cannot be read, perhaps since the run was killed while writing.")
    return Section("fields", "Fields", html.paragraph(" ".join(notes)) + as_html(frames))
