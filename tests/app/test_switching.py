"""Certified switching in whole runs that also solve every accepted row by physics, so that the true share of wrong
answers is known: a shortened kernel and a drift always; those of inputs/ in full, and methane, if BIMETAL_LONG=1. And
what happens to a surrogate that knows nothing, or breaks."""

import os
import tempfile
import unittest
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from job import Job, endless
from program import ROOT, ProgramTest, bimetal, history, last_fields, logged, settings, story_of, summary

LONG = os.environ.get("BIMETAL_LONG") == "1"
TIMEOUT = 1800  # [s] of one run
WRONG_FRACTION = 0.05  # share of the accepted answers that may be wrong

ROUND_OFF = 1e-12
TEMPERATURES = (250, 3500)  # [K]; no gas of these cases is outside


@dataclass(frozen=True)
class Case:
    """A shipped input, and how it is made smaller."""

    name: str
    changes: dict = field(default_factory=dict)
    accepts: bool = True  # whether some of the surrogate's answers are expected to be accepted


SHORT_CASES = (
    Case("h2_kernel", {"grid__cells": "[56, 56]", "grid__upper": "[0.0035, 0.0035]", "time__end": "2.4e-4"}),
    Case("drift_mixture", {"grid__cells": "[48, 16]", "time__step": "2e-6"}),
)
LONG_CASES = (
    Case("h2_kernel"),
    Case("ch4_kernel", {"grid__cells": "[96, 96]", "time__end": "1e-3"}),
    Case("drift_mixture"),
    Case("drift_ignition"),
)

HEADER = "case             rows/1000  accepted %  audits  wrong  truth %  bound %  promotions  wall s"


def line(name, found):
    rows = found["subproblems"]
    active = rows["accepted"] + rows["rejected"]
    return (f"{name:15s} {active / 1000:10.0f} {100 * rows['accepted'] / max(active, 1):11.1f} {rows['audited']:7d}"
            f" {rows['audited_wrong']:6d} {100 * truth(found):8.3f} {100 * found['certificate']['upper_bound']:8.3f}"
            f" {found['surrogate']['promotions']:11d} {found['wall_s']['total']:7.0f}")


def truth(found):
    """Share of the accepted answers that were wrong; none were if none was accepted."""
    return found["verification"]["wrong_fraction"] if found["subproblems"]["accepted"] else 0.0


class SwitchingTest(ProgramTest):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.folder = Path(directory.name)

    def run_input(self, name, out, **values):
        """The output directory, and what the program said."""
        result = bimetal("run", ROOT / f"inputs/{name}.yaml", "-o", self.folder / out, *settings(**values), ranks=2,
                         timeout=TIMEOUT)
        self.assert_done(result)
        return self.folder / out, result.stdout

    def assert_conserved(self, found):
        """By the chemistry of the whole run, whoever answered."""
        defects = found["conservation"]
        for defect in (defects["mass"], defects["enthalpy"], *defects["elements"].values()):
            self.assertLess(defect, ROUND_OFF)
        self.assertGreaterEqual(defects["lowest_mass_fraction"], 0.0)

    def assert_physical(self, out):
        fields = last_fields(out)
        self.assertGreater(fields["T"].min(), TEMPERATURES[0])
        self.assertLess(fields["T"].max(), TEMPERATURES[1])
        fractions = np.array([values for name, values in fields.items() if name.startswith("Y_")])
        self.assertGreaterEqual(fractions.min(), 0.0)
        self.assertLess(np.abs(fractions.sum(axis=0) - 1.0).max(), 1e-9)

    def assert_same_gas(self, out, reference):
        """To the bit, in all but who answered."""
        fields, expected = last_fields(out), last_fields(reference)
        for name in ("T", "density", *(name for name in expected if name.startswith(("Y_", "velocity_")))):
            np.testing.assert_array_equal(fields[name], expected[name], err_msg=name)


class CertifiedSwitching(SwitchingTest):
    def assert_told_in_a_few_lines(self, story, log, found):
        """However much happens: the terminal tells what is new, the log all of it."""
        def promotions(lines):
            return sum("serves from now on" in line for line in lines)

        self.assertLessEqual(len(story), 12, story)
        self.assertTrue(any("learning begins" in line for line in story), story)
        self.assertEqual(promotions(story), min(1, found["surrogate"]["promotions"]))
        self.assertEqual(promotions(log), found["surrogate"]["promotions"])

    def verify(self, cases):
        print(HEADER)
        for case in cases:
            with self.subTest(case.name):
                values = case.changes | {"switching__wrong_fraction": WRONG_FRACTION,
                                         "switching__verify": "true"}
                out, said = self.run_input(case.name, case.name, **values)
                found = summary(out)
                self.assert_told_in_a_few_lines(story_of(said), logged(out), found)
                print(line(case.name, found), flush=True)
                self.assertLessEqual(truth(found), WRONG_FRACTION)
                self.assertLessEqual(truth(found), found["certificate"]["upper_bound"])
                self.assert_conserved(found)
                self.assert_physical(out)
                if case.accepts:
                    self.assertGreater(found["subproblems"]["accepted"], 0, "nothing was tested")

    def test_few_accepted_answers_are_wrong_and_the_certificate_covers_them(self):
        self.verify(SHORT_CASES)

    @unittest.skipUnless(LONG, "minutes; BIMETAL_LONG=1 runs it")
    def test_so_it_is_in_whole_kernels_and_drifts(self):
        self.verify(LONG_CASES)


