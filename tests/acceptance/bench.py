"""The workbench of a check: runs the program into folders of its own and reads what the runs have left."""

from __future__ import annotations

import csv
import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

from launch import Launcher, Outcome, finish
from results import Failure, Figures, Skip

ROOT = Path(__file__).resolve().parents[2]
PROVENANCE = ("answerer", "version", "score", "audited_error")  # who answered: no part of the gas

Settings = dict[str, Any]  # key of the input -> value
Steps = list[dict[str, float]]  # the lines of history.csv


def endless(given: dict[str, Any]) -> Settings:
    """For a run that goes on until it is stopped, so that what is waited for comes however slow the machine is: an end
    that is not reached, a whole number of its time steps."""
    return {"time.end": given.get("endless", 1.0)}


def after(steps: int) -> Callable[[Steps], bool]:
    return lambda done: len(done) >= steps


def answered(done: Steps) -> bool:
    """Whether the surrogate has given an answer."""
    return any(step["accepted"] > 0 for step in done)


def flattened(tree: dict[str, Any], before: str = "") -> Figures:
    """{"a": {"b": 1}} -> {"a.b": 1}."""
    flat: Figures = {}
    for key, value in tree.items():
        flat |= flattened(value, f"{before}{key}.") if isinstance(value, dict) else {f"{before}{key}": value}
    return flat


@dataclass(frozen=True)
class Run:
    """What a run has left in its directory."""

    directory: Path
    outcome: Outcome

    def further(self, steps: int) -> Settings:
        """The end of a run that takes so many steps more than this one has."""
        last = self.table("history.csv")[-1]
        return {"time.end": float(f"{(last['step'] + steps) * last['dt_s']:.12g}")}

    def summary(self) -> dict[str, Any]:
        path = self.directory / "summary.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def table(self, name: str) -> Steps:
        """history.csv or observables.csv."""
        return read_table(self.directory / name)

    def last(self, pattern: str) -> Path:
        found = sorted(self.directory.glob(pattern))
        if not found:
            raise Failure(f"{self.directory} has no {pattern}; the program said: {self.said()}")
        return found[-1]

    def said(self) -> str:
        return " / ".join(self.outcome.sentences) or f"exit code {self.outcome.code}, {self.outcome.err[-300:]}"

    def figures(self) -> Figures:
        """summary.json, and what else can be told of any run."""
        summary = self.summary()
        found = flattened(summary) | {
            "exit_code": self.outcome.code, "sentences": len(self.outcome.sentences), "seconds": self.outcome.seconds,
            "sentence": " / ".join(self.outcome.sentences), "said": self.outcome.out}
        if not summary:
            return found
        if "conservation" in summary:
            found["conservation.elements"] = max(summary["conservation"]["elements"].values())
        rows = summary["subproblems"]
        active = rows["accepted"] + rows["rejected"]
        found["accepted_share"] = rows["accepted"] / active if active else 0.0
        found["answers_by_surrogate"] = rows["accepted"]
        return found


