#!/usr/bin/env python3
"""Accepts, or does not, this build of bimetal on this machine: runs the checks of checks.toml and writes a report.

  accept.py --level quick                          under ten minutes on two cores
  accept.py --level full --report out/acceptance   about an hour
  accept.py --level machine --launcher srun --ranks 1,64,256 --record baseline.json
  accept.py --groups performance --baseline baseline.json

REPORT gets results.json, junit.xml and report.html. Needs nothing but Python 3.11 and the program.
Exit code: 0 all that could run has passed; 1 something failed; 2 the command makes no sense, nothing was run."""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
import signal
import sys
import time
import traceback
from datetime import datetime
from pathlib import Path

import baseline
import machine
import reports
import table
from bench import ROOT, Bench
from judging import is_number, judge
from kinds import KINDS
from launch import Launcher
from results import Failure, Result, Skip, Status, verdict

INTERRUPTED = "the suite was interrupted here"
TABLE = Path(__file__).with_name("checks.toml")


class UsageError(Exception):
    """One sentence: what, the value, what to do."""


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--level", choices=table.LEVELS, default="quick", help="each includes those before it")
    parser.add_argument("--groups", default="", help="only these groups of the level, separated by commas")
    parser.add_argument("--checks", default="", help="only these checks, of any level")
    parser.add_argument("--launcher", choices=("mpirun", "srun"), default="mpirun")
    parser.add_argument("--launcher-arguments", default="", help="more for its command line, in one word")
    parser.add_argument("--ranks", default="1,2,4", help="numbers of ranks to use (1,2,4)")
    parser.add_argument("--cores", type=int, default=machine.allocated_cores(), help="that ranks have to themselves")
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/bimetal")
    parser.add_argument("--report", type=Path, default=Path("out/acceptance"), help="directory, replaced if it is one")
    parser.add_argument("--record", type=Path, metavar="FILE", help="record the figures of speed as a baseline")
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="compare the figures of speed with this one")
    parser.add_argument("--hours", type=float, default=0.0, help="that the soak takes")
    parser.add_argument("--patience", type=float, default=1.0, help="factor on how long a run may take")
    parser.add_argument("--keep", action="store_true", help="keep the runs of checks that passed, too")
    parser.add_argument("--list", action="store_true", help="print the checks as JSON and stop")
    return parser.parse_args()


def rank_counts(text: str) -> list[int]:
    words = text.split(",")
    if not all(word.isdigit() and int(word) > 0 for word in words):
        raise UsageError(f"--ranks is '{text}'; give numbers of ranks, separated by commas, such as 1,2,4.")
    return sorted({int(word) for word in words})


def make_folder(path: Path) -> Path:
    """For the report. Only one that this suite has made is replaced."""
    ours = (path / "results.json").exists() or (path / "runs").exists()
    if path.exists() and not ours and (not path.is_dir() or any(path.iterdir())):
        raise UsageError(f"--report {path} exists and holds no report; give another directory.")
    for old in ("results.json", "junit.xml", "report.html"):
        (path / old).unlink(missing_ok=True)
    shutil.rmtree(path / "runs", ignore_errors=True)
    (path / "runs").mkdir(parents=True)
    return path.resolve()


def sensible(check: table.Check, counts: list[int]) -> list[int]:
    """Those of --ranks that are not too many for the check's grid."""
    most = check.given.get("most_ranks", 4)
    return [n for n in counts if n <= most] or [most]


def occasions(check: table.Check, counts: list[int], cores: int) -> list[tuple[str, int]]:
    """On which numbers of ranks a check runs, and under which name. `ranks`: each of --ranks; a number; or (left out)
    as many as have a core each."""
    wanted = check.given.get("ranks", "fit")
    if wanted == "each":
        return [(f"{check.name}_{n}", n) for n in counts]
    if wanted != "fit":
        return [(check.name, wanted)]
    fitting = [n for n in counts if n <= cores]
    return [(check.name, fitting[-1] if fitting else counts[0])]


def carry_out(check: table.Check, name: str, ranks: int, bench: Bench, recorded: baseline.Baseline) -> Result:
    begin = time.monotonic()
    figures, judgements = {}, ()
    try:
        figures = KINDS[check.kind](bench, check.given, ranks) | {"ranks_used": ranks}
        judgements = judge(name, check.expect, figures, recorded)
        status, reason = verdict(judgements)
    except Skip as skip:
        status, reason = Status.skipped, str(skip)
    except Failure as failure:
        status, reason = Status.failed, str(failure)
    except KeyboardInterrupt:
        status, reason = Status.failed, INTERRUPTED
    except Exception:  # a run that leaves something else behind than it should is a finding, not the suite's end
        status, reason = Status.failed, "its figures cannot be had: " + traceback.format_exc(limit=-2).strip()
    return Result(name, check.group, check.proves, status, reason, judgements, figures, check.show,
                  time.monotonic() - begin, str(bench.folder))


