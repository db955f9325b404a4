"""The table of checks, checks.toml: read strictly, so that a slip of the pen is an error and not a check less."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LEVELS = ("quick", "full", "machine")  # each includes those before it
RELATIONS = ("near", "at_most", "at_least", "equals", "contains", "lacks", "baseline")
DETAILS = ("figure", "within", "tolerance", "source")
KEYS = ("name", "group", "level", "kind", "proves", "with", "expect", "show", "seconds")


class TableError(Exception):
    """The table, or what is asked of it, makes no sense."""


@dataclass(frozen=True)
class Criterion:
    """What is expected of a figure. near: relative, `within`; baseline: "at_least" or "at_most" the recorded value, but
    for a relative `tolerance`."""

    figure: str
    relation: str
    value: Any
    within: float = 0.0
    tolerance: float = 0.0
    source: str = ""


@dataclass(frozen=True)
class Check:
    name: str
    group: str
    level: str
    kind: str
    proves: str
    expect: tuple[Criterion, ...]
    given: dict[str, Any] = field(default_factory=dict)
    show: tuple[str, ...] = ()  # figures to report besides
    seconds: float = 300.0  # after which it counts as hung


def criterion(entry: dict[str, Any], where: str) -> Criterion:
    relations = [key for key in entry if key in RELATIONS]
    unknown = [key for key in entry if key not in (*RELATIONS, *DETAILS)]
    if len(relations) != 1 or unknown or "figure" not in entry:
        raise TableError(f"{where}: a criterion takes 'figure', one of {', '.join(RELATIONS)}, and perhaps 'within', "
                         f"'tolerance' or 'source'; this one has {', '.join(entry)}.")
    relation = relations[0]
    if (relation == "near") != ("within" in entry) or (relation == "baseline") != ("tolerance" in entry):
        raise TableError(f"{where}: 'near' goes with 'within', 'baseline' with 'tolerance'.")
    details = {key: entry[key] for key in DETAILS if key in entry and key != "figure"}
    return Criterion(entry["figure"], relation, entry[relation], **details)


def check(entry: dict[str, Any], kinds: dict[str, Any]) -> Check:
    where = f"check '{entry.get('name', '?')}'"
    unknown = [key for key in entry if key not in KEYS]
    missing = [key for key in KEYS[:5] if key not in entry]
    if unknown or missing:
        raise TableError(f"{where}: unknown keys {unknown}, missing keys {missing}; the keys are {', '.join(KEYS)}.")
    if entry["level"] not in LEVELS:
        raise TableError(f"{where}: level is '{entry['level']}'; it is one of {', '.join(LEVELS)}.")
    if entry["kind"] not in kinds:
        raise TableError(f"{where}: kind is '{entry['kind']}'; the kinds are {', '.join(sorted(kinds))}.")
    expect = tuple(criterion(each, where) for each in entry.get("expect", ()))
    if not expect:
        raise TableError(f"{where} expects nothing, so it could not fail.")
    return Check(*(entry[key] for key in KEYS[:5]), expect, entry.get("with", {}), tuple(entry.get("show", ())),
                 entry.get("seconds", 300.0))


def read(path: Path, kinds: dict[str, Any]) -> list[Check]:
    checks = [check(entry, kinds) for entry in tomllib.loads(path.read_text(encoding="utf-8"))["check"]]
    names = [each.name for each in checks]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise TableError(f"{path}: two checks are called {', '.join(twice)}.")
    return checks


def select(checks: list[Check], level: str, groups: list[str], names: list[str]) -> list[Check]:
    """Those of the level and the levels below; of these groups, if any are named; or exactly those named."""
    for what, wanted, known in (("group", groups, {each.group for each in checks}),
                                ("check", names, {each.name for each in checks})):
        unknown = [each for each in wanted if each not in known]
        if unknown:
            raise TableError(f"There is no {what} '{unknown[0]}'; there are {', '.join(sorted(known))}.")
    if names:
        return [each for each in checks if each.name in names]
    included = LEVELS[:LEVELS.index(level) + 1]
    return [each for each in checks if each.level in included and (not groups or each.group in groups)]
