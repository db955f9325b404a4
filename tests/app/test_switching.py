"""Certified switching in whole runs that also solve every accepted row by physics, so that the true share of wrong
answers is known: a shortened kernel and a drift always; those of inputs/ in full, and methane, if BIMETAL_LONG=1. And
what happens to a surrogate that knows nothing, or breaks."""

import os
import tempfile
import unittest
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from program import ROOT, ProgramTest, bimetal, history, last_fields, settings, summary

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
    Case("h2_kernel", {"grid__cells": "[56, 56]", "grid__upper": "[0.0035, 0.0035]", "time__end": "1.6e-4"}),
    Case("drift_mixture", {"grid__cells": "[48, 16]", "time__step": "2e-6"}),
)
LONG_CASES = (
    Case("h2_kernel"),
    Case("ch4_kernel", {"grid__cells": "[96, 96]", "time__end": "2e-4"}),
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
    def verify(self, cases):
        print(HEADER)
        for case in cases:
            with self.subTest(case.name):
                values = case.changes | {"switching__wrong_fraction": WRONG_FRACTION,
                                         "switching__verify": "true"}
                out, _ = self.run_input(case.name, case.name, **values)
                found = summary(out)
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
    PROBE = 2 * 40  # gradient steps of the first round of both ranks, which tells what they cost
    LATE = 0.1  # of the cost of physics: verdicts come a window after what they judge

    def test_overhead_stays_within_what_the_user_allows(self):
        for allowed in (0.05, 0.5):
            with self.subTest(allowed=allowed):
                out, _ = self.run_input("h2_kernel", f"allowed_{allowed}", switching__max_overhead=allowed,
                                        switching__cost_veto="true", **self.CASE)
                ledger = summary(out)["ledger"]
                print(ledger)
                self.assertEqual(ledger["max_overhead"], allowed)
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
    CASE = {"grid__cells": "[24, 24]", "time__end": "4e-5", "switching__cost_veto": "false"}
    EAGER = {"switching__policy": "always", "switching__tolerance": 0.05, "training__promote_every": 5,
             "training__updates_per_step": 20, "surrogate__layers": "[32, 32]", "switching__audit_fraction": 0.5}
    BREAKS = 32  # the step; two before the next look at the candidate

    def never(self):
        return self.run_input("h2_kernel", "never", switching__policy="never", **self.CASE)[0]

    def test_a_network_that_was_never_trained_changes_nothing(self):
        out, _ = self.run_input("h2_kernel", "untrained", training__placement="off", **self.CASE)
        found = summary(out)
        self.assertEqual(found["surrogate"]["version"], 0, "the surrogate must have served")
        self.assertEqual(found["subproblems"]["accepted"], 0)
        self.assert_same_gas(out, self.never())

    def test_weights_that_are_not_numbers_change_nothing(self):
        out, said = self.run_input("h2_kernel", "nan", training__placement="off", faults__weights_nan_at=5, **self.CASE)
        self.assertIn("physics took over", said)
        self.assertEqual(summary(out)["subproblems"]["accepted"], 0)
        self.assert_same_gas(out, self.never())

    def test_physics_takes_over_when_the_weights_of_a_serving_network_break(self):
        out, said = self.run_input("h2_kernel", "breaks", faults__weights_nan_at=self.BREAKS, **self.CASE, **self.EAGER)
        accepted = {int(step["step"]): step["accepted"] for step in history(out)}
        self.assertGreater(accepted[self.BREAKS - 1], 0, "the surrogate must have answered before")
        for step in (self.BREAKS + 1, self.BREAKS + 2):
            self.assertEqual(accepted[step], 0)
        self.assertIn("physics took over", said)
        self.assert_conserved(summary(out))
        self.assert_physical(out)


if __name__ == "__main__":
    unittest.main()
