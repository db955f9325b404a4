"""compare_runs.py gives the figures that can be worked out by hand."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np
from synthetic_run import SCRIPTS, call, write_snapshot, write_summary


class CompareRuns(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory(prefix="bimetal_compare_")
        self.addCleanup(temporary.cleanup)
        self.a, self.b = (Path(temporary.name) / name for name in "ab")
        for directory in (self.a, self.b):
            directory.mkdir()

    def write(self, directory: Path, step: int, **fields: list[float]) -> None:
        write_snapshot(directory, step, (4, 1, 1))
        with h5py.File(directory / f"fields_{step:06d}.h5", "r+") as file:
            for name, values in fields.items():
                file[f"fields/{name}"][...] = np.reshape(values, (1, 1, 4))

    def assert_refused(self, words: str) -> None:
        result = call("compare_runs.py", self.a, self.b)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn(words, result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)

    def test_measures_differences_against_the_range_of_the_first_run(self) -> None:
        self.write(self.a, 50, T=[300, 400, 500, 700], Y_OH=[0, 0, 0, 0])
        self.write(self.b, 50, T=[300, 402, 500, 694], Y_OH=[0, 1e-3, 0, 0])
        write_summary(self.a, 30.0)
        write_summary(self.b, 12.0)
        result = json.loads(call("compare_runs.py", self.a, self.b, "--json").stdout)
        self.assertEqual(result["fields"]["T"], {"unit": "K", "max_abs": 6.0, "mean_abs": 2.0, "range": 400.0,
                                                 "max_relative": 0.015, "mean_relative": 0.005})
        self.assertEqual(result["fields"]["Y_OH"]["max_abs"], 1e-3)
        self.assertIsNone(result["fields"]["Y_OH"]["max_relative"], "a field without a range")
        self.assertEqual(result["wall_ratio"], 2.5)

    def test_compares_at_the_last_step_that_both_have(self) -> None:
        for step in (0, 50, 100):
            self.write(self.a, step)
        for step in (0, 50, 70):
            self.write(self.b, step)
        result = json.loads(call("compare_runs.py", self.a, self.b, "--json").stdout)
        self.assertEqual(result["step"], 50)
        self.assertEqual(result["fields"]["T"]["max_abs"], 0.0)

    def test_scripts_say_which_packages_are_missing(self) -> None:
        for script in ("compare_runs.py", "plot_run.py", "plot_fields.py", "plot_two_scale.py", "report.py", "animate.py"):
            # Without the folders of installed packages.
            result = subprocess.run([sys.executable, "-E", "-S", SCRIPTS / script, self.a], capture_output=True, text=True,
                                    check=False)
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
            self.assertIn("has no numpy, no h5py, no matplotlib;", result.stderr)

    def test_leaves_out_who_answered(self) -> None:
        self.write(self.a, 50)
        self.write(self.b, 50)
        fields = json.loads(call("compare_runs.py", self.a, self.b, "--json").stdout)["fields"]
        self.assertEqual(set(fields), {"T", "Y_H2", "Y_OH", "u"})

    def test_prints_an_aligned_table(self) -> None:
        self.write(self.a, 50, T=[300, 400, 500, 700])
        self.write(self.b, 50, T=[300, 402, 500, 694])
        lines = call("compare_runs.py", self.a, self.b).stdout.splitlines()
        start = next(number for number, line in enumerate(lines) if line.startswith("field"))
        rows = lines[start:lines.index("", start)]
        self.assertEqual(len(rows), 5)
        self.assertEqual(len({len(row) for row in rows}), 1)
        self.assertIn("1.5000 %", rows[1])
        self.assertIn("A unknown, B unknown", lines[-1])

    def test_a_range_that_is_round_off_keeps_the_table_narrow(self) -> None:
        self.write(self.a, 50, Y_OH=[0, 1e-16, 0, 0])
        self.write(self.b, 50, Y_OH=[0, 1e-6, 0, 0])
        self.assertIn(" 1.0e+12 % ", call("compare_runs.py", self.a, self.b).stdout)

    def test_refuses_in_one_sentence(self) -> None:
        self.assert_refused("no snapshot of a common step")
        self.write(self.a, 50)
        write_snapshot(self.b, 50, (5, 1, 1))
        self.assert_refused("The grids differ")


if __name__ == "__main__":
    unittest.main()
