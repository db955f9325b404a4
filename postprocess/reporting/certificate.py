"""Errors against the tolerance, and the certificate in one sentence."""

from __future__ import annotations

import numpy as np
from figure_style import BLUE, VERMILION

from bimetal_run import is_provenance, lookup

from . import html, pictures
from .html import Picture, Section
from .record import Record
from .wording import count, number, percent


def sentence(record: Record) -> str:
    bound, confidence = record.figure("certificate.upper_bound"), record.figure("certificate.confidence")
    tolerance, allowed = record.option("switching.tolerance"), record.option("switching.wrong_fraction")
    if record.is_pure_physics:
        return "Physics answered every sub-problem (switching.policy: never), so there is nothing to certify."
    if not record.is_over:
        return "The run has not come to its end; the certificate is written then."
    if bound is None:
        return "This run has no certificate, as it had no surrogate."
    if record.count("accepted") == 0:
        return "No answer of the surrogate was used, so there is nothing to certify."
    text = (f"With {percent(confidence)} confidence, at most {percent(bound)} of the {count(record.count('accepted'))} "
            "answers that the surrogate gave were wrong")
    text += f", that is, off by more than the tolerance of {number(tolerance)}" if tolerance is not None else ""
    if allowed is not None:
        text += f"; {percent(allowed)} were allowed" + ("." if bound <= allowed else ", so the run missed its aim.")
    return text.rstrip(".") + "."


def figures_table(record: Record) -> str:
    audited, wrong = record.count("audited"), record.count("audited_wrong")
    rows = [("Answers accepted from the surrogate", count(record.count("accepted"))),
            ("of these audited at random", count(audited)), ("audited and found wrong", count(wrong)),
            ("Estimated part of wrong answers", percent(record.figure("certificate.wrong_fraction"))),
            ("Certificate: upper bound of that part", percent(record.figure("certificate.upper_bound"))),
            ("Confidence of the bound", percent(record.figure("certificate.confidence"))),
            ("Part of wrong answers allowed", percent(record.option("switching.wrong_fraction"))),
            ("Tolerance of one answer (scaled error)", number(record.option("switching.tolerance")))]
    verified = record.figure("verification.wrong_fraction")
    if verified is not None:
        rows.append(("True part of wrong answers (every one was verified)", percent(verified)))
    return html.table("The certificate and what it rests on", ("Figure", "Value"),
                      [row for row in rows if row[1] != "–"])


def audited_errors(record: Record) -> np.ndarray:
    """In tolerances, from the snapshots."""
    found = [np.zeros(0)]
    for snapshot in record.snapshots:
        for name in snapshot.names:
            if is_provenance(name, "audited_error"):
                values = snapshot.field(name).values.astype(float).ravel()
                found.append(values[np.isfinite(values) & (values >= 0)])
    return np.concatenate(found)


def draw_errors(errors: np.ndarray) -> Picture:
    figure, axes = pictures.new_diagram()
    shown = np.maximum(errors, 1e-4)
    edges = np.logspace(-4, max(1.0, np.ceil(np.log10(shown.max()))), 33)
    edges = np.unique(np.append(edges, 1.0))
    counts, _ = np.histogram(shown, edges)
    colours = [VERMILION if left >= 1 else BLUE for left in edges[:-1]]
    axes.bar(edges[:-1], counts, np.diff(edges), align="edge", color=colours, edgecolor="white", linewidth=0.4)
    axes.axvline(1, color="0.2", linestyle="--", linewidth=1.2)
    axes.annotate("tolerance", (1, 1), xycoords=("data", "axes fraction"), xytext=(5, -4), textcoords="offset points",
                  va="top")
    axes.set_xscale("log")
    axes.set(xlabel="error of an audited answer [tolerances]", ylabel="answers", title="Errors that audits found")
    wrong = int((errors > 1).sum())
    return pictures.as_diagram(
        figure, f"Histogram of the errors of {errors.size} audited answers; {wrong} exceed the tolerance, the median is "
                f"{np.median(errors):.2g} tolerances.",
        f"The {errors.size:,} audited answers of the steps that have a snapshot; {wrong:,} of them are wrong (vermilion).")


def draw_wrong_share(record: Record) -> Picture | None:
    history = record.history
    if "audited" not in history or "audited_wrong" not in history or not history["audited"].any():
        return None
    audited, wrong = np.cumsum(history["audited"]), np.cumsum(history["audited_wrong"])
    share = np.where(audited > 0, 100 * wrong / np.maximum(audited, 1), np.nan)
    figure, axes = pictures.new_diagram()
    axes.plot(history["step"], share, color=BLUE, label="wrong so far among the audited")
    allowed, bound = record.option("switching.wrong_fraction"), record.figure("certificate.upper_bound")
    if allowed is not None:
        axes.axhline(100 * allowed, color=VERMILION, linestyle="--", label="allowed")
    if bound is not None and bound < 1:
        axes.plot(history["step"][-1], 100 * bound, "v", color="0.2", markersize=8, label="certificate at the end")
    # The first audits say nothing: one wrong of one would be 100 %.
    settled = share[audited >= min(200, audited[-1])]
    top = max(np.nanmax(settled), 100 * (allowed or 0), 100 * (bound if bound is not None and bound < 1 else 0))
    axes.set(xlabel="step", ylabel="wrong answers [%]", ylim=(0, 1.35 * top if top > 0 else 1),
             title="Wrong answers against what is allowed")
    axes.legend(loc="upper right", fontsize=8)
    alt = f"Part of the audited answers that were wrong, over the steps; at the end {share[-1]:.2f} %"
    return pictures.as_diagram(figure, alt + (f", allowed {100 * allowed:.2g} %." if allowed is not None else "."))


def outputs_table(record: Record) -> str:
    """Mean error and bias of each output over its tolerance."""
    errors = lookup(record.summary, "error") or {}
    tolerance = record.option("switching.tolerance")
    if not errors or not tolerance:
        return ""
    rows = []
    for name, error in sorted(errors.items(), key=lambda item: -abs(item[1]["mean_abs"] / item[1]["scale"])):
        unit = tolerance * error["scale"]
        rows.append((name, number(unit), percent(error["mean_abs"] / unit), percent(error["bias"] / unit),
                     f"{error['accumulated']:+.2g} ± {error['accumulated_error']:.1g}"))
    header = ("Output", "Tolerance", "Mean error / tolerance", "Bias / tolerance", "Accumulated bias")
    text = html.paragraph("Temperature in K, the other outputs in their own units. The accumulated bias is what the mean "
                          "signed errors add up to over the run in a cell that is always active and forgets nothing.")
    table = html.table("Errors of the answers by output", header, rows)
    return html.folded(f"Errors of the {len(rows)} outputs", text + table)


def section(record: Record) -> Section:
    body = html.paragraph(sentence(record), "sentence")
    if not record.is_pure_physics and record.count("accepted"):
        body += html.paragraph("The truth is the reference solver at its own tolerance. The statement is about the answers of "
                               "one step each, not about the fields at the end, and holds whatever the flow does, as it "
                               "rests on random audits alone.")
        drawn = [draw_wrong_share(record)]
        errors = audited_errors(record)
        if errors.size:
            drawn.append(draw_errors(errors))
        body += html.figures([picture for picture in drawn if picture]) + figures_table(record) + outputs_table(record)
    return Section("certificate", "Error against tolerance", body)
