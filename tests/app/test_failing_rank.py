"""A failure is the same on every rank, or it ends the job; nobody ever waits for a rank that is gone."""

import os
import signal
import tempfile
import unittest
from pathlib import Path

from job import Job, endless
from program import MPIRUN, ROOT, ProgramTest, execute

FAILING_RANK = os.environ["BIMETAL_FAILING_RANK"]
LONG = os.environ.get("BIMETAL_LONG") == "1"
KERNEL = ROOT / "inputs/h2_kernel.yaml"
CASE = {"grid__cells": "[32, 32]", "time__step": "2e-6", "switching__policy": "never"}
TRAINERS = {"switching__policy": "certified", "switching__cost_veto": "false", "training__placement": "dedicated",
            "training__patience": 300, "surrogate__layers": "[32, 32]"}
FAILS_AT = 5


class FailingRank(ProgramTest):
    def provoke(self, how, ranks=2):
        return execute([*MPIRUN, ranks, FAILING_RANK, how])

    def test_no_failure_is_exit_code_zero(self):
        self.assert_done(self.provoke("not"))

    def test_user_error_on_all_ranks_is_one_sentence(self):
        self.assert_refused(self.provoke("user_error_on_all", 4), "all ranks agree")
        self.assert_refused(self.provoke("agreed", 4), "the last rank objects")

    def test_runtime_failure_on_all_ranks_is_exit_code_one(self):
        result = self.provoke("failure_on_all")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr.count("all ranks failed"), 1)

    def test_error_on_one_rank_ends_the_job_and_names_the_rank(self):
        result = self.provoke("user_error_on_one")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("rank 1: only one rank objects", result.stderr)

    def test_bug_on_one_rank_ends_the_job_and_names_the_rank(self):
        result = self.provoke("bug_on_one", 4)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("rank 3: a bug on one rank", result.stderr)


class LostRank(ProgramTest):
    """Of a run that would go on for ever: that it ends at all is what a job without a hang does."""

    def job(self, ranks, **values):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        job = Job(KERNEL, Path(folder.name) / "out", *endless(**CASE | values), ranks=ranks)
        self.addCleanup(job.__exit__)
        return job

    def assert_ends(self, job, what, *words, exit_code=None):
        code = job.end()
        print(f"{what}: it ended with exit code {code}")
        self.assertNotEqual(code, 0, job.said)
        if exit_code is not None:
            self.assertEqual(code, exit_code, job.said)
        for word in words:
            self.assertIn(word, job.said)

    def test_exception_in_the_middle_of_a_step_ends_the_job(self):
        cases = (("rank_throws_at", "this rank meets a bug", 4),
                 ("rank_fails_at", f"step {FAILS_AT}: this rank fails", 2),
                 ("rank_throws_at", "this rank meets a bug", 2),
                 ("rank_fails_at", f"step {FAILS_AT}: this rank fails", 4))
        for fault, words, ranks in cases if LONG else cases[:2]:
            job = self.job(ranks, **{f"faults__{fault}": FAILS_AT})
            self.assert_ends(job, f"{fault}, {ranks} ranks", f"bimetal: rank {ranks - 1}: {words}")
            self.assertGreaterEqual(len(job.history()), FAILS_AT)

    def test_killed_rank_ends_the_job(self):
        cases = ((4, 3), (2, 0), (4, 0), (2, 1))
        for ranks, rank in cases if LONG else cases[:2]:
            job = self.job(ranks)
            job.wait_for_step(FAILS_AT)
            self.kill(job, rank)
            self.assert_ends(job, f"rank {rank} of {ranks} killed", "signal 9")

    def kill(self, job, rank):
        victim, = (pid for pid, number in job.ranks().items() if number == rank)
        os.kill(victim, signal.SIGKILL)

    def test_output_directory_that_vanishes_ends_the_run_by_one_sentence(self):
        for ranks in (2, 4) if LONG else (4,):
            job = self.job(ranks, output__fields_every=2)
            job.wait_for_step(FAILS_AT)
            job.out.rename(job.out.with_name("elsewhere"))
            self.assert_ends(job, f"no directory, {ranks} ranks", str(job.out), exit_code=1)
            self.assertEqual(job.said.count("bimetal: "), 1, job.said)

    def test_trainer_that_throws_ends_the_job(self):
        job = self.job(3, faults__trainer_throws_at=1, **TRAINERS)
        job.wait_for_step(1)
        self.assert_ends(job, "trainer throws", "bimetal: rank 2: this trainer fails")

    def test_killed_trainer_ends_the_job(self):
        job = self.job(3, **TRAINERS)
        job.wait_for_step(FAILS_AT)
        self.kill(job, 2)
        self.assert_ends(job, "trainer killed", "signal 9")

    def test_exception_on_a_rank_that_solves_ends_the_trainers_as_well(self):
        for fault in ("rank_throws_at", "rank_fails_at"):
            job = self.job(3, **{f"faults__{fault}": FAILS_AT}, **TRAINERS)
            self.assert_ends(job, f"{fault}, with a trainer", "bimetal: rank 1:")
            self.assertGreaterEqual(len(job.history()), FAILS_AT)


if __name__ == "__main__":
    unittest.main()
