"""The checks of the acceptance suite as ReFrame regression tests (ReFrame 4): one test a check, in a job of its own.

  reframe -c tests/acceptance/reframe_bimetal.py -r                                    the quick checks
  reframe -c tests/acceptance/reframe_bimetal.py -n 'BimetalAcceptance' --param check=rate_physics -r
  reframe -c tests/acceptance/reframe_bimetal.py -S level=full -S ranks=1,64 -S num_tasks=64 -r

Sanity: accept.py, run inside the job, has judged every figure of the check. Performance: the figures that it would compare
with a baseline are compared with REFERENCES below instead, by system and partition, as ReFrame does."""

import importlib
import json
import sys
from pathlib import Path

import reframe as rfm
import reframe.utility.sanity as sn
from reframe.core.backends import getlauncher
from reframe.core.builtins import parameter, run_before, sanity_function, variable

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
table = importlib.import_module("table")
KINDS = importlib.import_module("kinds").KINDS

CHECKS = {each.name: each for each in table.read(HERE / "checks.toml", KINDS) if each.group != "soak"}
UNITS = {"cell_steps_per_core_s": "1/s", "efficiency": "1", "speedup": "1", "MB_per_s": "MB/s"}

# What a system has reached: (value, lower bound, upper bound, unit), bounds relative. Fill in from the first runs, for
# example "mycentre:cpu": {"cell_steps_per_core_s": (2.1e4, -0.1, None, "1/s")}; the figures of different checks have
# different values, so they are given by check.
REFERENCES = {
    "rate_physics": {"*": {"cell_steps_per_core_s": (0, None, None, "1/s")}},
}


def criteria_of_speed(check):
    return [each for each in CHECKS[check].expect if each.relation == "baseline"]


@rfm.simple_test
class BimetalAcceptance(rfm.RunOnlyRegressionTest):
    check = parameter(list(CHECKS))
    level = variable(str, value="quick")
    launcher = variable(str, value="srun")
    ranks = variable(str, value="1,2,4")
    program = variable(str, value=str(HERE.parents[1] / "build/release/bin/bimetal"))

    valid_systems = ["*"]
    valid_prog_environs = ["*"]
    executable = "python3"
    num_tasks = 4
    num_cpus_per_task = 1
    time_limit = "1h"

    @run_before("setup")
    def leave_out_what_the_level_does_not_include(self):
        included = table.LEVELS[: table.LEVELS.index(self.level) + 1]
        self.skip_if(CHECKS[self.check].level not in included, f"{self.check} is of level {CHECKS[self.check].level}")

    @run_before("run")
    def ask_for_one_check(self):
        self.descr = CHECKS[self.check].proves
        self.executable_opts = [
            str(HERE / "accept.py"), "--checks", self.check, "--level", self.level, "--ranks", self.ranks,
            "--launcher", self.launcher, "--program", self.program, "--report", "report"]
        self.job.launcher = getlauncher("local")()  # accept.py starts the ranks of each run itself

    @run_before("performance")
    def name_the_figures_of_speed(self):
        self.perf_variables = {
            each.figure: sn.make_performance_function(sn.defer(self.figure(each.figure)), UNITS[each.figure])
            for each in criteria_of_speed(self.check)}
        if self.check in REFERENCES:
            self.reference = REFERENCES[self.check]

    @sanity_function
    def every_figure_is_as_expected(self):
        failed = [each["reason"] for each in self.results() if each["status"] == "failed"]
        measured = [each for each in self.results() if each["figures"]]
        return sn.all([sn.assert_false(failed, "; ".join(failed)),
                       sn.assert_true(measured, "nothing was measured: " + self.results()[0]["reason"])])

    def results(self):
        path = Path(self.stagedir) / "report/results.json"
        return json.loads(path.read_text(encoding="utf-8"))["results"]

    def figure(self, name):
        return float(self.results()[0]["figures"][name])
