"""Figures of speed that a centre records once, to compare later runs with: --record FILE, then --baseline FILE.

They mean something only where they were measured, so what they depend on is recorded beside them, and figures from
elsewhere are not compared."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

MUST_AGREE = ("processor", "cores", "launcher", "ranks")
FORMAT = 1


class BaselineError(Exception):
    """The file is missing or no baseline."""


@dataclass
class Baseline:
    """circumstances: of this invocation; figures: check -> figure -> recorded value."""

    circumstances: dict[str, Any]
    path: Path | None = None
    records_to: Path | None = None  # this invocation makes a baseline
    recorded: dict[str, Any] = field(default_factory=dict)  # the file's content

    def look_up(self, check: str, figure: str) -> tuple[float | None, str]:
        """The recorded value, or why there is none to compare with."""
        if self.path is None and self.records_to is not None:
            return None, f"there was nothing to compare with; recorded now in {self.records_to}"
        if self.path is None:
            return None, "no baseline: record one with --record FILE, then give it by --baseline FILE"
        for key in MUST_AGREE:
            then, now = self.recorded["circumstances"].get(key), self.circumstances.get(key)
            if then != now:
                return None, f"the baseline {self.path} was recorded with {key} {then}, this is {now}"
        value = self.recorded["figures"].get(check, {}).get(figure)
        return value, "" if value is not None else f"the baseline {self.path} has no such figure; record it anew"

    def source(self) -> str:
        return f"{self.path}, {self.recorded['date']}"


def read(path: Path, circumstances: dict[str, Any]) -> Baseline:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BaselineError(f"The baseline {path} cannot be read: {error}; record one with --record.") from error
    if not isinstance(content, dict) or content.get("bimetal_acceptance_baseline") != FORMAT:
        raise BaselineError(f"{path} is no baseline of this suite (format {FORMAT}); record one with --record.")
    return Baseline(circumstances, path, recorded=content)


def write(path: Path, circumstances: dict[str, Any], figures: dict[str, dict[str, float]]) -> None:
    content = {"bimetal_acceptance_baseline": FORMAT, "date": datetime.now().astimezone().isoformat(timespec="seconds"),
               "circumstances": circumstances, "figures": figures}
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    part.replace(path)
