#!/usr/bin/env python3
"""Compares the hybrid with pure physics, case by case: what it costs, what it gains, and what its answers are worth.

Every case is run by physics at a tight tolerance first, which is the truth for the fields, and then, in turns,

  usual        by pure physics as people run it, rtol 1e-6 and atol 1e-10,
  best         by pure physics at the loosest rtol whose last fields are no worse than the hybrid's: neither the largest
               error of T nor the largest error of Y_OH is larger (atol is 1e-4 of rtol),
  hybrid_warm  with a model that was trained on an earlier run of the same case by physics,
  hybrid_cold  with nothing before the run,

all on the same ranks, with the same output, each as long as its program runs: training, audits, fall-back and
communication are paid for. There is one best physics for each hybrid, since their errors differ. Truth, models and the
runs that errors are taken from are kept in the output directory and used again unless --fresh; times are always new.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from comparison import (ATOL_SHARE, LADDER, Errors, best_rung, break_even, median_curve, median_ratio,
                        without_chemistry)
from policies import (ENVIRONMENT, ROOT, Run, RunError, Snapshot, difference, flame_position, guarded, launch, lookup,
                      markdown, number, share, unphysical)

RUNS = ("usual", "best", "hybrid_warm", "hybrid_cold")
HYBRIDS = ("hybrid_warm", "hybrid_cold")
PHYSICS = "switching.policy=never"
MESH = ("grid.cells=[64, 64]", "grid.upper=[0.006, 0.006]", "time.step=5e-6", "time.end=1e-3")


def tolerances(rtol: float, atol: float | None = None) -> tuple[str, ...]:
    return f"chemistry.rtol={rtol:g}", f"chemistry.atol={ATOL_SHARE * rtol if atol is None else atol:g}"


@dataclass(frozen=True)
class Case:
    name: str
    about: str
    input: str  # in inputs/
    settings: tuple[str, ...] = ()
    mechanism: str = ""  # environment variable that names its file; the case is skipped if it is not set
    truth: float = 1e-8  # rtol of the tight run; a tenth of what is to be told apart is enough where it takes hours
    by_default: bool = True


CASES = (
    Case("methane", "methane, 21 species, 64 x 64 cells, 200 steps of 5 us", "ch4_kernel.yaml", MESH),
    Case("gri30", "methane by GRI-Mech 3.0, 53 species, 64 x 64 cells, 200 steps of 5 us", "ch4_kernel.yaml", MESH,
         mechanism="BIMETAL_GRI30"),
    Case("dodecane", "n-dodecane, 100 species, 64 x 64 cells, 240 steps of 5 us", "c12h26_kernel.yaml",
         truth=1e-7),
    Case("hydrogen", "hydrogen, 9 species, 96 x 96 cells, 400 steps of 1 us: too cheap to be worth a surrogate",
         "h2_kernel.yaml"),
    Case("long", "methane, 21 species, 256 x 256 cells, 2000 steps of 5 us: the shipped kernel, twice as large and as long",
         "ch4_kernel.yaml",
         ("grid.cells=[256, 256]", "grid.upper=[0.024, 0.024]", "initial.kernel_radius=3e-3", "time.end=1e-2"),
         truth=1e-5, by_default=False),
)


class Bench:
    """The runs of one case in a directory of its own, <output>/<case>."""

    def __init__(self, case: Case, options: argparse.Namespace) -> None:
        self.case, self.options = case, options
        self.directory = options.output / case.name
        self.input = ROOT / "inputs" / case.input
        settings = [*case.settings, "output.fields_every=1000000", "output.checkpoint_minutes=0"]
        if case.mechanism:
            settings.append(f"chemistry.mechanism={os.environ[case.mechanism]}")
        self.settings = (*settings, *options.set)
        self.made: set[str] = set()  # by this call, so that --fresh makes nothing twice

    def run(self, name: str, settings: tuple[str, ...], keep: bool = False) -> Path:
        """Runs the case into the folder `name`. `keep`: not if it is there already, made by the same settings."""
        out, note = self.directory / name, self.directory / f"{name}.json"
        wanted = json.dumps({"settings": [*self.settings, *settings], "ranks": self.options.ranks}, indent=1)
        if keep and self.usable(name, note, wanted):
            return out
        note.unlink(missing_ok=True)
        self.directory.mkdir(parents=True, exist_ok=True)
        print(f"{self.case.name}: {name} ...", file=sys.stderr, flush=True)
        failure = launch(self.input, out, (*self.settings, *settings), self.options.ranks)
        if failure is not None:
            raise RunError(f"{self.case.name}, {name}: {failure}.")
        note.write_text(wanted)
        self.made.add(name)
        return out

    def usable(self, name: str, note: Path, wanted: str) -> bool:
        """Whether what `note` stands for was made as wanted, and may be used again."""
        return (name in self.made or not self.options.fresh) and note.is_file() and note.read_text() == wanted

    def tight(self) -> Path:
        return self.run("tight", (PHYSICS, *tolerances(self.case.truth)), keep=True)

    def model(self) -> tuple[Path, float]:
        """Trained on a run of the case by physics; and the seconds that data and training took."""
        path, seconds = self.directory / "model.pt", self.options.train_seconds
        data = self.run("lesson", (PHYSICS, "output.data=true", "training.perturbed=0.5"), keep=True)
        note = self.directory / "model.json"
        wanted = json.dumps({"seconds": seconds, "data": (self.directory / "lesson.json").read_text()})
        if not self.usable("model", note, wanted) or not path.is_file():
            note.unlink(missing_ok=True)
            print(f"{self.case.name}: training for {seconds:g} s ...", file=sys.stderr, flush=True)
            train = [sys.executable, ROOT / "models/train.py", data / "data.h5", "-o", path, "--seconds", str(seconds)]
            result = subprocess.run(train, capture_output=True, text=True, env=ENVIRONMENT, check=False)
            if result.returncode != 0:
                raise RunError(f"{self.case.name}: models/train.py failed: {result.stderr.strip()[-300:]}")
            note.write_text(wanted)
            self.made.add("model")
        return path, lookup(Run(data).summary(), "wall_s.total") + seconds

    def hybrid(self, name: str) -> tuple[str, ...]:
        begin = (f"surrogate.model={self.model()[0].absolute()}",) if name == "hybrid_warm" else ()
        return ("switching.policy=certified", *begin, *self.options.hybrid_set)

    def errors(self, directory: Path) -> Errors:
        truth, last = (Run(d).snapshot(Run(d).last_step()) for d in (self.tight(), directory))
        if wrong := unphysical(last):
            raise RunError(f"{directory}: {wrong}.")
        return errors_of(last, truth)

    def rung(self, rtol: float) -> Errors | None:
        try:
            return self.errors(self.run(f"physics_{rtol:g}", (PHYSICS, *tolerances(rtol)), keep=True))
        except RunError as error:
            print(f"{error} That rung is left out.", file=sys.stderr)
            return None


def errors_of(last: Snapshot, truth: Snapshot) -> Errors:
    T = truth.field("T").values
    position, true_position = (flame_position(s, float(T.min()), float(T.max())) for s in (last, truth))
    of_T, of_OH = difference(last, truth, "T"), difference(last, truth, oh_of(truth))
    return Errors(of_T.largest, of_T.mean, of_OH.largest if of_OH else None, of_OH.mean if of_OH else None,
                  position / true_position - 1 if true_position else None)


def oh_of(snapshot: Snapshot) -> str:
    return next((name for name in snapshot.names if name.upper() == "Y_OH"), "Y_OH")


def figures(directory: Path) -> dict[str, Any]:
    """Of one timed run; None where it has no such figure."""
    summary = Run(directory).summary()
    rows = summary["subproblems"]
    active = rows["accepted"] + rows["rejected"]
    answered = rows["accepted"] > 0
    return {"wall_s": summary["wall_s"], "active_rows": active, "accepted": share(rows["accepted"], active),
            "audited": rows["audited"], "audited_wrong": rows["audited_wrong"],
            "certificate": lookup(summary, "certificate.upper_bound") if answered else None,
            "rtol": lookup(summary, "chemistry.rtol"), "integrator": lookup(summary, "chemistry.integrator")}


def plan(bench: Bench, wanted: tuple[str, ...]) -> tuple[dict[str, tuple[str, ...]], dict[str, Any]]:
    """Settings of the runs to be timed, by name, and what is known of them beforehand."""
    settings: dict[str, tuple[str, ...]] = {}
    known: dict[str, Any] = {}
    if "usual" in wanted:
        settings["usual"] = (PHYSICS, *tolerances(1e-6, 1e-10))
        known["usual"] = {"errors": bench.errors(bench.run("usual", settings["usual"], keep=True))}
    for name in HYBRIDS:
        if name not in wanted:
            continue
        hybrid = bench.hybrid(name)
        errors = bench.errors(bench.run(name, hybrid, keep=True))
        known[name] = {"errors": errors}
        if "best" in wanted:
            rtol, as_good = best_rung(errors, bench.rung)
            best = f"best_{rtol:g}"
            known[name] |= {"best": best, "best_is_as_good": as_good}
            if best not in settings:
                known[best] = {"errors": bench.rung(rtol)}
                settings[best] = (PHYSICS, *tolerances(rtol))
        settings[name] = hybrid
    return settings, known


def compare(bench: Bench) -> dict[str, Any]:
    wanted = tuple(bench.options.only)
    settings, runs = plan(bench, wanted)
    timed: dict[str, list[Path]] = {name: [] for name in settings}
    for turn in range(bench.options.repeats):
        for name, words in settings.items():
            timed[name].append(bench.run(f"{name}_turn_{turn + 1}", words))
    for name, directories in timed.items():
        turns = [figures(directory) for directory in directories]
        seconds = [turn["wall_s"]["total"] for turn in turns]
        middle = turns[int(np.argsort(seconds)[len(seconds) // 2])]
        runs[name] |= middle | {"seconds": seconds, "median_s": float(np.median(seconds))}
        if name.startswith("best") or name == "usual":
            runs[name]["without_chemistry_s"] = float(np.median([without_chemistry(turn["wall_s"]) for turn in turns]))
    for name in HYBRIDS:
        if name not in timed:
            continue
        best = runs[name].get("best")
        for key, other in (("faster_than_best", best), ("faster_than_usual", "usual")):
            runs[name][key] = median_ratio(runs[other]["seconds"], runs[name]["seconds"]) if other in timed else None
        if best:
            hybrid, physics = (median_curve([Run(directory).history()["wall_s"] for directory in timed[each]])
                               for each in (name, best))
            runs[name]["break_even"] = asdict(break_even(hybrid, physics))
            runs[name]["limit"] = median_ratio([runs[best]["median_s"]], [runs[best]["without_chemistry_s"]])
    for run in runs.values():
        run["errors"] = asdict(run["errors"])
    result = {"case": bench.case.name, "about": bench.case.about, "ranks": bench.options.ranks,
              "set": [*bench.options.set, *bench.options.hybrid_set], "runs": runs}
    if "hybrid_warm" in timed:
        result["learned_before_s"] = bench.model()[1]
    return result


def report(result: dict[str, Any]) -> str:
    runs = result["runs"]
    head = ["run", "time [s]", "best physics / it", "usual / it", "T [K]: max · mean", "Y_OH: max · mean", "flame [%]",
            "accepted [%]", "audits wrong [%]", "certified [%]", "active rows"]
    lines = [head, ["---"] + ["---:"] * (len(head) - 1)]
    for name, run in runs.items():
        e = run["errors"]
        lines.append([name, number(run["median_s"], ".1f"), number(run.get("faster_than_best"), ".2f"),
                      number(run.get("faster_than_usual"), ".2f"),
                      f"{number(e['T_max'], '.3g')} · {number(e['T_mean'], '.3g')}",
                      f"{number(e['Y_OH_max'], '.2g')} · {number(e['Y_OH_mean'], '.2g')}",
                      number(e["flame"], "+.3f", 100), number(run["accepted"] or None, ".1f", 100),
                      number(share(run["audited_wrong"], run["audited"]), ".2f", 100),
                      number(run["certificate"], ".2f", 100), str(run["active_rows"])])
    changed = f"; with {', '.join(result['set'])}" if result["set"] else ""
    text = [f"{result['case']}: {result['about']}; {result['ranks']} rank(s){changed}", "", markdown(lines), ""]
    text += [sentence for name in HYBRIDS if name in runs for sentence in sentences(name, runs)]
    if "learned_before_s" in result:
        text.append(f"The warm model took {result['learned_before_s']:.0f} s before the run; its time is without them.")
    return "\n".join(text)


def sentences(name: str, runs: dict[str, Any]) -> list[str]:
    """What the table does not say of a hybrid."""
    run = runs[name]
    if "best" not in run:
        return []
    best, at = runs[run["best"]], run["break_even"]
    said = [f"{name}: best physics is rtol {best['rtol']:g} by {best['integrator']}"
            + ("" if run["best_is_as_good"] else f", although no rtol down to {LADDER[-1]:g} is as accurate") + "."]
    if not run["accepted"]:
        said.append(f"{name}: no answer of the network was accepted, so its errors are those of the reference solver.")
    if at["ahead_from"]:
        said.append(f"{name}: it is ahead of best physics from step {at['ahead_from']} on.")
    elif at["gaining_from"]:
        said.append(f"{name}: it gains on best physics from step {at['gaining_from']} on, but is behind at the end.")
    else:
        said.append(f"{name}: it is behind best physics and falls back to the end.")
    said.append(f"{name}: with chemistry for nothing a run would be {run['limit']:.2f} times as fast as best physics.")
    return said


def parse() -> argparse.Namespace:
    def names(allowed: tuple[str, ...]) -> Any:
        def parsed(text: str) -> list[str]:
            chosen = text.split(",")
            if unknown := [name for name in chosen if name not in allowed]:
                raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}; choose of {', '.join(allowed)}")
            return chosen
        return parsed

    def count(text: str) -> int:
        if int(text) < 1:
            raise argparse.ArgumentTypeError("must be at least 1")
        return int(text)

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=names(tuple(case.name for case in CASES)), metavar="NAME,...",
                        default=[case.name for case in CASES if case.by_default],
                        help="of " + ", ".join(case.name for case in CASES) + " (default: all but long)")
    parser.add_argument("--only", type=names(RUNS), default=list(RUNS), metavar="RUN,...",
                        help="of " + ", ".join(RUNS) + "; best needs a hybrid")
    parser.add_argument("--ranks", type=count, default=2)
    parser.add_argument("--repeats", type=count, default=3, help="turns; times are their medians (default 3)")
    parser.add_argument("--train-seconds", type=float, default=120.0, help="of the warm model (default 120)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="for all runs")
    parser.add_argument("--hybrid-set", action="append", default=[], metavar="KEY=VALUE", help="for the hybrids alone")
    parser.add_argument("-o", "--output", type=Path, default=Path("out/compare"), help="a folder a case goes there")
    parser.add_argument("--fresh", action="store_true", help="use nothing that is there")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures")
    return parser.parse_args()


def main() -> None:
    options = parse()
    results = []
    for case in (case for case in CASES if case.name in options.cases):
        if case.mechanism and not os.environ.get(case.mechanism):
            print(f"{case.name} is skipped: {case.mechanism} does not name a mechanism file.\n")
            continue
        try:
            results.append(compare(Bench(case, options)))
            print(report(results[-1]), end="\n\n", flush=True)
        except RunError as error:
            results.append({"case": case.name, "about": case.about, "failure": str(error)})
            print(f"{case.name} failed: {error}\n", flush=True)
        if options.json:
            options.json.write_text(json.dumps(results, indent=2) + "\n")
    if any("failure" in result for result in results):
        sys.exit(1)


if __name__ == "__main__":
    guarded(main)
