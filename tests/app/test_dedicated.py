"""Training on ranks of its own: it reaches the solvers, and whatever happens to either side, the run ends as it should."""

import tempfile
import time
import unittest
from pathlib import Path

from program import ROOT, ProgramTest, bimetal, history, settings, summary

KERNEL = ROOT / "inputs/h2_kernel.yaml"
CASE = {"grid__cells": "[32, 32]", "time__step": "2e-6", "switching__cost_veto": "false",
        "training__placement": "dedicated"}
STEPS = 60
EAGER = {"switching__policy": "always", "switching__tolerance": 0.05, "surrogate__layers": "[32, 32]",
         "training__updates_per_step": 10}
SOON = 60  # [s] for a run that ends early; a hang takes as long as the harness allows


class Dedicated(ProgramTest):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.folder = Path(directory.name)

    def start(self, ranks=3, out="out", petsc=(), steps=STEPS, **values):
        values = CASE | {"time__end": steps * 2e-6} | values
        return bimetal("run", KERNEL, "-o", self.folder / out, *settings(**values), *petsc, ranks=ranks)

    def run_case(self, **values):
        """What the program said, and its summary."""
        result = self.start(**values)
        self.assert_done(result)
        return result.stdout, summary(self.folder / values.get("out", "out"))

    def assert_complete(self, steps=STEPS, out="out"):
        self.assertEqual(len(history(self.folder / out)), steps)
        self.assertTrue((self.folder / out / f"fields_{steps:06d}.h5").exists())
        self.assertEqual(summary(self.folder / out)["steps"], steps)

    def test_solvers_accept_what_a_trainer_has_learned(self):
        said, found = self.run_case(steps=100, **EAGER)
        print(found["trainers"], found["wall_s"]["total"], found["surrogate"])
        self.assertIn("2 + 1 ranks", said)
        self.assertEqual(found["ranks"], 3)
        self.assertEqual(found["trainers"]["ranks"], 1)
        self.assertGreater(found["trainers"]["candidates"], 0)
        self.assertGreater(found["trainers"]["samples_sent"], 0)
        self.assertIsNone(found["trainers"]["given_up_at"])
        self.assertGreater(found["subproblems"]["accepted"], 0)
        self.assertGreater(found["surrogate"]["samples_trained"], 0)
        self.assertEqual(found["ledger"]["updates"], 0, "solvers take no gradient steps")
        for defect in (found["conservation"]["mass"], found["conservation"]["enthalpy"]):
            self.assertLess(defect, 1e-12)

    def test_a_queue_that_is_full_drops_rows_and_counts_them(self):
        _, found = self.run_case(training__queue_rows=20, steps=20)
        trainers = found["trainers"]
        self.assertGreater(trainers["samples_dropped"], 0)
        self.assertLessEqual(trainers["samples_sent"], 2 * 20 * (20 + 1))

    def test_a_silent_trainer_is_noticed_and_the_run_ends_on_the_last_version(self):
        said, found = self.run_case(faults__trainer_silent_at=0, training__patience=1)
        self.assertIn("the run goes on with physics alone and without further training", said)
        self.assertLess(found["trainers"]["given_up_at"], STEPS)
        self.assertEqual(found["trainers"]["candidates"], 0)
        self.assertEqual(found["subproblems"]["accepted"], 0)
        self.assert_complete()

    def test_a_version_serves_on_after_its_trainer_has_fallen_silent(self):
        _, found = self.run_case(steps=200, faults__trainer_silent_at=10, training__patience=2, **EAGER)
        given_up = found["trainers"]["given_up_at"]
        self.assertIsNotNone(given_up)
        steps = history(self.folder / "out")
        self.assertGreater(sum(step["accepted"] for step in steps[given_up + 1:]), 0)
        self.assertEqual(len({step["version"] for step in steps[given_up:]}), 1)

    def test_a_hung_trainer_does_not_hang_the_job(self):
        start = time.monotonic()
        said, found = self.run_case(faults__trainer_hangs_at=0, training__patience=1)
        self.assertLess(time.monotonic() - start, SOON)
        self.assertIn("ends by force", said)
        self.assertIsNotNone(found["trainers"]["given_up_at"])
        self.assert_complete()

    def test_without_anything_to_learn_all_ranks_solve(self):
        said, found = self.run_case(switching__policy="never", steps=5)
        self.assertIn("3 rank(s)", said)
        self.assertNotIn("trainers", found)

    def test_a_crew_without_solvers_is_refused(self):
        for ranks in (None, 1):
            self.assert_refused(self.start(ranks=ranks), "trainer_ranks (1)", "at least one rank that solves", "mpirun")
        self.assert_refused(self.start(ranks=2, training__trainer_ranks=2), "trainer_ranks (2)")
        self.assert_refused(self.start(training__trainer_ranks=0), "training.trainer_ranks is 0")
        self.assert_refused(self.start(training__patience=0), "training.patience")

    def assert_refused_soon(self, *words, **values):
        start = time.monotonic()
        self.assert_refused(self.start(**values), *words)
        self.assertLess(time.monotonic() - start, SOON)

    def test_what_solvers_refuse_ends_the_trainers_as_well(self):
        self.assert_refused_soon("nowhere.yaml", chemistry__mechanism="nowhere.yaml")
        self.assert_refused_soon("3", grid__cells="[3, 3]", ranks=4)
        (self.folder / "out").mkdir()
        (self.folder / "out/mine").touch()
        self.assert_refused_soon("out")

    def test_a_failure_of_the_solvers_ends_the_trainers_as_well(self):
        start = time.monotonic()
        result = self.start(petsc=("-pressure_ksp_max_it", "1", "-pressure_ksp_rtol", "1e-14"))
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertEqual(result.stderr.count("bimetal: "), 1, result.stderr)
        self.assertLess(time.monotonic() - start, SOON)


if __name__ == "__main__":
    unittest.main()