def read_table(path: Path) -> Steps:
    """Complete lines only: the file may be growing."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = text[:text.rfind("\n") + 1].splitlines()
    return [{key: float(value) for key, value in line.items()} for line in csv.DictReader(lines)]


@dataclass
class Bench:
    program: Path
    launcher: Launcher
    rank_counts: list[int]
    cores: int
    hours: float  # that a soak may take
    folder: Path  # of this check
    timeout: float  # [s] of one run
    n_runs: int = 0

    def call(self, *words: Any, ranks: int = 1) -> Outcome:
        return self.launched([self.program, *words], ranks, lambda process, begin: None)

    def launched(self, words: list[Any], ranks: int, meanwhile: Callable[[Any, float], None]) -> Outcome:
        """A program to its end; `meanwhile` gets its process, and when it began."""
        begin = time.monotonic()
        with self.launcher.started(words, ranks) as process:
            meanwhile(process, begin)
            return finish(process, begin, self.timeout)

    def new_folder(self) -> Path:
        self.n_runs += 1
        return self.folder / f"run_{self.n_runs:02d}"

    def words_of_run(self, case: str, settings: Settings, directory: Path, *more: Any) -> list[Any]:
        words = [self.program, "run", ROOT / "inputs" / f"{case}.yaml", "-o", directory]
        for key, value in settings.items():
            words += ["--set", f"{key}={str(value).lower() if isinstance(value, bool) else value}"]
        return [*words, *more]

    def run(self, case: str, settings: Settings, ranks: int, *more: Any, directory: Path | None = None,
            meanwhile: Callable[[Any, float], None] = lambda process, begin: None) -> Run:
        """A shipped input to its end, whatever that is."""
        directory = directory or self.new_folder()
        directory.parent.mkdir(parents=True, exist_ok=True)
        return Run(directory, self.launched(self.words_of_run(case, settings, directory, *more), ranks, meanwhile))

    def done(self, case: str, settings: Settings, ranks: int, *more: Any, directory: Path | None = None) -> Run:
        """The same, when it must come to a good end for the check to mean anything."""
        run = self.run(case, settings, ranks, *more, directory=directory)
        if run.outcome.code != 0:
            raise Failure(f"a run ended with exit code {run.outcome.code}: {run.said()}")
        return run

    def shared(self, case: str, settings: Settings, ranks: int) -> Run:
        """The same, once for all checks of this invocation that want it; they must not change what it has left."""
        key = hashlib.sha256(json.dumps([case, settings, ranks]).encode()).hexdigest()[:12]
        directory = self.folder.parent / f"shared_{key}"
        if (directory / "summary.json").exists():
            return Run(directory, Outcome(0, "", "", 0.0))
        return self.done(case, settings, ranks, directory=directory)

    def interrupted(self, case: str, settings: Settings, ranks: int, ready: Callable[[Steps], bool],
                    act: Callable[[Any], None], *more: Any, directory: Path | None = None) -> Run:
        """A run to whose process `act` is done once the steps it has taken are what it was waited for."""
        directory = directory or self.new_folder()

        def wait_and_act(process: Any, begin: float) -> None:
            while process.poll() is None and not ready(read_table(directory / "history.csv")):
                if time.monotonic() - begin > self.timeout:
                    raise Failure(f"what a run was to be stopped at had not come after {self.timeout:.0f} s")
                time.sleep(0.02)
            if process.poll() is None:
                act(process)

        return self.run(case, settings, ranks, *more, directory=directory, meanwhile=wait_and_act)

    def compare(self, first: Path, second: Path) -> dict[str, Any]:
        """bimetal compare of two files, or of the last common snapshots of two runs."""
        outcome = self.call("compare", first, second, "--json")
        if outcome.code != 0:
            raise Failure(f"the files of two runs cannot be compared: {' / '.join(outcome.sentences)}")
        return json.loads(outcome.out)

    def needs_cores(self, ranks: int) -> None:
        if ranks > self.cores:
            raise Skip(f"{ranks} ranks on {self.cores} cores would measure how they share them")


def differing(comparison: dict[str, Any], leave_out: tuple[str, ...] = ()) -> list[str]:
    """Names of datasets that are not the same bits in both files, or in one only."""
    names = [name for name, found in comparison["datasets"].items() if not found["same_bits"]]
    names += comparison["only_in_first"] + comparison["only_in_second"]
    return [name for name in names if not name.endswith(leave_out)]


def difference_of_gas(comparison: dict[str, Any]) -> float:
    """The largest difference of T, mass fractions, density and velocity, over the range of each. What hardly occurs is
    left out: a mass fraction that nowhere reaches 1e-6 is made of round-off."""
    worst = 0.0
    for name, found in comparison["datasets"].items():
        quantity = name.removeprefix("fields/")
        if quantity not in ("T", "density") and not quantity.startswith(("Y_", "velocity_")):
            continue
        if quantity.startswith("Y_") and found["range"] < 1e-6:
            continue
        if found["largest"] is None:  # JSON has no infinity
            return float("inf")
        worst = max(worst, found["largest"] / max(found["range"], 1e-12))
    return worst
