"""The last lines of `demo.sh --compare`: what the hybrid and pure physics cost, and how far they are from each other."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "postprocess"))

from bimetal_run import Run, guarded  # noqa: E402
from compare_runs import compare, table  # noqa: E402

RUNS = {"hybrid, learning included": "out/demo", "physics, rtol 1e-6": "out/demo_usual", "physics, rtol 1e-4": "out/demo_auto",
        "physics, rtol 1e-3": "out/demo_fast"}


def main() -> None:
    usual = Run(RUNS["physics, rtol 1e-6"])
    rows = [["", "time [s]", "times as long", "T off [K]", "Y_OH off [%]"]]
    for name, directory in RUNS.items():
        found = compare(usual, Run(directory))
        wall = found["wall_s"][1]
        hybrid = wall if len(rows) == 1 else hybrid
        rows.append([name, f"{wall:.1f}", f"{wall / hybrid:.2f}", f"{found['fields']['T']['max_abs']:.2f}",
                     f"{100 * found['fields']['Y_OH']['max_relative']:.3f}"])
    print(table(rows))


guarded(main)
