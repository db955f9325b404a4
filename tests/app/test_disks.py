"""Disks that fill up, and directories that go away, while a run writes: it ends by one sentence, and what was good before
still is. Needs a small file system of its own, which only root may mount. BIMETAL_PROGRAM names the program;
BIMETAL_LONG: on four ranks as well, and during files of every kind."""

import os
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

import h5py

from job import Job, endless
from program import ROOT, ProgramTest, bimetal, history, settings
from runs_compared import differences_of_runs

KERNEL = ROOT / "inputs/h2_kernel.yaml"
long = unittest.skipUnless(os.environ.get("BIMETAL_LONG"), "one of the long tests")

CASES = {
    "fields": settings(switching__policy="never", output__fields_every=1, output__checkpoint_every=4),
    "checkpoints": settings(switching__policy="never", output__checkpoint_every=1),
    "data set": settings(training__placement="off", surrogate__layers="[8]", output__data="true",
                         output__checkpoint_every=5),
    "models": settings(switching__wrong_fraction=0.4, switching__tolerance=0.05, switching__audit_fraction=0.5,
                       training__updates_per_step=20, output__checkpoint_every=12),
}
SMALL = settings(grid__cells="[28,28]")
STEP = 1e-6  # [s]


def mounted(place, size):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "bimetal_test", place],
                          capture_output=True, check=False).returncode == 0


class FullDisk(ProgramTest):
    def setUp(self):
        self.place = Path(tempfile.mkdtemp(prefix="bimetal_disk_"))
        self.disk = self.place / "disk"
        self.disk.mkdir()
        self.addCleanup(shutil.rmtree, self.place, True)
        if not mounted(self.disk, "1g"):
            self.skipTest("no file system can be mounted here (not root?)")
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], capture_output=True, check=False)

    def resize(self, size):
        subprocess.run(["mount", "-o", f"remount,size={size}", self.disk], check=True, capture_output=True)

    def used(self):
        status = os.statvfs(self.disk)
        return (status.f_blocks - status.f_bfree) * status.f_frsize

    def fill_up(self, name, ranks, free_bytes):
        """A run without an end whose disk has room for its beginning only."""
        with Job(KERNEL, self.disk / "run", *SMALL, *CASES[name], *endless(), ranks=ranks) as job:
            job.wait_until(lambda: self.held(job), "it could be held between two files")
            self.resize(self.used() + free_bytes)
            job.send(signal.SIGCONT)
            self.assertEqual(job.end(), 1, job.said)
            print(f"\n{name}, {ranks} ranks, {free_bytes} bytes left: ended after step {len(job.history())}: "
                  f"{job.sentences}")
            self.assertEqual(len(job.sentences), 1, job.said)
            for word in ("Segmentation", "terminate called", "HDF5-DIAG", "rank 0:"):
                self.assertNotIn(word, job.said)

    def held(self, job):
        """Whether the ranks stand still, with a checkpoint and with no file half written: a run that goes on writing
        fills the disk while it is measured, and room that goes in the middle of a file may be missed by one rank
        alone."""
        if not self.no_third_checkpoint():
            return False
        job.hold()
        if self.no_third_checkpoint():
            return True
        job.send(signal.SIGCONT)
        return False

    def no_third_checkpoint(self):
        """Two are kept: once a third has room, complete or begun, so has every other."""
        names = [path.name for path in (self.disk / "run").glob("*")]
        n_checkpoints = sum(name.startswith("checkpoint_") for name in names)
        return 1 <= n_checkpoints <= 2 and not any(name.endswith(".part") for name in names)

    def go_on(self, name, ranks):
        """With room again, the run goes on and ends as one that always had it."""
        for path in (self.disk / "run").glob("fields_*.h5"):
            with h5py.File(path) as file:
                self.assertIn("T", file["fields"])
        self.resize("1g")
        steps = len(history(self.disk / "run")) + 4
        case = [*SMALL, *CASES[name], *settings(time__end=steps * STEP)]
        result = bimetal("run", KERNEL, "-o", self.disk / "run", *case, "--restart", self.disk / "run", ranks=ranks)
        self.assert_done(result)
        self.assertNotIn("is not used", result.stdout)
        whole = bimetal("run", KERNEL, "-o", self.disk / "whole", *case, ranks=ranks)
        self.assert_done(whole)
        self.assertEqual(differences_of_runs(self.disk / "whole", self.disk / "run"), [])

    def fill_up_and_go_on(self, name, free_bytes, ranks=2):
        self.fill_up(name, ranks, free_bytes)
        self.go_on(name, ranks)

    def test_during_fields(self):
        self.fill_up_and_go_on("fields", 300_000)

    @long
    def test_during_fields_on_four_ranks(self):
        self.fill_up("fields", 4, 200_000)

    def test_during_checkpoints(self):
        # As many sizes, as many places to run out of room in: headers, tables, the seal.
        self.fill_up_and_go_on("checkpoints", 150_000)

    @long
    def test_during_checkpoints_on_four_ranks(self):
        self.fill_up("checkpoints", 4, 20_000)

    @long
    def test_during_the_data_set(self):
        self.fill_up_and_go_on("data set", 40_000)

    @long
    def test_during_models(self):
        self.fill_up_and_go_on("models", 60_000)

    def test_no_room_at_all(self):
        self.fill_up("checkpoints", 2, 0)


class DirectoryThatGoesAway(ProgramTest):
    def test_in_mid_run(self):
        with tempfile.TemporaryDirectory(prefix="bimetal_disk_") as place:
            run, away = Path(place) / "run", Path(place) / "away"
            case = [*SMALL, *CASES["fields"]]
            with Job(KERNEL, run, *case, *endless()) as job:
                job.wait_until(lambda: list(run.glob("checkpoint_*.h5")), "its first checkpoint")
                run.rename(away)
                self.assertEqual(job.end(), 1, job.said)
                self.assertEqual(len(job.sentences), 1, job.said)
            steps = len(history(away))
            self.assertGreater(steps, 0)
            more = settings(time__end=(steps + 4) * STEP)
            self.assert_done(bimetal("run", KERNEL, "-o", away, *case, *more, "--restart", away, ranks=2))

    def test_that_cannot_be_written(self):
        if os.geteuid() == 0:
            self.skipTest("root may write everywhere")
        with tempfile.TemporaryDirectory(prefix="bimetal_disk_") as place:
            Path(place).chmod(0o500)
            self.assert_refused(bimetal("run", KERNEL, "-o", Path(place) / "run", *SMALL), "cannot be created")


if __name__ == "__main__":
    unittest.main()
