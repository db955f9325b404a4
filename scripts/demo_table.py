"""The last lines of `demo.sh --compare`: what the hybrid and pure physics cost, and how far they are from each other."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "postprocess"))

from bimetal_run import Run, guarded, lookup  # noqa: E402
from compare_runs import compare, table  # noqa: E402

RUNS = {"hybrid, learning included": "out/demo", "physics, rtol 1e-4": "out/demo_auto", "physics, rtol 1e-3": "out/demo_fast"}


def main() -> None:
    truth = Run(RUNS["physics, rtol 1e-4"])
    hybrid = lookup(Run(RUNS["hybrid, learning included"]).summary(), "wall_s.total")
    rows = [["", "time [s]", "times as long", "T off [K]", "Y_OH off [%]"]]
    for name, directory in RUNS.items():
        found = compare(truth, Run(directory))
        wall = found["wall_s"][1]
        rows.append([name, f"{wall:.1f}", f"{wall / hybrid:.2f}", f"{found['fields']['T']['max_abs']:.2f}",
                     f"{100 * found['fields']['Y_OH']['max_relative']:.3f}"])
    print(table(rows))


guarded(main)
