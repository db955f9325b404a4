"""Draws one aspect of how a run went, step by step, into one pair of axes; each function reads columns of history.csv."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from figure_style import BLUE, GREEN, GREY, PURPLE, SKY, VERMILION, YELLOW
from matplotlib.axes import Axes

History = dict[str, np.ndarray]

# The parts of a step's wall-clock time: columns of history.csv added up, label, colour.
PARTS = [(("transport_s", "pressure_s", "macro_s"), "PDE", GREY), (("physics_s",), "physics", VERMILION),
         (("inference_s",), "inference", BLUE), (("audit_s",), "audits", YELLOW),
         (("training_s",), "training", GREEN), (("balance_s", "communication_s"), "balance, communication", PURPLE),
         (("output_s",), "output", SKY)]
N_BINS = 300  # a long history is averaged into so many points


def binned(history: History) -> History:
    """Means over runs of neighbouring steps, so that a long history remains readable."""
    n = len(history["step"])
    if n <= N_BINS:
        return history
    bounds = np.linspace(0, n, N_BINS + 1).astype(int)[:-1]
    counts = np.diff(np.append(bounds, n))
    return {name: np.add.reduceat(column, bounds) / counts for name, column in history.items()}


def draw_answers(axes: Axes, history: History) -> None:
    """Shares of the sub-problems of a step."""
    parts = {"accepted": (history["accepted"], BLUE), "rejected": (history["rejected"], VERMILION)}
    for name, colour in (("explicit", GREEN), ("inert", GREY)):
        if name in history:
            parts = {name: (history[name], colour), **parts}
    total = np.maximum(sum(counts for counts, _ in parts.values()), 1)
    axes.stackplot(history["step"], [100 * counts / total for counts, _ in parts.values()], labels=list(parts),
                   colors=[colour for _, colour in parts.values()], linewidth=0)
    axes.set(title="Who answered", ylabel="sub-problems [%]", ylim=(0, 100))
    legend_above_data(axes, len(parts))


def draw_audits(axes: Axes, history: History) -> None:
    """Running totals; the certificate rests on them."""
    step = history["step"]
    wrong = history["audited_wrong"] if "audited_wrong" in history else np.zeros_like(step)
    audited, wrong = np.cumsum(history["audited"]), np.cumsum(wrong)
    axes.plot(step, audited, color=BLUE, label="audited")
    axes.plot(step, wrong, color=VERMILION, label="of these wrong")
    axes.set_yscale("symlog", linthresh=1)
    axes.set(title="Audits", ylabel="answers so far", ylim=(0, None))
    axes.legend(loc="best")


def draw_threshold(axes: Axes, history: History) -> None:
    threshold = history["threshold"]
    values = np.where(np.isfinite(threshold) & (threshold >= 0), threshold, np.nan)
    axes.plot(history["step"], values, color=PURPLE, drawstyle="steps-post")
    axes.set(title="Acceptance threshold", ylabel="score")
    if "version" in history:
        mark_versions(axes, history)


def draw_loss(axes: Axes, history: History) -> None:
    loss = np.where(np.isfinite(history["loss"]) & (history["loss"] > 0), history["loss"], np.nan)
    axes.plot(history["step"], loss, color=GREEN)
    axes.set(title="Training", ylabel="loss")
    if np.isfinite(loss).any():
        axes.set_yscale("log")
    if "version" in history:
        mark_versions(axes, history)


def mark_versions(axes: Axes, history: History) -> None:
    """Dotted lines where another version of the surrogate began to serve."""
    version = history["version"]
    changed = np.flatnonzero(np.diff(version) != 0) + 1
    if len(changed) > 30:
        return
    for index, at in enumerate(changed):
        axes.axvline(history["step"][at], color="0.4", linewidth=0.8, linestyle=":",
                     label="new version" if index == 0 else None)
    if len(changed):
        axes.legend(loc="best")


def draw_times(axes: Axes, history: History) -> None:
    smooth = binned(history)
    parts = [(sum(smooth[c] for c in columns if c in smooth), label, colour) for columns, label, colour in PARTS
             if any(c in smooth for c in columns)]
    parts = [(values, label, colour) for values, label, colour in parts if np.any(values > 0)]
    if "wall_s" in history and parts:
        walls = binned({"step": history["step"], "wall": np.diff(history["wall_s"], prepend=0.0)})["wall"]
        rest = np.maximum(walls - sum(values for values, _, _ in parts), 0.0)
        parts.append((rest, "other", "0.45"))
    axes.stackplot(smooth["step"], [1e3 * values for values, _, _ in parts], labels=[label for _, label, _ in parts],
                   colors=[colour for _, _, colour in parts], linewidth=0)
    axes.set(title="Wall-clock time of a step", ylabel="[ms]", ylim=(0, None))
    legend_above_data(axes, 3)


def draw_temperature(axes: Axes, history: History) -> None:
    axes.plot(history["step"], history["temperature_max_K"], color=VERMILION)
    axes.set(title="Highest temperature", ylabel="T [K]")


def legend_above_data(axes: Axes, n_columns: int) -> None:
    """Filled areas leave no room for a legend inside."""
    axes.margins(x=0)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.17), ncol=n_columns, handlelength=1.2, columnspacing=1.2)


# What a panel needs, and who draws it.
PANELS: list[tuple[tuple[str, ...], Callable[[Axes, History], None]]] = [
    (("accepted", "rejected"), draw_answers), (("audited",), draw_audits), (("threshold",), draw_threshold),
    (("loss",), draw_loss), ((), draw_times), (("temperature_max_K",), draw_temperature)]


def panels_of(history: History) -> list[Callable[[Axes, History], None]]:
    has_times = any(column in history for columns, _, _ in PARTS for column in columns)
    return [draw for needs, draw in PANELS
            if all(column in history for column in needs) and (draw is not draw_times or has_times)]
