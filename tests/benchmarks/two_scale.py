#!/usr/bin/env python3
"""Two-scale conduction by the hybrid, from nothing and with a model of an earlier run, against pure physics.

Physics solves every cell problem; "loose" does so at an rtol ten times that of the reference, if that is accurate enough.
Errors are those of the last temperatures against physics, over the range of temperatures. Ratios are formed turn by turn
and their median is taken; physics runs once, as its time hardly changes and is long.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from policies import ENVIRONMENT, ROOT

CASE = ROOT / "inputs/composite_conduction.yaml"


@dataclass(frozen=True)
class Done:
    directory: Path
    summary: dict

    @property
    def seconds(self) -> float:
        return self.summary["wall_s"]["total"]

    def temperatures(self) -> np.ndarray:
        with h5py.File(sorted(self.directory.glob("fields_*.h5"))[-1]) as file:
            return file["fields/T"][...]

    def newton_iterations(self) -> float:
        return self.summary["macro"]["newton_iterations_mean"]


def run(arguments: argparse.Namespace, name: str, **settings: object) -> Done:
    """One run, unless its directory has one already that --keep allows to be used."""
    directory = arguments.output / name
    if not (arguments.keep and (directory / "summary.json").exists()):
        words = ["mpirun", "--oversubscribe", "-n", arguments.ranks, arguments.program, "run", CASE, "--overwrite", "-o",
                 directory]
        for key, value in settings.items():
            words += ["--set", f"{key.replace('__', '.')}={value}"]
        subprocess.run([str(word) for word in words], check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    return Done(directory, json.loads((directory / "summary.json").read_text(encoding="utf-8")))


def report(name: str, done: list[Done], physics: Done) -> None:
    exact = physics.temperatures()
    error = max(np.max(np.abs(each.temperatures() - exact)) for each in done) / np.ptp(exact)
    speed_up = np.median([physics.seconds / each.seconds for each in done])
    last = done[-1].summary
    rows = last["subproblems"]
    certified = f"{100 * last['certificate']['upper_bound']:.2f} %" if "certificate" in last else "-"
    truth = f", truth {100 * last['verification']['wrong_fraction']:.2f} %" if "verification" in last else ""
    print(f"  {name:<18} {np.median([each.seconds for each in done]):8.1f} s  {speed_up:6.1f}  "
          f"T off by {100 * error:.3f} % of its range  Newton {done[-1].newton_iterations() / physics.newton_iterations():.2f}"
          f"  accepted {100 * rows['accepted'] / rows['total']:.1f} %  certified {certified}{truth}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pixels", nargs="+", type=int, default=[32, 64])
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--loose", action="store_true", help="also physics at a looser rtol")
    parser.add_argument("--verify", action="store_true", help="also a run that solves all accepted rows by physics")
    parser.add_argument("--keep", action="store_true", help="use the runs that are there already")
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/bimetal")
    parser.add_argument("--output", type=Path, default=ROOT / "out/two_scale")
    arguments = parser.parse_args()
    for pixels in arguments.pixels:
        case = {"micro__pixels": pixels, "time__end": 20 * arguments.steps}
        print(f"{pixels} x {pixels} pixels, {arguments.steps} steps, {arguments.ranks} ranks", flush=True)
        physics = run(arguments, f"physics_{pixels}", switching__policy="never", **case)
        report("physics", [physics], physics)
        if arguments.loose:
            report("physics, loose", [run(arguments, f"loose_{pixels}", switching__policy="never", micro__rtol=1e-2,
                                          **case)], physics)
        cold = [run(arguments, f"cold_{pixels}_{turn}", **case) for turn in range(arguments.turns)]
        report("hybrid, cold", cold, physics)
        model = sorted(cold[-1].directory.glob("surrogate_v*.pt"))[-1]
        warm = [run(arguments, f"warm_{pixels}_{turn}", surrogate__model=model, **case)
                for turn in range(arguments.turns)]
        report("hybrid, warm", warm, physics)
        if arguments.verify:
            report("verified", [run(arguments, f"verified_{pixels}", switching__verify="true", **case)], physics)


if __name__ == "__main__":
    main()
