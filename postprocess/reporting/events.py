"""What the log says about versions of the surrogate, in the order in which it happened."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The words by which a line of the log is told, what kind of event it is, and how a diagram marks it ("" for not at all).
KINDS = [("candidate is refused", "candidate refused", ""), ("rolled back", "roll-back", "v"),
         ("physics answers the whole step", "answers withdrawn", "x"), ("surrogate is off", "surrogate off", ""),
         ("serves from now on", "promotion", "^"), ("calibrated", "calibrated anew", "")]


@dataclass(frozen=True)
class Event:
    step: int
    kind: str
    mark: str
    text: str


def events_of(log: list[str]) -> list[Event]:
    events = []
    for line in log:
        found = re.match(r"\S+ \S+\s+step (\d+): (.*)", line)
        if not found:
            continue
        step, text = int(found[1]), found[2]
        kind, mark = next(((kind, mark) for words, kind, mark in KINDS if words in text), ("note", ""))
        events.append(Event(step, kind, mark, text))
    return events
