"""Disks that fill up, and directories that go away, while a run writes: it ends by one sentence, and what was good before
still is. Needs a small file system of its own, which only root may mount. BIMETAL_PROGRAM names the program."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import h5py

from program import ENVIRONMENT, MPIRUN, PROGRAM, ROOT, ProgramTest, bimetal, children_of, history, settings
from runs_compared import differences_of_runs

KERNEL = ROOT / "inputs/h2_kernel.yaml"
TIME_LIMIT = 60  # [s] for a run to notice; it takes a few

CASES = {
    "fields": settings(switching__policy="never", output__fields_every=1, output__checkpoint_every=4),
    "checkpoints": settings(switching__policy="never", output__checkpoint_every=1),
    "data set": settings(training__placement="off", surrogate__layers="[8]", output__data="true",
                         output__checkpoint_every=5),
    "models": settings(switching__wrong_fraction=0.4, switching__tolerance=0.05, switching__audit_fraction=0.5,
                       training__updates_per_step=20, output__checkpoint_every=12),
}
SMALL = settings(grid__cells="[28,28]", time__end="30e-6")


def mounted(place, size):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "bimetal_test", place],
                          capture_output=True, check=False).returncode == 0


class FullDisk(ProgramTest):
    def setUp(self):
        self.place = Path(tempfile.mkdtemp(prefix="bimetal_disk_"))
        self.disk = self.place / "disk"
        self.disk.mkdir()
        self.addCleanup(shutil.rmtree, self.place, True)
        if not mounted(self.disk, "64m"):
            self.skipTest("no file system can be mounted here (not root?)")
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], capture_output=True, check=False)

    def resize(self, size):
        subprocess.run(["mount", "-o", f"remount,size={size}", self.disk], check=True, capture_output=True)

    def used(self):
        status = os.statvfs(self.disk)
        return (status.f_blocks - status.f_bfree) * status.f_frsize

    def fill_up(self, name, ranks, free_bytes):
        """A run whose disk has room for its beginning only. What it said."""
        case = [*SMALL, *CASES[name]]
        command = [*MPIRUN, ranks, PROGRAM, "run", KERNEL, "-o", self.disk / "run", *case]
        with subprocess.Popen([str(word) for word in command], env=ENVIRONMENT, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as process:
            self.pause(process)
            self.resize(self.used() + free_bytes)
            self.send(process, signal.SIGCONT)
            begin = time.monotonic()
            _, errors = process.communicate(timeout=TIME_LIMIT)
            seconds = time.monotonic() - begin
        print(f"\n{name}, {ranks} ranks, {free_bytes} bytes left: ended after {seconds:.1f} s: "
              f"{[line for line in errors.splitlines() if line.startswith('bimetal: ')]}")
        self.assertEqual(process.returncode, 1, errors)
        sentences = [line for line in errors.splitlines() if line.startswith("bimetal: ")]
        self.assertEqual(len(sentences), 1, errors)
        for word in ("Segmentation", "terminate called", "HDF5-DIAG", "rank 0:"):
            self.assertNotIn(word, errors)
        return case

    def pause(self, process):
        """Holds the ranks once there is a checkpoint: a run that goes on writing fills the disk while it is measured,
        and then it cannot be made so small."""
        deadline = time.monotonic() + TIME_LIMIT
        while True:
            self.assertIsNone(process.poll(), "ended before its first checkpoint")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
            if not self.no_third_checkpoint():
                continue
            self.send(process, signal.SIGSTOP)
            if self.no_third_checkpoint():
                return
            self.send(process, signal.SIGCONT)

    def no_third_checkpoint(self):
        """Two are kept: once a third has room, complete or begun, so has every other."""
        names = [path.name for path in (self.disk / "run").glob("*")]
        n_checkpoints = sum(name.startswith("checkpoint_") for name in names)
        # Nor may a file be half written: room that goes in the middle of that may be missed by one rank alone.
        return 1 <= n_checkpoints <= 2 and not any(name.endswith(".part") for name in names)

    def send(self, process, number):
        for rank in children_of(process.pid):
            os.kill(rank, number)

    def go_on(self, case, ranks):
        """With room again, the run goes on and ends as one that always had it."""
        for path in (self.disk / "run").glob("fields_*.h5"):
            with h5py.File(path) as file:
                self.assertIn("T", file["fields"])
        self.resize("64m")
        result = bimetal("run", KERNEL, "-o", self.disk / "run", *case, "--restart", self.disk / "run", ranks=ranks)
        self.assert_done(result)
        self.assertNotIn("is not used", result.stdout)
        whole = bimetal("run", KERNEL, "-o", self.disk / "whole", *case, ranks=ranks)
        self.assert_done(whole)
        self.assertEqual(differences_of_runs(self.disk / "whole", self.disk / "run"), [])

    def test_during_fields(self):
        self.go_on(self.fill_up("fields", 2, 300_000), 2)

    def test_during_fields_on_four_ranks(self):
        self.fill_up("fields", 4, 200_000)

    def test_during_checkpoints(self):
        # As many sizes, as many places to run out of room in: headers, tables, the seal.
        self.go_on(self.fill_up("checkpoints", 2, 150_000), 2)

    def test_during_checkpoints_on_four_ranks(self):
        self.fill_up("checkpoints", 4, 20_000)

    def test_during_the_data_set(self):
        self.go_on(self.fill_up("data set", 2, 40_000), 2)

    def test_during_models(self):
        self.go_on(self.fill_up("models", 2, 60_000), 2)

    def test_no_room_at_all(self):
        self.fill_up("checkpoints", 2, 0)


class DirectoryThatGoesAway(ProgramTest):
    def test_in_mid_run(self):
        with tempfile.TemporaryDirectory(prefix="bimetal_disk_") as place:
            run, away = Path(place) / "run", Path(place) / "away"
            case = [*SMALL, *CASES["fields"], *settings(time__end="300e-6")]
            command = [*MPIRUN, 2, PROGRAM, "run", KERNEL, "-o", run, *case]
            with subprocess.Popen([str(word) for word in command], env=ENVIRONMENT, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True) as process:
                while not list(run.glob("checkpoint_*.h5")) and process.poll() is None:
                    time.sleep(0.01)
                run.rename(away)
                _, errors = process.communicate(timeout=TIME_LIMIT)
            self.assertEqual(process.returncode, 1, errors)
            sentences = [line for line in errors.splitlines() if line.startswith("bimetal: ")]
            self.assertEqual(len(sentences), 1, errors)
            self.assertTrue(history(away))
            result = bimetal("run", KERNEL, "-o", away, *case, *settings(time__end="20e-6"), "--restart", away, ranks=2)
            self.assert_done(result)

    def test_that_cannot_be_written(self):
        if os.geteuid() == 0:
            self.skipTest("root may write everywhere")
        with tempfile.TemporaryDirectory(prefix="bimetal_disk_") as place:
            Path(place).chmod(0o500)
            self.assert_refused(bimetal("run", KERNEL, "-o", Path(place) / "run", *SMALL), "cannot be created")


if __name__ == "__main__":
    unittest.main()
