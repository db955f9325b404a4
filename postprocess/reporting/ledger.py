"""What the run cost, what physics alone would have cost, and from when on it paid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from figure_style import BLUE, VERMILION
from run_panels import PARTS, draw_times

from bimetal_run import lookup

from . import html, pictures
from .html import Picture, Section
from .record import Record, step_seconds
from .wording import count, factor, percent, seconds

OTHER = "0.45"
UNTOUCHED = ("PDE", "output", "setup", "other")  # what would cost the same without a surrogate


@dataclass(frozen=True)
class Account:
    """Wall-clock seconds since the first step began, after every step."""

    step: np.ndarray
    spent: np.ndarray
    alone: np.ndarray  # estimated, by pure physics

    def paid_from(self) -> int | None:
        """Index of the first step from whose end on the run is ahead for good; None if it never is."""
        behind = np.flatnonzero(self.spent > self.alone)
        first = behind[-1] + 1 if len(behind) else 0
        return int(first) if first < len(self.step) else None


def account(record: Record) -> Account | None:
    """An accepted answer saves its mean price over the run, which makes the last value that of summary.json."""
    history = record.history
    needed = ("accepted", "physics_s", "inference_s", "training_s", "audit_s", "wall_s")
    if not all(name in history for name in needed) or not history["accepted"].any():
        return None
    spent = step_seconds(history)
    extra = sum(history[name] for name in ("inference_s", "training_s", "audit_s", "balance_s", "communication_s")
                if name in history)
    without = np.maximum(spent - extra, 0)
    kept = history["accepted"]
    speedup = record.figure("speed.net_speedup")
    if speedup:
        saved = max(speedup * spent.sum() - without.sum(), 0.0)
    else:
        audited = history["audited"].sum()
        saved = history["audit_s"].sum() / audited * kept.sum() if audited else 0.0
    alone = without + saved * kept / kept.sum()
    return Account(history["step"], np.cumsum(spent), np.cumsum(alone))


def parts_of(record: Record) -> list[tuple[str, float, str]]:
    """Label, seconds and colour of what the run spent its time on."""
    wall = lookup(record.summary, "wall_s")
    if isinstance(wall, dict):
        source = {f"{name}_s": float(value) for name, value in wall.items() if name not in ("total", "setup")}
        total, setup = float(wall["total"]), float(wall.get("setup") or 0.0)
    else:
        source = {name: float(column.sum()) for name, column in record.history.items() if name.endswith("_s")}
        total, setup = record.wall_s or 0.0, 0.0
    parts = [(label, sum(source.get(name, 0.0) for name in names), colour) for names, label, colour in PARTS]
    if setup:
        parts.append(("setup", setup, "0.7"))
    rest = total - sum(value for _, value, _ in parts)
    return [*(part for part in parts if part[1] > 0), *([("other", rest, OTHER)] if rest > 0.005 * total else [])]


def physics_alone(record: Record, total: float) -> float | None:
    """Seconds that pure physics would have taken, as estimated; the net speed-up is that of the steps, not of the setup."""
    speedup, setup = record.figure("speed.net_speedup"), record.figure("wall_s.setup") or 0.0
    return setup + speedup * (total - setup) if speedup and not record.is_pure_physics else None


def draw_bars(record: Record, parts: list[tuple[str, float, str]]) -> Picture:
    """What was spent by part, and as one bar what physics alone would have taken."""
    total = sum(value for _, value, _ in parts)
    alone = physics_alone(record, total)
    figure, axes = pictures.new_diagram(height=3.5 if alone is not None else 2.6)
    left = 0.0
    for label, value, colour in parts:
        axes.barh(0, value, left=left, color=colour, edgecolor="white", linewidth=0.6, label=f"{label} {seconds(value)}")
        left += value
    names = ["this run"]
    if alone is not None:
        left = 0.0
        for label, value, colour in parts:
            if label in UNTOUCHED:
                axes.barh(1, value, left=left, color=colour, edgecolor="white", linewidth=0.6)
                left += value
        axes.barh(1, max(alone - left, 0), left=left, color=VERMILION, hatch="//", edgecolor="white", linewidth=0.6)
        names.append("physics alone\n(estimated)")
        for height, value in enumerate((total, alone)):
            axes.annotate(seconds(value), (value, height), xytext=(4, 0), textcoords="offset points", va="center")
        axes.set_xlim(0, 1.16 * max(total, alone))
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.set(xlabel="wall-clock time [s]", title="Where the time went")
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.25), ncol=2, handlelength=1.0, columnspacing=1.5)
    told = ", ".join(f"{label} {seconds(value)}" for label, value, _ in parts)
    alt = f"Bar of the run's {seconds(total)} by part: {told}."
    if len(names) > 1:
        alt += f" Physics alone would have taken about {seconds(alone)}."
    return pictures.as_diagram(figure, alt)


def draw_account(found: Account) -> Picture:
    figure, axes = pictures.new_diagram()
    axes.plot(found.step, found.alone, color=VERMILION, linestyle="--", label="physics alone (estimated)")
    axes.plot(found.step, found.spent, color=BLUE, label="this run")
    axes.fill_between(found.step, found.spent, found.alone, where=found.alone >= found.spent, color=BLUE, alpha=0.12,
                      linewidth=0)
    at = found.paid_from()
    if at is not None:
        axes.axvline(found.step[at], color="0.3", linestyle=":", linewidth=1)
        is_early = at < 0.55 * len(found.step)
        axes.annotate(f"ahead from step {found.step[at]:.0f} on", (found.step[at], 0.98),
                      xycoords=("data", "axes fraction"), xytext=(5 if is_early else -5, 0), textcoords="offset points",
                      va="top", ha="left" if is_early else "right", fontsize=9)
    axes.set(xlabel="step", ylabel="wall-clock time so far [s]", ylim=(0, None), title="From when on it paid")
    axes.legend(loc="lower right")
    alt = (f"Wall-clock time over the steps: this run ends at {seconds(found.spent[-1])}, physics alone would have taken about "
           f"{seconds(found.alone[-1])}. {when_it_paid(found)}")
    return pictures.as_diagram(figure, alt, "Every accepted answer counts as the mean of what physics would have taken for it, "
                                            "as audits tell.")


def draw_step_times(record: Record) -> Picture:
    figure, axes = pictures.new_diagram(height=3.5)
    draw_times(axes, record.history)
    axes.set(xlabel="step", ylabel="wall-clock time [ms]", title="Time of a step")
    steps = 1e3 * step_seconds(record.history)
    cut_off = len(steps) > 2 and steps[0] > 1.5 * steps[1:].max()
    if cut_off:
        axes.set_ylim(0, 1.1 * steps[1:].max())
    caption = f"The first step took {seconds(steps[0] / 1e3)}, more than the picture shows." if cut_off else ""
    return pictures.as_diagram(figure, "Wall-clock time of a step by part, over the steps, in milliseconds.", caption)


def when_it_paid(found: Account) -> str:
    at = found.paid_from()
    if at is None:
        return "By its end the run had not earned back what learning cost."
    return (f"The run is ahead of physics alone from step {found.step[at]:.0f} on, {seconds(found.spent[at])} after its "
            "first step began.")


def sentence(record: Record, found: Account | None) -> str:
    speedup, total = record.figure("speed.net_speedup"), record.wall_s
    if total is None:
        return "There are no times of this run."
    if record.is_pure_physics:
        return f"The run took {seconds(total)}. Physics answered everything."
    if not speedup:
        return f"The run has taken {seconds(total)} so far."
    text = (f"The run took {seconds(total)}; physics alone would have taken about {factor(speedup)} times as long (net "
            "speed-up, learning and audits included, as estimated from the audits of this run).")
    return f"{text} {when_it_paid(found)}" if found else f"{text} The surrogate answered nothing, so it saved nothing."


def figures_table(record: Record) -> str:
    figure = record.figure
    rows = [("Wall-clock time", seconds(record.wall_s)), ("Net speed-up of the run", factor(figure("speed.net_speedup"))),
            ("Net speed-up of the sub-problems", factor(figure("speed.net_speedup_subproblems"))),
            ("Sub-problems, all ranks: spent", seconds(figure("ledger.spent_s"))),
            ("Sub-problems, all ranks: physics alone", seconds(figure("ledger.physics_alone_s"))),
            ("Sub-problems, all ranks: saved by accepted answers", seconds(figure("ledger.saved_s"))),
            ("Overhead over physics alone (negative: a gain)", percent(figure("ledger.overhead"))),
            ("Gradient steps, all ranks", count(figure("ledger.updates"))),
            ("Time of a gradient step", seconds(figure("ledger.training_s_per_update"))),
            ("Time of physics for a row", seconds(figure("speed.physics_s_per_row"))),
            ("Time of inference for a row", seconds(figure("speed.inference_s_per_row")))]
    return html.table("The ledger", ("Figure", "Value"), [row for row in rows if row[1] != "–"])


def section(record: Record) -> Section:
    found = account(record)
    body = html.paragraph(sentence(record, found), "sentence")
    parts = parts_of(record)
    drawn = ([draw_bars(record, parts)] if parts else []) + ([draw_account(found)] if found else [])
    if record.n_steps > 1 and any(name in record.history for names, _, _ in PARTS for name in names):
        drawn.append(draw_step_times(record))
    return Section("ledger", "Ledger: what it cost and what it saved", body + html.figures(drawn) + figures_table(record))
