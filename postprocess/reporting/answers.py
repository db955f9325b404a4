"""Who answered over time, and how the versions of the surrogate did."""

from __future__ import annotations

import numpy as np
from figure_style import BLUE, GREEN, GREY, PURPLE, VERMILION, YELLOW, plt
from run_panels import binned, draw_loss, draw_threshold

from . import html, pictures
from .events import Event, events_of
from .html import Picture, Section
from .record import Columns, Record
from .wording import count, percent

MOST_VERSIONS_IN_LEGEND = 8


def versions_of(history: Columns) -> list[int]:
    if "version" not in history:
        return []
    serving = history["version"][history["accepted"] > 0]
    return sorted({int(version) for version in serving if version >= 0})


def shades(n: int) -> list[str]:
    """Blues from light to dark."""
    return [plt.get_cmap("Blues")(part) for part in np.linspace(0.4, 0.95, n)] if n > 1 else [BLUE]


def draw_answers(record: Record) -> Picture:
    history = record.history
    n = len(history["step"])
    zeros, audited = np.zeros(n), history.get("audited", np.zeros(n))
    parts = [("inert", history.get("inert", zeros), GREY), ("explicit", history.get("explicit", zeros), GREEN)]
    versions, by_surrogate = versions_of(history), np.maximum(history["accepted"] - audited, 0)
    for version, shade in zip(versions, shades(len(versions))):
        parts.append((f"version {version}", np.where(history["version"] == version, by_surrogate, 0), shade))
    if not versions:
        parts.append(("surrogate", by_surrogate, BLUE))
    parts += [("audited", audited, YELLOW), ("physics", history["rejected"], VERMILION)]
    parts = [part for part in parts if part[1].any()]
    smooth = binned({"step": history["step"], **{name: values for name, values, _ in parts}})
    total = np.maximum(sum(smooth[name] for name, _, _ in parts), 1e-30)
    figure, axes = pictures.new_diagram(height=3.9)
    steps = smooth["step"] if n > 1 else np.array([0.5, 1.5]) * smooth["step"]
    labels = [name for name, _, _ in parts]
    if len(versions) > MOST_VERSIONS_IN_LEGEND:
        inner = [f"version {version}" for version in versions[1:-1]]
        labels = [f"_{name}" if name in inner else name for name in labels]
    axes.stackplot(steps, [np.resize(100 * smooth[name] / total, len(steps)) for name, _, _ in parts], labels=labels,
                   colors=[colour for _, _, colour in parts], linewidth=0, step="mid")
    axes.set(xlabel="step", ylabel="sub-problems [%]", ylim=(0, 100), title="Who answered, step by step")
    axes.margins(x=0)
    axes.legend(loc="upper center", bbox_to_anchor=(0.45, -0.2), ncol=4, handlelength=1.0, columnspacing=1.0)
    whole = sum(values.sum() for _, values, _ in parts)
    alt = "Shares of the sub-problems over the steps; over the whole run: " + ", ".join(
        f"{name} {100 * values.sum() / whole:.1f} %" for name, values, _ in parts) + "."
    caption = "Versions of the surrogate from light to dark blue." if len(versions) > 1 else ""
    return pictures.as_diagram(figure, alt, caption)


def count_kinds(kinds: list[str]) -> str:
    return ", ".join(f"{kind} ({kinds.count(kind)})" for kind in dict.fromkeys(kinds)) or "none"


def draw_acceptance(record: Record, events: list[Event]) -> Picture:
    """The part of the active sub-problems that the surrogate answered, and what happened to it."""
    history = record.history
    active = history["accepted"] + history["rejected"] + history.get("explicit", 0)
    smooth = binned({"step": history["step"], "accepted": history["accepted"], "active": active})
    share = 100 * smooth["accepted"] / np.maximum(smooth["active"], 1e-30)
    figure, axes = pictures.new_diagram(height=3.9)
    axes.plot(smooth["step"], share, color=BLUE)
    colours = {"^": GREEN, "x": VERMILION, "v": PURPLE}
    for mark, colour in colours.items():
        marked = [event for event in events if event.mark == mark]
        if marked:
            at = [event.step for event in marked]
            axes.plot(at, np.interp(at, smooth["step"], share), mark, color=colour, markersize=7, markeredgewidth=1.8,
                      linestyle="", label=f"{marked[0].kind} ({len(marked)})")
    axes.set(xlabel="step", ylabel="active sub-problems [%]", ylim=(0, 104), title="Part that the surrogate answered")
    if any(event.mark in colours for event in events):
        axes.legend(loc="upper center", bbox_to_anchor=(0.45, -0.2), ncol=3, columnspacing=1.0)
    alt = (f"Part of the active sub-problems that the surrogate answered, over the steps; at the end {share[-1]:.0f} %. "
           "Marked events: ")
    kinds = [event.kind for event in events if event.mark in colours]
    return pictures.as_diagram(figure, alt + count_kinds(kinds) + ".")


