"""A failure is the same on every rank, or it ends the job; nobody ever waits for a rank that is gone."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from program import ENVIRONMENT, MPIRUN, PROGRAM, ROOT, ProgramTest, execute, settings

FAILING_RANK = os.environ["BIMETAL_FAILING_RANK"]
KERNEL = ROOT / "inputs/h2_kernel.yaml"
CASE = {"grid__cells": "[32, 32]", "time__step": "2e-6", "time__end": "4e-3", "switching__policy": "never"}
TRAINERS = {"switching__policy": "certified", "switching__cost_veto": "false", "training__placement": "dedicated",
            "surrogate__layers": "[32, 32]"}
FAILS_AT = 5
SOON = 30  # [s]; it takes a few seconds on a machine that is not busy


class FailingRank(ProgramTest):
    def provoke(self, how, ranks=2):
        start = time.monotonic()
        result = execute([*MPIRUN, ranks, FAILING_RANK, how], timeout=60)
        self.assertLess(time.monotonic() - start, 20, "it must end soon by itself")
        return result

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


class Job:
    """A run under mpirun that something is about to happen to."""

    def __init__(self, folder, ranks, **values):
        self.out = folder / "out"
        self.said = (folder / "said.txt").open("w+", encoding="utf-8")
        command = [*MPIRUN, ranks, PROGRAM, "run", KERNEL, "-o", self.out, *settings(**(CASE | values))]
        self.process = subprocess.Popen([str(word) for word in command], stdout=self.said, stderr=subprocess.STDOUT,
                                        env=ENVIRONMENT)

    def steps(self):
        with contextlib.suppress(OSError):
            return max(0, len((self.out / "history.csv").read_text(encoding="utf-8").splitlines()) - 1)
        return 0

    def wait_for_step(self, step):
        end = time.monotonic() + 60
        while self.steps() < step and self.process.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
        if self.steps() < step:
            self.stop()
            raise AssertionError(f"it has not come to step {step}: {self.text()}")

    def process_of(self, rank):
        """The process id of a rank on this machine: a child of mpirun that knows its number."""
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                parent = int((entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
                environment = (entry / "environ").read_bytes().split(b"\0")
                if parent == self.process.pid and f"OMPI_COMM_WORLD_RANK={rank}".encode() in environment:
                    return int(entry.name)
        raise AssertionError(f"rank {rank} cannot be found")

    def seconds_to_end(self):
        """From now on; a job that hangs is killed."""
        begin = time.monotonic()
        try:
            self.process.wait(timeout=2 * SOON)
        except subprocess.TimeoutExpired:
            self.stop()
        return time.monotonic() - begin

    def stop(self):
        self.process.kill()
        self.process.wait()

    def text(self):
        self.said.seek(0)
        return self.said.read()


class LostRank(ProgramTest):
    @contextlib.contextmanager
    def job(self, ranks, **values):
        with tempfile.TemporaryDirectory() as folder:
            job = Job(Path(folder), ranks, **values)
            try:
                yield job
            finally:
                if job.process.poll() is None:
                    job.stop()
                job.said.close()

    def assert_ends_soon(self, job, what, *words, exit_code=None):
        seconds = job.seconds_to_end()
        text = job.text()
        print(f"{what}: it ended after {seconds:.1f} s, exit code {job.process.returncode}")
        self.assertLess(seconds, SOON, text)
        self.assertNotEqual(job.process.returncode, 0, text)
        if exit_code is not None:
            self.assertEqual(job.process.returncode, exit_code, text)
        for word in words:
            self.assertIn(word, text)
        return text

    def test_exception_in_the_middle_of_a_step_ends_the_job(self):
        for fault, words in (("rank_throws_at", "this rank meets a bug"),
                             ("rank_fails_at", f"step {FAILS_AT}: this rank fails")):
            for ranks in (2, 4):
                with self.job(ranks, **{f"faults__{fault}": FAILS_AT}) as job:
                    job.wait_for_step(FAILS_AT)
                    self.assert_ends_soon(job, f"{fault}, {ranks} ranks", f"bimetal: rank {ranks - 1}: {words}")

    def test_killed_rank_ends_the_job(self):
        for ranks in (2, 4):
            for rank in (0, ranks - 1):
                with self.job(ranks) as job:
                    job.wait_for_step(FAILS_AT)
                    os.kill(job.process_of(rank), signal.SIGKILL)
                    self.assert_ends_soon(job, f"rank {rank} of {ranks} killed", "signal 9")

    def test_output_directory_that_vanishes_ends_the_run_by_one_sentence(self):
        for ranks in (2, 4):
            with self.job(ranks, output__fields_every=2) as job:
                job.wait_for_step(FAILS_AT)
                job.out.rename(job.out.with_name("elsewhere"))
                text = self.assert_ends_soon(job, f"no directory, {ranks} ranks", str(job.out), exit_code=1)
                self.assertEqual(text.count("bimetal: "), 1, text)

    def test_trainer_that_throws_ends_the_job(self):
        with self.job(3, faults__trainer_throws_at=1, **TRAINERS) as job:
            job.wait_for_step(1)
            self.assert_ends_soon(job, "trainer throws", "bimetal: rank 2: this trainer fails")

    def test_killed_trainer_ends_the_job(self):
        with self.job(3, **TRAINERS) as job:
            job.wait_for_step(FAILS_AT)
            os.kill(job.process_of(2), signal.SIGKILL)
            self.assert_ends_soon(job, "trainer killed", "signal 9")

    def test_exception_on_a_rank_that_solves_ends_the_trainers_as_well(self):
        for fault in ("rank_throws_at", "rank_fails_at"):
            with self.job(3, **{f"faults__{fault}": FAILS_AT}, **TRAINERS) as job:
                job.wait_for_step(FAILS_AT)
                self.assert_ends_soon(job, f"{fault}, with a trainer", "bimetal: rank 1:")


if __name__ == "__main__":
    unittest.main()
