"""The page as a whole: its first screen, and which sections follow."""

from __future__ import annotations

import math
import re

from . import answers, certificate, comparison, fields, html, ledger, physics, provenance
from .page import page
from .record import Record
from .wording import count, factor, number, percent, plural, seconds


def what_it_was(record: Record) -> str:
    """One sentence about the size of the run."""
    ranks = record.figure("ranks")
    grid = [int(n) for n in re.findall(r"\d+", record.config.get("grid.cells", ""))]
    cells = record.figure("cells") or (math.prod(grid) if grid else None)
    physics = record.config.get("physics", "").replace("_", " ").replace("two scale", "two-scale")
    parts = [physics.capitalize() or "A run", plural(record.n_steps, "step")]
    if cells:
        parts.append(plural(int(cells), "cell"))
    if ranks:
        parts.append(plural(int(ranks), "rank"))
    return ", ".join(parts) + "."


def state_of(record: Record) -> str:
    if record.is_over:
        return ""
    return ("The run has no summary: it goes on, was stopped before its end, or failed. What follows is what it has "
            "written so far.")


def first_screen(record: Record) -> str:
    """The figures that are asked for first."""
    facts = [("Wall-clock time", seconds(record.wall_s))]
    if not record.is_pure_physics:
        certified = percent(record.figure("certificate.upper_bound")) if record.count("accepted") else "–"
        share = record.count("accepted") / record.n_active if record.n_active else None
        facts = [("Net speed-up (estimated)", factor(record.figure("speed.net_speedup"))),
                 ("Active sub-problems answered by the surrogate", percent(share)),
                 ("Wrong answers at most (certificate)", certified), *facts]
    else:
        facts.append(("Sub-problems solved by physics", count(record.count("rejected"))))
    state = state_of(record)
    return (html.paragraph(what_it_was(record), "soft") + (html.paragraph(state, "sentence") if state else "")
            + html.cards(fact for fact in facts if fact[1] != "–"))


def report_of(records: list[Record]) -> str:
    first = records[0]
    sections = [comparison.section(records), fields.section(first), answers.section(first), certificate.section(first),
                ledger.section(first), answers.learning_section(first), physics.observables_section(first),
                physics.conservation_section(first), provenance.section(first)]
    title = f"Run {first.case}" if len(records) == 1 else f"Run {first.case}, and {len(records) - 1} to compare with it"
    return page(title, first_screen(first), [each for each in sections if each],
                html.paragraph("Written by postprocess/report.py of bimetal."))