def versions_table(record: Record) -> str:
    history, rows = record.history, []
    for version in versions_of(history):
        served = history["version"] == version
        audited, wrong = (int(history[name][served].sum()) if name in history else 0
                          for name in ("audited", "audited_wrong"))
        rows.append((f"{version}", count(history["step"][served][0]), count(served.sum()),
                     count(history["accepted"][served].sum()), count(audited), count(wrong),
                     percent(wrong / audited) if audited else "–"))
    header = ("Version", "From step", "Steps", "Accepted answers", "Audited", "Wrong", "Wrong among audited")
    return html.table("Versions of the surrogate", header, rows) if rows else ""


def sentence(record: Record, events: list[Event]) -> str:
    if record.is_pure_physics:
        return "Physics answered every sub-problem that was neither inert nor done by one explicit step."
    promotions, alarms = record.figure("surrogate.promotions"), record.figure("ledger.alarms")
    if promotions is None:
        promotions = sum(event.kind == "promotion" for event in events)
    if alarms is None:
        alarms = sum(event.kind == "answers withdrawn" for event in events)
    share = record.count("accepted") / record.n_active if record.n_active else 0.0
    text = (f"The surrogate answered {percent(share)} of the {count(record.n_active)} active sub-problems. "
            f"Versions promoted: {count(promotions)}. ")
    if alarms:
        return text + (f"Drift alarms: {count(alarms)}; at an alarm the audits of a step refuted the surrogate, so physics "
                       f"answered {count(record.count('withdrawn'))} of its rows instead, and learning began again.")
    return text + "The drift alarm never went off."


def gates_table(record: Record) -> str:
    gates = (record.summary.get("subproblems") or {}).get("gates") or {}
    rows = [(name, count(number)) for name, number in gates.items() if number]
    return html.table("Proposed answers that a gate stopped", ("Gate", "Answers"), rows) if rows else ""


def section(record: Record) -> Section | None:
    if record.n_steps == 0 or "accepted" not in record.history or "rejected" not in record.history:
        return None
    events = events_of(record.log)
    drawn = [draw_answers(record)]
    body = html.paragraph(sentence(record, events), "sentence")
    if record.is_pure_physics:
        return Section("answers", "Who answered", body + html.figures(drawn))
    if record.n_steps > 1 and record.history["accepted"].any():
        drawn.append(draw_acceptance(record, events))
    body += html.figures(drawn)
    table = versions_table(record)
    body += html.folded("Versions one by one", table) if table.count("<tr>") > 13 else table
    body += gates_table(record)
    if events:
        rows = [(f"{event.step:,}", event.kind, event.text) for event in events]
        table = html.table("Events", ("Step", "Event", "What the log says"), rows, "words")
        body += html.folded(f"Events of the log ({len(rows)})", table)
    return Section("answers", "Who answered", body)


def learning_section(record: Record) -> Section | None:
    history = record.history
    if record.is_pure_physics or record.n_steps < 2:
        return None
    drawn = []
    if "loss" in history and np.any(np.isfinite(history["loss"]) & (history["loss"] > 0)):
        figure, axes = pictures.new_diagram()
        draw_loss(axes, history)
        axes.set(xlabel="step", title="Loss of the last training round")
        seen = history["loss"][np.isfinite(history["loss"]) & (history["loss"] > 0)]
        alt = f"Training loss over the steps, from {seen[0]:.3g} to {seen[-1]:.3g}, on a logarithmic axis."
        drawn.append(pictures.as_diagram(figure, alt, "Gaps: no learning, which goes in bursts."))
    if "threshold" in history and np.any(history["threshold"] >= 0):
        figure, axes = pictures.new_diagram()
        draw_threshold(axes, history)
        axes.set(xlabel="step", ylabel="score [tolerances]", title="Score up to which answers are accepted")
        drawn.append(pictures.as_diagram(figure, "Acceptance threshold on the score over the steps, in tolerances.",
                                         "Gaps: nothing was accepted."))
    if not drawn:
        return None
    rows = [(name, count(record.figure(path))) for name, path in
            (("Parameters of the networks", "surrogate.parameters"), ("Gradient steps", "surrogate.updates"),
             ("Samples trained on", "surrogate.samples_trained"))]
    rows = [row for row in rows if row[1] != "–"]
    table = html.table("What was learned", ("Figure", "Value"), rows) if rows else ""
    return Section("learning", "Learning", html.figures(drawn) + table)