class Ledger(SwitchingTest):
    CASE = {"grid__cells": "[32, 32]", "time__end": "6e-5", "time__step": "2e-6", "switching__tolerance": 0.02}
    ALLOWED = (0.05, 0.5)
    PROBE = 2 * 40  # gradient steps of the first round of both ranks, which tells what they cost
    LATE = 0.1  # of the cost of physics: verdicts come a window after what they judge
    PRICES = {"physics": 1e-4, "inference": 1e-6, "update": 2e-3}  # [s]

    def within(self, allowed, **values):
        """The summary of a run that may cost so much more than physics."""
        found = summary(self.run_input("h2_kernel", f"allowed_{allowed}", switching__max_overhead=allowed,
                                       switching__cost_veto="true", **self.CASE, **values)[0])
        print(found["ledger"])
        self.assertEqual(found["ledger"]["max_overhead"], allowed)
        return found

    def test_overhead_at_given_prices_stays_within_what_the_user_allows(self):
        prices = "{" + ", ".join(f"{name}: {price}" for name, price in self.PRICES.items()) + "}"
        for allowed in self.ALLOWED:
            with self.subTest(allowed=allowed):
                found = self.within(allowed, switching__unit_costs=prices)
                rows, updates = found["subproblems"], found["ledger"]["updates"]
                physics_alone = self.PRICES["physics"] * (rows["rejected"] + rows["accepted"])
                spent = (self.PRICES["physics"] * (rows["rejected"] + rows["audited"]) +
                         self.PRICES["inference"] * rows["asked"] + self.PRICES["update"] * updates)
                probe = self.PRICES["update"] * self.PROBE / physics_alone
                print(f"allowed {allowed}: overhead {spent / physics_alone - 1:.3f}, of these {probe:.3f} for the probe")
                self.assertGreater(updates, 0)
                self.assertLessEqual(spent / physics_alone - 1, allowed + probe + self.LATE)

    @unittest.skipUnless(LONG, "needs a quiet machine; BIMETAL_LONG=1 runs it")
    def test_measured_overhead_stays_within_what_the_user_allows(self):
        for allowed in self.ALLOWED:
            with self.subTest(allowed=allowed):
                ledger = self.within(allowed)["ledger"]
                probe = self.PROBE * ledger["training_s_per_update"] / ledger["physics_alone_s"]
                self.assertLessEqual(ledger["overhead"], allowed + probe + self.LATE)

    def test_ledger_adds_up(self):
        out, _ = self.run_input("h2_kernel", "sums", switching__cost_veto="false", **self.CASE)
        found = summary(out)
        ledger, rows = found["ledger"], found["subproblems"]
        self.assertAlmostEqual(ledger["overhead"], ledger["spent_s"] / ledger["physics_alone_s"] - 1, delta=1e-6)
        self.assertGreaterEqual(ledger["saved_s"], 0.0)
        self.assertEqual(ledger["saved_s"] > 0.0, rows["accepted"] > rows["audited"])
        self.assertGreaterEqual(ledger["probes"], 0)
        self.assertLessEqual(ledger["off_steps"], found["steps"])


class BrokenSurrogate(SwitchingTest):
    NEVER_VETOED = {"grid__cells": "[24, 24]", "switching__cost_veto": "false"}
    CASE = NEVER_VETOED | {"time__end": "4e-5"}
    LOOK = 5  # steps between two looks at the candidate
    EAGER = {"switching__policy": "always", "switching__tolerance": 0.05, "training__promote_every": LOOK,
             "training__updates_per_step": 20, "surrogate__layers": "[32, 32]", "switching__audit_fraction": 0.5}

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.never = Path(directory.name) / "never"
        done = bimetal("run", ROOT / "inputs/h2_kernel.yaml", "-o", cls.never,
                       *settings(switching__policy="never", **cls.CASE), ranks=2)
        assert done.returncode == 0, done.stdout + done.stderr

    def test_a_network_that_was_never_trained_changes_nothing(self):
        out, _ = self.run_input("h2_kernel", "untrained", training__placement="off", **self.CASE)
        found = summary(out)
        self.assertEqual(found["surrogate"]["version"], 0, "the surrogate must have served")
        self.assertEqual(found["subproblems"]["accepted"], 0)
        self.assert_same_gas(out, self.never)

    def test_weights_that_are_not_numbers_change_nothing(self):
        out, said = self.run_input("h2_kernel", "nan", training__placement="off", faults__weights_nan_at=5, **self.CASE)
        self.assertIn("physics took over", said)
        self.assertEqual(summary(out)["subproblems"]["accepted"], 0)
        self.assert_same_gas(out, self.never)

    def test_physics_takes_over_when_the_weights_of_a_serving_network_break(self):
        kernel, out = ROOT / "inputs/h2_kernel.yaml", self.folder / "breaks"
        with Job(kernel, out, *endless(**self.EAGER | self.NEVER_VETOED)) as job:
            job.wait_until(lambda: job.history() and job.history()[-1]["accepted"], "an accepted answer")
            steps = job.stop()
        breaks = next(step for step in range(steps + 1, steps + 6) if step % self.LOOK == 2)  # two before a look
        values = self.EAGER | self.NEVER_VETOED | {"time__end": f"{breaks + 8}e-6", "faults__weights_nan_at": breaks}
        result = bimetal("run", kernel, "-o", out, *settings(**values), "--restart", out, ranks=2)
        self.assert_done(result)
        steps = {int(step["step"]): step for step in history(out)}
        accepted = {number: step["accepted"] for number, step in steps.items()}
        self.assertGreater(sum(accepted[number] for number in range(1, breaks)), 0,
                           "the surrogate must have answered before")
        self.assertGreaterEqual(steps[breaks]["version"], 0, "and have served until then")
        for step in (breaks + 1, breaks + 2):
            self.assertEqual(accepted[step], 0)
        self.assertIn("physics took over", result.stdout)
        self.assert_conserved(summary(out))
        self.assert_physical(out)


if __name__ == "__main__":
    unittest.main()
