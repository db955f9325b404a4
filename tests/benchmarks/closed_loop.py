#!/usr/bin/env python3
"""How far a model strays when its answers follow on its own answers, as a markdown table.

Every model answers always (policy `always`, physics only behind the gates) and is not trained on, against pure physics
of the same steps. The case, its steps included, is that of compare.py of the same name, or any input by --input.

    tests/benchmarks/closed_loop.py out/compare/methane/model.pt --case methane --steps 200
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from compare import CASES, Bench, Case, oh_of
from policies import (Difference, Run, RunError, difference, flame_position, guarded, lookup, markdown, number, share,
                      unphysical)


@dataclass(frozen=True)
class Strayed:
    """What became of one model; None where a run has no such figure."""

    model: str
    failure: str | None
    answered: float | None = None  # share of the active rows
    audits_wrong: float | None = None
    T: Difference | None = None  # against pure physics, at the end [K]
    Y_OH: Difference | None = None  # [1]
    flame_difference: float | None = None  # relative
    gates: dict[str, int] | None = None  # rows that each gate stopped


def steps_setting(bench: Bench, steps: int | None) -> tuple[str, ...]:
    """time.end of so many steps of the case; its own if None."""
    if steps is None:
        return ()
    given = [setting.split("=", 1)[1] for setting in bench.settings if setting.startswith("time.step=")]
    if not given:
        lines = [line.split("#")[0].strip() for line in bench.input.read_text(encoding="utf-8").splitlines()]
        given = [line.removeprefix("step:").strip() for line in lines if line.startswith("step:")]
    if not given:
        raise RunError(f"{bench.input} has no time.step, so --steps means nothing; set time.end by --set instead.")
    return (f"time.end={steps * float(given[-1]):.12g}",)


def strayed(name: str, directory: Path, physics: Path) -> Strayed:
    truth, last = (Run(d).snapshot(Run(d).last_step()) for d in (physics, directory))
    summary = Run(directory).summary()
    rows = summary["subproblems"]
    T = truth.field("T").values
    position, true_position = (flame_position(s, float(T.min()), float(T.max())) for s in (last, truth))
    return Strayed(name, unphysical(last), answered=share(rows["accepted"], rows["accepted"] + rows["rejected"]),
                   audits_wrong=share(rows["audited_wrong"], rows["audited"]),
                   T=difference(last, truth, "T"), Y_OH=difference(last, truth, oh_of(truth)),
                   flame_difference=position / true_position - 1 if true_position else None,
                   gates={gate: n for gate, n in lookup(summary, "subproblems.gates").items() if n})


def table(outcomes: list[Strayed]) -> str:
    def pair(value: Difference | None, form: str) -> str:
        return "-" if value is None else f"{number(value.largest, form)} · {number(value.mean, form)}"

    head = ["model", "answered [%]", "audits wrong [%]", "T [K]: max · mean", "Y_OH: max · mean", "flame [%]",
            "stopped by gates", ""]
    lines = [head, ["---"] + ["---:"] * (len(head) - 3) + ["---"] * 2]
    for o in outcomes:
        gates = ", ".join(f"{gate} {n}" for gate, n in (o.gates or {}).items()) or "-"
        lines.append([o.model, number(o.answered, ".1f", 100), number(o.audits_wrong, ".2f", 100), pair(o.T, ".3g"),
                      pair(o.Y_OH, ".2g"), number(o.flame_difference, "+.3f", 100), gates, o.failure or ""])
    return markdown(lines)


def measure(options: argparse.Namespace) -> list[Strayed]:
    case = next(case for case in CASES if case.name == options.case)
    if options.input is not None:
        case = Case(options.input.stem, "", str(options.input.absolute()))
    bench = Bench(case, options)
    steps = steps_setting(bench, options.steps)
    physics = bench.run("closed_loop_physics", ("switching.policy=never", *steps), keep=True)
    outcomes = []
    for number_of, model in enumerate(options.models, 1):
        if not model.is_file():
            raise RunError(f"There is no model '{model}'.")
        always = ("switching.policy=always", "training.placement=off", f"surrogate.model={model.absolute()}")
        try:
            outcomes.append(strayed(str(model), bench.run(f"closed_loop_{number_of}", (*always, *steps)), physics))
        except RunError as error:
            outcomes.append(Strayed(str(model), str(error)))
    return outcomes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path, nargs="+", metavar="MODEL.pt")
    parser.add_argument("--case", choices=[case.name for case in CASES], default="methane")
    parser.add_argument("--input", type=Path, help="an input instead of a case")
    parser.add_argument("--steps", type=int, help="how many (default: those of the case)")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="for all runs")
    parser.add_argument("-o", "--output", type=Path, default=Path("out/compare"), help="a folder a case goes there")
    parser.add_argument("--fresh", action="store_true", help="run pure physics again as well")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures")
    options = parser.parse_args()
    outcomes = measure(options)
    print(table(outcomes))
    if options.json:
        options.json.write_text(json.dumps([asdict(outcome) for outcome in outcomes], indent=2) + "\n")
    if all(outcome.failure for outcome in outcomes):
        sys.exit(1)


if __name__ == "__main__":
    guarded(main)