def tell(result: Result) -> None:
    print(f"{result.status.value:8s} {result.group:14s} {result.name:36s} {result.seconds:6.1f} s"
          f"{'  ' + result.reason if result.reason else ''}", flush=True)


def figures_of_speed(results: list[Result], checks: list[table.Check]) -> dict[str, dict[str, float]]:
    """What a baseline holds: every figure that some check would compare with one."""
    wanted = {(c.name, e.figure) for c in checks for e in c.expect if e.relation == "baseline"}
    found: dict[str, dict[str, float]] = {}
    for result in results:
        for name, value in result.figures.items() if result.status is not Status.failed else ():
            if (result.name, name) in wanted and is_number(value):
                found.setdefault(result.name, {})[name] = value
    return found


def describe_program(program: Path, bench: Bench) -> dict[str, str]:
    outcome = bench.call("info", "--json")
    if outcome.code != 0:
        raise UsageError(f"{program} does not run under {bench.launcher.name} (exit code {outcome.code}): "
                         f"{(outcome.err or outcome.out).strip()[-300:]}")
    return {"program": str(program), **json.loads(outcome.out)}


def accept(arguments: argparse.Namespace) -> int:
    counts = rank_counts(arguments.ranks)
    chosen = table.select(table.read(TABLE, KINDS), arguments.level,
                          *([word for word in text.split(",") if word] for text in (arguments.groups, arguments.checks)))
    if arguments.list:
        print(json.dumps([{key: getattr(c, key) for key in ("name", "group", "level", "kind", "proves")}
                          | {"baseline": [e.figure for e in c.expect if e.relation == "baseline"]} for c in chosen]))
        return 0
    if not arguments.program.exists():
        raise UsageError(f"There is no program {arguments.program}; build it (cmake --preset release && cmake --build "
                         "--preset release), or give --program.")
    launcher = Launcher(arguments.launcher, arguments.launcher_arguments)
    if shutil.which(launcher.name) is None:
        raise UsageError(f"There is no {launcher.name} on this machine; choose another --launcher.")
    facts = machine.facts() | {"cores": arguments.cores}
    circumstances = {"processor": facts["processor"], "cores": arguments.cores, "launcher": launcher.name,
                     "ranks": counts}
    recorded = (baseline.read(arguments.baseline, circumstances) if arguments.baseline
                else baseline.Baseline(circumstances, records_to=arguments.record))
    folder = make_folder(arguments.report)
    program = arguments.program.resolve()
    first = Bench(program, launcher, counts, arguments.cores, 0.0, folder / "runs", 60.0 * arguments.patience)
    about = describe_program(program, first)

    results: list[Result] = []
    for check in chosen:
        few = sensible(check, counts)
        for name, ranks in occasions(check, few, arguments.cores):
            bench = Bench(program, launcher, few, arguments.cores, arguments.hours, folder / "runs" / name,
                          check.seconds * arguments.patience)
            results.append(carry_out(check, name, ranks, bench, recorded))
            tell(results[-1])
            if results[-1].status is not Status.failed and not arguments.keep:
                shutil.rmtree(bench.folder, ignore_errors=True)
        if results[-1].reason == INTERRUPTED:
            break
    report = reports.Report(shlex.join(sys.argv), datetime.now().astimezone().isoformat(timespec="seconds"),
                            arguments.level, facts, about,
                            recorded.source() if arguments.baseline else "none", results)
    reports.write_json(report, folder / "results.json")
    reports.write_junit(report, folder / "junit.xml")
    reports.write_page(report, folder / "report.html", folder / "results.json")
    if arguments.record:
        baseline.write(arguments.record, circumstances, figures_of_speed(results, chosen))
        print(f"Recorded as a baseline: {arguments.record}")
    print(f"{report.verdict()}; {folder / 'report.html'}")
    return 0 if report.verdict().startswith("PASSED") else 1


def interrupt(*_: object) -> None:
    """As by Ctrl-C: what is running is ended, and the report written."""
    raise KeyboardInterrupt


def main() -> None:
    signal.signal(signal.SIGTERM, interrupt)  # from a batch system
    try:
        sys.exit(accept(parse()))
    except (UsageError, table.TableError, baseline.BaselineError, Failure) as error:
        print(f"accept.py: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
