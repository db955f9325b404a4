"""Every group of the acceptance suite can fail: with a program that is spoilt in one way (broken_program.py) the check that
should notice does, and with the real program the same check passes. BIMETAL_PROGRAM names the real program, an optimised
one; the quick checks always, all of them if BIMETAL_LONG=1."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path

import table
from kinds import KINDS

HERE = Path(__file__).resolve().parent
PROGRAM = Path(os.environ.get("BIMETAL_PROGRAM", HERE.parents[1] / "build/release/bin/bimetal")).resolve()
BROKEN = HERE / "broken_program.py"
LONG = os.environ.get("BIMETAL_LONG") == "1"


@dataclass(frozen=True)
class Breakage:
    how: str  # of broken_program.py
    check: str
    figure: str  # that is not what it should be
    quick: bool = True


BREAKAGES = (
    Breakage("alone", "ranks_meet", "ranks_missing"),
    Breakage("wrong_rate", "h2_1000K", "ignition_delay_s"),
    Breakage("ended_early", "order_of_splitting", "order", quick=False),
    Breakage("simple_transport", "flame_h2", "observables.flame.speed_m_s", quick=False),
    Breakage("loses_hydrogen", "physics_conserves", "conservation.elements"),
    Breakage("other_kernel_on_four", "ranks_agree", "largest_difference", quick=False),
    Breakage("begun_anew", "restart_on_other_ranks", "cut_after_step"),
    Breakage("longer_when_continued", "restart_to_the_bit", "differing", quick=False),
    Breakage("deaf", "sigusr1", "exit_code"),
    Breakage("without_control", "certificate_drift", "verification.wrong_fraction", quick=False),
    Breakage("without_faults", "weights_nan", "said"),
    Breakage("without_model", "model_damaged", "exit_code", quick=False),
    Breakage("slowed", "rate_physics", "cell_steps_per_core_s", quick=False),
    Breakage("longer_when_continued", "soak", "", quick=False),
)


class Red(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="bimetal_red_")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def accept(self, program, check, *more, broken=""):
        """Exit code, and the results by name."""
        environment = os.environ | {"BIMETAL_REAL": str(PROGRAM), "BIMETAL_BROKEN": broken}
        words = [sys.executable, HERE / "accept.py", "--level", "machine", "--checks", check, "--program", program,
                 "--report", self.folder / "report", "--hours", "0.003", "--patience", "3", *more]
        result = subprocess.run([str(word) for word in words], capture_output=True, text=True, env=environment,
                                timeout=1800, check=False)
        self.assertIn(result.returncode, (0, 1), result.stdout + result.stderr)
        content = json.loads((self.folder / "report/results.json").read_text(encoding="utf-8"))
        return result.returncode, content["results"]

    def see_red(self, breakage):
        more = []
        if breakage.check == "rate_physics":
            more = ["--baseline", self.folder / "baseline.json"]
            code, _ = self.accept(PROGRAM, breakage.check, "--record", more[1])
        else:
            code, results = self.accept(PROGRAM, breakage.check)
            self.assertEqual(code, 0, [each["reason"] for each in results])
        code, results = self.accept(BROKEN, breakage.check, *more, broken=breakage.how)
        print(f"{breakage.how}: {breakage.check}: {[each['reason'][:160] for each in results if each['reason']]}")
        self.assertEqual(code, 1)
        failed = {figure["figure"] for each in results for figure in each["judgements"]
                  if figure["status"] == "failed"}
        if breakage.figure:
            self.assertIn(breakage.figure, failed)

    def test_a_build_with_contracts_is_red(self):
        code, results = self.accept(PROGRAM, "build")
        slow = "contracts on" in results[0]["figures"]["build"]
        self.assertEqual(code, 1 if slow else 0, results[0]["reason"])

    def test_every_group_has_a_breakage(self):
        groups = {each.name: each.group for each in table.read(HERE / "checks.toml", KINDS)}
        self.assertEqual({groups[each.check] for each in BREAKAGES}, set(groups.values()))

    def test_checks_turn_red(self):
        for breakage in BREAKAGES:
            if breakage.quick or LONG:
                with self.subTest(breakage=breakage.how, check=breakage.check):
                    self.see_red(breakage)


if __name__ == "__main__":
    unittest.main()
