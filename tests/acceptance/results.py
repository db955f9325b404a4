"""What a check has found: figures, how each was judged, and the verdict."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any

Figures = dict[str, Any]  # name -> number, text or truth value, as a kind of check returns them


class Status(enum.Enum):
    passed = "passed"
    failed = "failed"
    skipped = "skipped"


class Skip(Exception):
    """Raised by a check that cannot run here; the message says why."""


class Failure(Exception):
    """Raised by a check that could not come to its figures; the message says what happened."""


@dataclass(frozen=True)
class Judgement:
    """One figure against one criterion."""

    figure: str
    value: Any
    criterion: str  # in words, such as "at most 1e-12"
    status: Status
    source: str = ""  # where the expected value is from
    reason: str = ""  # why it is skipped

    def sentence(self) -> str:
        return f"{self.figure} is {as_text(self.value)}, expected: {self.criterion}"


@dataclass(frozen=True)
class Result:
    """One check on one number of ranks."""

    name: str
    group: str
    proves: str
    status: Status
    reason: str = ""  # why it failed or was skipped
    judgements: tuple[Judgement, ...] = ()
    figures: Figures = field(default_factory=dict)  # all of them
    shown: tuple[str, ...] = ()  # names of some that are reported though not judged
    seconds: float = 0.0
    folder: str = ""  # what the runs have left, where it was kept


def as_text(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "missing"}[value]
    if isinstance(value, float):
        return f"{value:.6g}"
    text = str(value)
    return text if len(text) <= 200 else text[:200] + "..."


def verdict(judgements: tuple[Judgement, ...]) -> tuple[Status, str]:
    """One criterion that is not met fails the check; a check of which none could be judged is skipped."""
    failed = [each for each in judgements if each.status is Status.failed]
    if failed:
        return Status.failed, "; ".join(each.sentence() for each in failed)
    if judgements and all(each.status is Status.skipped for each in judgements):
        return Status.skipped, judgements[0].reason
    return Status.passed, ""
