"""reframe_bimetal.py without ReFrame, which Debian does not package: it compiles, and with a stand-in for the few parts of
ReFrame's interface that it uses its tests ask for the right thing and read real results. BIMETAL_PROGRAM names the
program."""

import importlib
import os
import shlex
import subprocess
import sys
import tempfile
import types
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAM = Path(os.environ.get("BIMETAL_PROGRAM", HERE.parents[1] / "build/release/bin/bimetal")).resolve()


class Skipped(Exception):
    pass


class RunOnlyRegressionTest:
    perf_variables: dict = {}
    reference: dict = {}

    def skip_if(self, condition, message=""):
        if condition:
            raise Skipped(message)


def stand_in():
    """Modules of ReFrame's names whose decorators mark nothing and whose deferred values are computed at once."""
    def module(name, **content):
        made = types.ModuleType(name)
        made.__dict__.update(content)
        sys.modules[name] = made
        return made

    def assert_true(value, message=""):
        assert value, message
        return True

    utility = module("reframe.utility")
    sanity = module("reframe.utility.sanity", all=all, assert_true=assert_true, defer=lambda value: value,
                    assert_false=lambda value, message="": assert_true(not value, message),
                    make_performance_function=lambda value, unit: (value, unit))
    core = module("reframe.core")
    module("reframe.core.backends", getlauncher=lambda name: lambda: name)
    module("reframe.core.builtins", parameter=lambda values: None, variable=lambda kind, value: value,
           run_before=lambda stage: lambda function: function, sanity_function=lambda function: function)
    utility.sanity = sanity
    module("reframe", simple_test=lambda test: test, RunOnlyRegressionTest=RunOnlyRegressionTest, core=core,
           utility=utility)


class ReFrame(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stand_in()
        cls.tests = importlib.import_module("reframe_bimetal")

    def run_check(self, check, **changes):
        """The test of that check after accept.py has run as it asks."""
        test = self.tests.BimetalAcceptance()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        test.check, test.stagedir, test.job = check, folder.name, types.SimpleNamespace(launcher="srun")
        test.launcher, test.program, test.ranks = "mpirun", str(PROGRAM), "1,2"
        for name, value in changes.items():
            setattr(test, name, value)
        test.leave_out_what_the_level_does_not_include()
        test.ask_for_one_check()
        self.assertEqual(test.job.launcher, "local")
        words = [sys.executable, *test.executable_opts]
        result = subprocess.run(words, cwd=folder.name, capture_output=True, text=True, timeout=600, check=False)
        print(shlex.join(words[1:]), result.stdout.strip().splitlines()[-1:])
        return test

    def test_a_check_that_passes_is_sane(self):
        self.assertTrue(self.run_check("h2_1000K").every_figure_is_as_expected())

    def test_a_check_that_fails_is_not(self):
        test = self.run_check("h2_1000K")
        path = Path(test.stagedir) / "report/results.json"
        path.write_text(path.read_text(encoding="utf-8").replace('"passed"', '"failed"'), encoding="utf-8")
        with self.assertRaises(AssertionError):
            test.every_figure_is_as_expected()

    def test_figures_of_speed_are_numbers_with_units(self):
        for each in self.tests.CHECKS:
            for criterion in self.tests.criteria_of_speed(each):
                self.assertIn(criterion.figure, self.tests.UNITS)
        test = self.run_check("output_bandwidth")
        test.name_the_figures_of_speed()
        value, unit = test.perf_variables["MB_per_s"]
        self.assertGreater(value, 0.0)
        self.assertEqual(unit, "MB/s")
        self.assertTrue(test.every_figure_is_as_expected(), "no baseline is needed: ReFrame has references")

    def test_checks_above_the_level_are_left_out(self):
        with self.assertRaises(Skipped):
            self.run_check("weak_scaling")


if __name__ == "__main__":
    unittest.main()
