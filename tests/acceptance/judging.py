"""Holds figures against the criteria of the table, and against a baseline recorded on this machine."""

from __future__ import annotations

from typing import Any

from baseline import Baseline
from results import Figures, Judgement, Status, as_text
from table import Criterion


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def meets(criterion: Criterion, value: Any) -> bool:
    """Whether the value fulfils a criterion that does without a baseline; a missing figure fulfils none."""
    expected = criterion.value
    match criterion.relation:
        case "near":
            return is_number(value) and abs(value - expected) <= criterion.within * abs(expected)
        case "at_most":
            return is_number(value) and value <= expected
        case "at_least":
            return is_number(value) and value >= expected
        case "equals":
            return type(value) is type(expected) and value == expected
        case "contains":
            return isinstance(value, str) and expected in value
        case "lacks":
            return isinstance(value, str) and expected not in value
    raise ValueError(criterion.relation)


def in_words(criterion: Criterion) -> str:
    match criterion.relation:
        case "near":
            return f"{as_text(criterion.value)} within {100 * criterion.within:g} %"
        case "contains" | "lacks":
            return f"{criterion.relation} '{criterion.value}'"
        case "equals":
            return as_text(criterion.value)
    return f"{criterion.relation.replace('_', ' ')} {as_text(criterion.value)}"


def against_baseline(criterion: Criterion, value: Any, recorded: float) -> tuple[str, bool]:
    """In words, and whether it holds."""
    slack = 1 - criterion.tolerance if criterion.value == "at_least" else 1 + criterion.tolerance
    limit = slack * recorded
    holds = is_number(value) and (value >= limit if criterion.value == "at_least" else value <= limit)
    percent = f"{100 * criterion.tolerance:g} %"
    return f"{criterion.value.replace('_', ' ')} {limit:.4g} (recorded {recorded:.4g}, {percent})", holds


def judge(check_name: str, expect: tuple[Criterion, ...], figures: Figures,
          baseline: Baseline) -> tuple[Judgement, ...]:
    found = []
    for criterion in expect:
        value = figures.get(criterion.figure)
        if criterion.relation != "baseline":
            status = Status.passed if meets(criterion, value) else Status.failed
            found.append(Judgement(criterion.figure, value, in_words(criterion), status, criterion.source))
            continue
        recorded, reason = baseline.look_up(check_name, criterion.figure)
        if not is_number(value):
            found.append(Judgement(criterion.figure, value, "a number", Status.failed))
        elif recorded is None:
            words = f"{criterion.value.replace('_', ' ')} what was recorded here"
            found.append(Judgement(criterion.figure, value, words, Status.skipped, reason=reason))
        else:
            words, holds = against_baseline(criterion, value, recorded)
            found.append(Judgement(criterion.figure, value, words, Status.passed if holds else Status.failed,
                                   baseline.source()))
    return tuple(found)
