"""Two-scale conduction as a program: learned, certified, the same on any number of ranks, and after a restart."""

import re
import shutil
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

from program import ROOT, ProgramTest, bimetal, history, last_fields, settings, summary
from runs_compared import differences_of_runs, last
from test_restart import cut_at_wall_limit, run_to_end

PLATE = ROOT / "inputs/composite_conduction.yaml"
BLOCK = ROOT / "inputs/composite_conduction_3d.yaml"
SMALL = {"grid__cells": "[12, 12]", "micro__pixels": 16, "time__end": 100, "output__fields_every": 0}
# Little accuracy is soon learned.
HYBRID = SMALL | {"time__end": 600, "training__promote_every": 4, "switching__tolerance": 0.05, "switching__audit_fraction": 0.5,
                  "surrogate__layers": "[32, 32]", "training__updates_per_step": 100}
# Less accuracy still: a first version answers in the fourth step, the third one in the sixth.
LEARNS_SOON = HYBRID | {"time__end": 120, "training__promote_every": 1, "switching__wrong_fraction": 0.2,
                        "training__updates_per_step": 60}
# Columns of the history that depend on decisions.
COUNTS = ("accepted", "rejected", "gated", "audited", "audited_wrong", "withdrawn", "version", "evaluations")


class TwoScale(ProgramTest):
    """Each test has a folder of its own, and all have one run that has learned."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="bimetal_two_scale_"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.learned = run_to_end(cls.folder / "learned", PLATE,
                                 settings(switching__verify="true", output__data="true", **HYBRID))

    def setUp(self):
        self.place = Path(tempfile.mkdtemp(dir=self.folder))

    def assert_same_runs(self, these, those):
        self.assertEqual(differences_of_runs(these, those), [])

    def run_case(self, name, case=PLATE, ranks=2, **values):
        out = self.place / name
        self.assert_done(bimetal("run", case, "-o", out, *settings(**values), ranks=ranks))
        return out

    def assert_alike(self, fields, others, bound, what):
        for name in ("T", "flux_x", "flux_y"):
            difference = np.max(np.abs(fields[name] - others[name])) / np.max(np.abs(others[name]))
            self.assertLess(difference, bound, f"{name} {what}")

    def test_physics_is_the_same_on_any_number_of_ranks(self):
        tight = SMALL | {"switching__policy": "never", "macro__newton_tolerance": 1e-10, "micro__rtol": 1e-10}
        reference = last_fields(self.run_case("alone", ranks=None, **tight))
        self.assertGreater(np.ptp(reference["T"]), 30.0, "heat must have come in for this test to mean something")
        for ranks in (1, 2, 4):
            fields = last_fields(self.run_case(f"on_{ranks}", ranks=ranks, **tight))
            self.assert_alike(fields, reference, 1e-8, f"on {ranks} ranks")

    def test_a_model_decides_the_same_on_any_number_of_ranks(self):
        # Heat comes in faster than the model has seen, so that some faces are left to physics. As many rows calibrate
        # the model on any number of ranks. Its answers are in single precision.
        values = HYBRID | {"time__end": 100, "macro__ends__x_lower__ramp": 40, "switching__tolerance": 0.01,
                           "training__placement": "off", "training__calibration_rows": 10000,
                           "surrogate__model": last(self.learned, "surrogate_v*.pt")}
        alone = self.run_case("on_1", ranks=1, **values)
        rows = summary(alone)["subproblems"]
        for name in ("accepted", "gated", "audited_wrong"):
            self.assertGreater(rows[name], 0, "there must be decisions for this test to mean something")
        for ranks in (2, 4):
            run = self.run_case(f"on_{ranks}", ranks=ranks, **values)
            self.assertEqual(*[[[step[name] for name in COUNTS] for step in history(out)] for out in (alone, run)])
            fields, others = last_fields(run), last_fields(alone)
            for name in ("answerer_x", "answerer_y"):
                np.testing.assert_array_equal(fields[name], others[name])
            self.assert_alike(fields, others, 2e-4, f"on {ranks} ranks")

    def test_the_surrogate_answers_as_its_certificate_says_and_heat_is_conserved(self):
        found = summary(self.learned)
        rows = found["subproblems"]
        self.assertGreater(rows["accepted"], 0.3 * rows["total"])
        self.assertEqual(rows["total"], rows["accepted"] + rows["rejected"])
        self.assertGreater(rows["audited"], 100)
        truth = found["verification"]["wrong_fraction"]
        self.assertLessEqual(truth, 0.05)
        self.assertGreaterEqual(found["certificate"]["upper_bound"], truth)
        self.assertLess(abs(found["observables"]["drift"]["heat"]), 1e-12)
        self.assertEqual(sum(line["evaluations"] for line in history(self.learned)), found["macro"]["evaluations"])
        with h5py.File(self.learned / "data.h5") as data:  # by physics alone, not the run's answers to audited rows
            self.assertLess(len(data["in"]), rows["rejected"] + 1)
        fields = last_fields(self.learned)
        self.assertTrue({2, 3} & set(np.unique(fields["answerer_x"])), "no face was answered by the surrogate")
        pure = last_fields(self.run_case("pure", switching__policy="never", **{
            key: value for key, value in HYBRID.items() if key.startswith(("grid", "micro", "time"))}))
        self.assertLess(np.max(np.abs(fields["T"] - pure["T"])), 0.01 * np.ptp(pure["T"]))

    def test_a_run_that_is_cut_into_steps_is_the_whole_run(self):
        cut_at_wall_limit(self, PLATE, settings(**(LEARNS_SOON | {"output__checkpoint_every": 100})), 2)
        self.assertGreater(summary(self.place / "whole")["subproblems"]["accepted"], 0)

    def test_a_model_of_one_run_serves_the_next(self):
        model = last(self.learned, "surrogate_v*.pt")
        self.assert_done(bimetal("model", "check", model, "--input", PLATE, *settings(**HYBRID)))
        again = self.run_case("again", surrogate__model=model, **(HYBRID | {"time__end": 60}))
        self.assertGreater(summary(again)["subproblems"]["accepted"], 0)
        other = bimetal("model", "check", model, "--input", PLATE, *settings(**(HYBRID | {"micro__aspect": 1.5})))
        self.assertEqual(other.returncode, 2, other.stdout + other.stderr)

    def test_a_block_in_three_dimensions(self):
        small = {"grid__cells": "[8, 6, 4]", "micro__pixels": 16, "time__end": 100, "output__fields_every": 0}
        found = summary(self.run_case("block", BLOCK, **small))
        self.assertLess(abs(found["observables"]["drift"]["heat"]), 1e-12)
        self.assertGreater(found["observables"]["temperature_max_K"], 310.0)

    def test_a_cell_can_be_looked_at(self):
        pixels = self.place / "pixels.csv"
        words = ["cell", PLATE, "--gradient", "3000", "500", "--fraction", "0.3", "--angle", "0.5", "--pixels", pixels]
        result = bimetal(*words)
        self.assert_done(result)
        flux = [float(number) for number in re.search("flux +(.*) W", result.stdout)[1].split(",")]
        self.assertLess(flux[0], 0.0)
        cell = np.genfromtxt(pixels, delimiter=",", names=True)
        self.assertAlmostEqual(cell["inclusion"].mean(), 0.3, delta=1e-4)
        self.assertAlmostEqual(cell["gradient_x_K_m"].mean(), 3000.0, delta=0.01)
        self.assertAlmostEqual(cell["gradient_y_K_m"].mean(), 500.0, delta=0.01)
        for refused in (["cell", PLATE, "--gradient", "1", "2", "3"],
                        ["cell", ROOT / "inputs/h2_kernel.yaml", "--gradient", "1", "2"],
                        [*words, "--fraction", "0.9"],
                        ["cell", PLATE, *settings(micro__shape="laminate"), "--gradient", "1", "2", "--angle", "1"]):
            self.assertEqual(bimetal(*refused).returncode, 2, refused)

    def test_input_that_makes_no_sense_is_refused_with_one_sentence(self):
        for words, values in (("grid.cells", {"grid__cells": "[12]"}),
                              ("macro.ends.x_lower.temperature", {"macro__ends__x_lower__temperature": -5}),
                              ("micro.pixels", {"micro__pixels": 4}),
                              ("micro.fraction.amplitude", {"micro__fraction__amplitude": 0.5}),
                              ("micro.matrix.power", {"micro__matrix__power": 5}),
                              ("time.step", {"time": "{end: 100, largest_step: 10}"}),
                              ("switching.scales", {"switching__scales": "{k_alonk: 1}"}),
                              ("physics", {"physics": "two_scale"}),
                              ("grid.boundary.x", {"grid__boundary__x": "wall"})):
            result = bimetal("run", PLATE, "-o", self.place / "refused", *settings(**values))
            self.assertEqual(result.returncode, 2, words)
            self.assertIn(words, result.stderr)
            self.assertFalse((self.place / "refused").exists(), words)

    def test_failures_end_the_job_with_one_sentence(self):
        for fault, words in (("reactor_fails_at", "could not solve 2 of the cell problems"),
                             ("state_nan_at", "no longer that of a solid")):
            result = bimetal("run", PLATE, "-o", self.place / fault, *settings(**SMALL, **{f"faults__{fault}": 1}),
                             ranks=2)
            self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
            self.assertIn(words, result.stderr)


if __name__ == "__main__":
    unittest.main()
