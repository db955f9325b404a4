"""Training on ranks of its own: it reaches the solvers, and whatever happens to either side, the run ends as it should."""

import shutil
import tempfile
import unittest
from pathlib import Path

from job import Job, endless
from program import ROOT, ProgramTest, bimetal, history, settings, summary
from runs_compared import last, state

KERNEL = ROOT / "inputs/h2_kernel.yaml"
STEP = 2e-6  # [s]
CASE = {"grid__cells": "[32, 32]", "time__step": STEP, "switching__cost_veto": "false",
        "training__placement": "dedicated", "training__patience": 300}
STEPS = 60
EAGER = {"switching__policy": "always", "switching__tolerance": 0.05, "surrogate__layers": "[32, 32]",
         "training__updates_per_step": 10}
# A checkpoint waits for the state of the trainers, for as long as patience lasts. So a run does not end before the
# silence of its trainers is noticed, however fast it is.
CHECKPOINT = 20
SILENCE = {"training__patience": 1, "output__checkpoint_every": CHECKPOINT}


class DedicatedTest(ProgramTest):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.folder = Path(directory.name)

    def start(self, ranks=3, out="out", more=(), steps=STEPS, **values):
        values = CASE | {"time__end": steps * STEP} | values
        return bimetal("run", KERNEL, "-o", self.folder / out, *settings(**values), *more, ranks=ranks)

    def run_case(self, **values):
        """What the program said, and its summary."""
        result = self.start(**values)
        self.assert_done(result)
        return result.stdout, summary(self.folder / values.get("out", "out"))

    def assert_complete(self, steps=STEPS, out="out"):
        self.assertEqual(len(history(self.folder / out)), steps)
        self.assertTrue((self.folder / out / f"fields_{steps:06d}.h5").exists())
        self.assertEqual(summary(self.folder / out)["steps"], steps)


class Dedicated(DedicatedTest):
    def test_a_queue_that_is_full_drops_rows_and_counts_them(self):
        _, found = self.run_case(training__queue_rows=20, steps=20)
        trainers = found["trainers"]
        self.assertGreater(trainers["samples_dropped"], 0)
        self.assertLessEqual(trainers["samples_sent"], 2 * 20 * (20 + 1))

    def test_a_silent_trainer_is_noticed_and_the_run_ends_on_the_last_version(self):
        said, found = self.run_case(faults__trainer_silent_at=0, **SILENCE)
        self.assertIn("the run goes on with physics alone and without further training", said)
        self.assertLess(found["trainers"]["given_up_at"], STEPS)
        self.assertEqual(found["trainers"]["candidates"], 0)
        self.assertEqual(found["subproblems"]["accepted"], 0)
        self.assert_complete()

    def test_a_hung_trainer_does_not_hang_the_job(self):
        said, found = self.run_case(faults__trainer_hangs_at=0, **SILENCE)
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

    def test_what_solvers_refuse_ends_the_trainers_as_well(self):
        self.assert_refused(self.start(chemistry__mechanism="nowhere.yaml"), "nowhere.yaml")
        self.assert_refused(self.start(grid__cells="[3, 3]", ranks=4), "3")
        (self.folder / "out").mkdir()
        (self.folder / "out/mine").touch()
        self.assert_refused(self.start(), "out")

    def test_a_failure_of_the_solvers_ends_the_trainers_as_well(self):
        result = self.start(more=("-pressure_ksp_max_it", "1", "-pressure_ksp_rtol", "1e-14"))
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertEqual(result.stderr.count("bimetal: "), 1, result.stderr)


class Taught(DedicatedTest):
    """A run goes on until its solvers have accepted an answer of what the trainer has learned, and stops."""

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.taught = Path(directory.name) / "taught"
        with Job(KERNEL, cls.taught, *endless(**CASE, **EAGER), ranks=3) as job:
            job.wait_until(lambda: any(step["accepted"] for step in job.history()), "an accepted answer")
            cls.stopped_at = job.stop()

    def setUp(self):
        super().setUp()
        shutil.copytree(self.taught, self.folder / "out")

    def go_on(self, steps, **values):
        return self.run_case(steps=self.stopped_at + steps, more=("--restart", self.folder / "out"), **EAGER, **values)

    def test_solvers_accept_what_a_trainer_has_learned(self):
        said, found = self.go_on(2)
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

    def test_a_version_serves_on_after_its_trainer_has_fallen_silent(self):
        _, found = self.go_on(2 * CHECKPOINT, faults__trainer_silent_at=0, **SILENCE)
        given_up = found["trainers"]["given_up_at"]
        self.assertIsNotNone(given_up)
        steps = history(self.folder / "out")
        self.assertGreater(len(steps[given_up + 1:]), 0)
        self.assertGreater(sum(step["accepted"] for step in steps[given_up + 1:]), 0)
        self.assertEqual(len({step["version"] for step in steps[given_up:]}), 1)

    def test_trainers_go_on_from_their_state(self):
        learner = "simulation/hybrid/learner"
        before, loss = state(last(self.taught, "checkpoint_*.h5")), history(self.taught)[-1]["loss"]
        self.assertGreater(before[f"{learner}/updates"], 0)
        # Weights, optimiser and the rows they have seen.
        self.assertGreater(before[f"{learner}/trainers/0"].size, 100_000)
        for ranks in (3, 4):  # one of them trains
            out = self.folder / f"on_{ranks}"
            shutil.copytree(self.taught, out)
            with Job(KERNEL, out, *endless(**CASE, **EAGER), "--restart", out, ranks=ranks) as job:
                job.wait_until(lambda: job.history()[-1]["loss"] != loss, "another candidate")
                job.stop()
                self.assertNotIn("trainers silent", job.said)
            after = state(last(out, "checkpoint_*.h5"))
            for name in ("updates", "samples"):
                self.assertGreater(after[f"{learner}/{name}"], before[f"{learner}/{name}"])


if __name__ == "__main__":
    unittest.main()
