"""Where the figures come from: program, input, times, ranks."""

from __future__ import annotations

import re

from bimetal_run import lookup

from . import html
from .html import Section
from .record import Record
from .wording import count, plural


def of_program(record: Record) -> str:
    program = lookup(record.summary, "program")
    if program:
        return f"{program['name']} {program['version']}, commit {program['commit']}"
    found = re.search(r"(bimetal \S+) \((\w+)\)", "\n".join(record.log))
    return f"{found[1]}, commit {found[2]}" if found else "–"


def stamp(line: str) -> str:
    found = re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", line)
    return found[0] if found else "–"


def solver(record: Record) -> str:
    chemistry = lookup(record.summary, "chemistry")
    if chemistry:
        return (f"{chemistry['mechanism']} ({chemistry['species']} species, {plural(chemistry['reactions'], 'reaction')}), "
                f"{chemistry['integrator']}, rtol {chemistry['rtol']:g}, atol {chemistry['atol']:g}")
    micro = lookup(record.summary, "micro")
    return ", ".join(f"{name} {value}" for name, value in micro.items() if not isinstance(value, dict)) if micro else "–"


def without_folders(text: str) -> str:
    """Absolute paths by their last part: the others may be private."""
    return re.sub(r"(?:(?<=[\s\"'])|^)/\S+/(?=[^/\s]+)", "…/", text)


def machine(record: Record) -> str:
    """Runs that do not name their machine say so."""
    told = lookup(record.summary, "machine")
    if isinstance(told, dict):
        return "; ".join(f"{name}: {without_folders(value)}" for name, value in told.items())
    return str(told) if told else "not recorded by the run"


def parts_of(record: Record) -> int:
    """A run that was continued names the program once more."""
    return sum(bool(re.search(r"  bimetal \S+ \(", line)) for line in record.log)


def section(record: Record) -> Section:
    ranks, trainers = record.figure("ranks"), record.figure("trainers.ranks")
    grid = record.config.get("grid.cells", "–").strip("[]").replace(", ", " × ")
    physics = record.config.get("physics", "–").replace("_", " ")
    rows = [("Program", of_program(record)), ("Case", record.case), ("Physics", physics),
            ("Directory", record.name), ("Cells", grid), ("Steps", count(record.n_steps)), ("Reference solver", solver(record)),
            ("Ranks", "–" if ranks is None else count(ranks) + (f", {count(trainers)} of them trainers" if trainers else "")),
            ("Machine", machine(record)), ("Seed", record.config.get("seed", "–")),
            ("Model it began with", str(lookup(record.summary, "surrogate.began_as") or "–")),
            ("Begun", stamp(record.log[0]) if record.log else "–"),
            ("Last line of the log", stamp(record.log[-1]) if record.log else "–"),
            ("Parts (continued from checkpoints)", count(parts_of(record)) if parts_of(record) > 1 else "–")]
    body = html.table("Program, input and machine", ("What", "Value"), [row for row in rows if row[1] != "–"], "words")
    config = record.run.directory / "config.yaml"
    if config.is_file():
        text = without_folders(config.read_text(encoding="utf-8"))
        body += html.folded("The resolved input", html.listing(text, "The resolved input"))
    if record.log:
        body += html.folded("The log", html.listing("\n".join(record.log[-200:]), "The log"))
    return Section("provenance", "Provenance", body)
