"""A run that stops and goes on is the run that did not stop: to the bit on as many ranks, like a run on other ranks on
others. BIMETAL_PROGRAM names the program."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import numpy as np

from program import ENVIRONMENT, MPIRUN, PROGRAM, ROOT, ProgramTest, bimetal, children_of, history, settings, summary
from runs_compared import differences_of_runs, largest_difference, last, state

KERNEL = ROOT / "inputs/h2_kernel.yaml"
FLAME = ROOT / "inputs/flame_1d_h2.yaml"
CLOSED_BOX = ROOT / "inputs/reacting_taylor_green_2d.yaml"
DRIFT = ROOT / "inputs/drift_mixture.yaml"

# Accepts, audits, is trained and promoted within 30 steps: all that a restart could lose.
LEARNS = settings(grid__cells="[28,28]", time__end="36e-6", switching__wrong_fraction=0.4, switching__tolerance=0.05,
                  switching__audit_fraction=0.5, training__updates_per_step=20, output__fields_every=12, output__checkpoint_every=12,
                  output__data="true")
PHYSICS = settings(grid__cells="[24,24]", time__end="16e-6", switching__policy="never", output__checkpoint_every=8)


class RestartTest(ProgramTest):
    def setUp(self):
        self.place = Path(tempfile.mkdtemp(prefix="bimetal_restart_"))
        self.addCleanup(shutil.rmtree, self.place, True)

    def run_to_end(self, name, case, options, ranks=2, restart=None):
        more = ["--restart", self.place / restart] if restart else []
        result = bimetal("run", case, "-o", self.place / name, *options, *more, ranks=ranks)
        self.assert_done(result)
        return self.place / name

    def stop_by(self, number, name, case, options, ranks=2, after_step=3, restart=None):
        """Sends a signal once the run has come so far, to mpirun, which passes it on, or, if that would kill the job, to
        the ranks, as srun does; gives the exit code."""
        more = ["--restart", self.place / restart] if restart else []
        command = [*MPIRUN, ranks, PROGRAM, "run", case, "-o", self.place / name, *options, *more]
        with subprocess.Popen([str(word) for word in command], env=ENVIRONMENT, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True) as process:
            wait_for_step(self.place / name, after_step, process)
            for each in children_of(process.pid) if number == signal.SIGTERM else [process.pid]:
                os.kill(each, number)
            output, _ = process.communicate(timeout=200)
        self.stopped_output = output
        return process.returncode

    def assert_same_runs(self, these, those):
        self.assertEqual(differences_of_runs(these, those), [])


def wait_for_step(directory, step, process, seconds=120):
    """Until history.csv has a line of this step."""
    deadline = time.monotonic() + seconds
    path = Path(directory) / "history.csv"
    while time.monotonic() < deadline and process.poll() is None:
        if path.exists() and len(path.read_text(encoding="utf-8").splitlines()) > step:
            return
        time.sleep(0.01)


class SameRanks(RestartTest):
    def test_training_and_decisions_go_on_to_the_bit_after_a_signal(self):
        whole = self.run_to_end("whole", KERNEL, LEARNS)
        self.assertGreater(summary(whole)["subproblems"]["accepted"], 0)
        self.assertGreater(summary(whole)["subproblems"]["audited"], 0)
        code = self.stop_by(signal.SIGUSR1, "parts", KERNEL, LEARNS, after_step=16)
        self.assertEqual(code, 3, self.stopped_output)
        self.assertIn("stopped by SIGUSR1", self.stopped_output)
        steps = len(history(self.place / "parts"))
        self.assertLess(steps, 36)
        self.assertTrue((self.place / f"parts/checkpoint_{steps:06d}.h5").exists())  # nothing is lost at all
        code = self.stop_by(signal.SIGUSR2, "parts", KERNEL, LEARNS, after_step=steps + 4, restart="parts")
        self.assertEqual(code, 3, self.stopped_output)
        parts = self.run_to_end("parts", KERNEL, LEARNS, restart="parts")
        self.assert_same_runs(whole, parts)
        self.assertEqual(summary(whole)["certificate"], summary(parts)["certificate"])
        self.assertEqual(summary(whole)["subproblems"], summary(parts)["subproblems"])

    def test_sigterm_loses_nothing(self):
        options = [*PHYSICS, *settings(time__end="40e-6", output__checkpoint_every=100)]
        whole = self.run_to_end("whole", KERNEL, options)
        code = self.stop_by(signal.SIGTERM, "parts", KERNEL, options, after_step=5)
        self.assertEqual(code, 3, self.stopped_output)
        self.assertIn("stopped by SIGTERM", self.stopped_output)
        steps = len(history(self.place / "parts"))
        self.assertTrue((self.place / f"parts/checkpoint_{steps:06d}.h5").exists())
        self.assert_same_runs(whole, self.run_to_end("parts", KERNEL, options, restart="parts"))

    def cut_at_wall_limit(self, case, options, ranks):
        """The same run in one part, and in as many as a wall limit of one step cuts it into."""
        whole = self.run_to_end("whole", case, options, ranks=ranks)
        for part in range(100):
            more = ["--restart", self.place / "parts"] if part > 0 else []
            result = bimetal("run", case, "-o", self.place / "parts", *options, *more,
                             *settings(time__wall_limit=1e-3), ranks=ranks)
            if result.returncode == 0:
                break
            self.assertEqual(result.returncode, 3, result.stdout + result.stderr)
            self.assertIn("time.wall_limit", result.stdout)
        self.assertEqual(part, len(history(whole)) - 1)  # one step each
        self.assert_same_runs(whole, self.place / "parts")

    def test_a_flame_between_inflow_and_outflow(self):
        self.cut_at_wall_limit(FLAME, settings(grid__cells="[60]", time__end="5e-6", output__observables_every=1,
                                               output__checkpoint_every=100), 1)

    def test_a_closed_box_whose_pressure_rises(self):
        self.cut_at_wall_limit(CLOSED_BOX, settings(grid__cells="[16,16]", time__end="5e-6",
                                                    output__observables_every=2, output__checkpoint_every=100), 2)

    def test_a_prescribed_flow_with_steps_that_are_chosen(self):
        chosen = settings(grid__cells="[16,16]", time="{end: 4e-6, largest_step: 1e-6}", switching__policy="never",
                          flow__model="prescribed", output__checkpoint_every=100)
        self.cut_at_wall_limit(KERNEL, chosen, 2)

    def test_a_warm_start(self):
        self.run_to_end("taught", KERNEL, LEARNS)
        model = last(self.place / "taught", "surrogate_v*.pt")
        self.cut_at_wall_limit(KERNEL, [*LEARNS, *settings(time__end="4e-6", surrogate__model=model)], 2)

    def test_a_finished_run_can_be_prolonged(self):
        whole = self.run_to_end("whole", KERNEL, [*LEARNS, *settings(output__checkpoint_every=36)])
        short = [*LEARNS, *settings(output__checkpoint_every=36, time__end="18e-6")]
        self.run_to_end("parts", KERNEL, short)
        again = self.run_to_end("parts", KERNEL, short, restart="parts")  # nothing left to do
        self.assertEqual(len(history(again)), 18)
        parts = self.run_to_end("parts", KERNEL, [*LEARNS, *settings(output__checkpoint_every=36)], restart="parts")
        difference = differences_of_runs(whole, parts)
        self.assertTrue(set(difference) <= {"names of fields", "fields.xdmf", "observables.csv",
                                            "state: output/fields/steps", "state: output/fields/times"}, difference)

    def test_another_directory_takes_up_the_run_and_leaves_the_first_alone(self):
        whole = self.run_to_end("whole", KERNEL, PHYSICS)
        before = sorted(path.name for path in whole.iterdir())
        checkpoint = whole / "checkpoint_000008.h5"
        result = bimetal("run", KERNEL, "-o", self.place / "branch", *PHYSICS, "--restart", checkpoint, ranks=2)
        self.assert_done(result)
        self.assertEqual(sorted(path.name for path in whole.iterdir()), before)
        self.assertEqual([line["step"] for line in history(self.place / "branch")], list(range(9, 17)))
        self.assertEqual(largest_difference(last(whole, "fields_*.h5"), last(self.place / "branch", "fields_*.h5")), 0)


class OtherRanks(RestartTest):
    def test_fields_agree_as_they_do_between_runs_on_other_ranks(self):
        exact = ["-pressure_ksp_rtol", "1e-12"]
        self.run_to_end("two", KERNEL, [*PHYSICS, *exact])
        for ranks in (1, 4):
            directory = self.place / f"on_{ranks}"
            result = bimetal("run", KERNEL, "-o", directory, *PHYSICS, "--restart",
                             self.place / "two/checkpoint_000008.h5", *exact, ranks=ranks)
            self.assert_done(result)
            difference = largest_difference(last(directory, "fields_*.h5"), last(self.place / "two", "fields_*.h5"))
            print(f"\n2 -> {ranks} ranks: fields differ by {difference:.1e} of their ranges")
            self.assertLess(difference, 1e-9)

    def test_the_state_of_the_controller_and_all_rows_are_taken_along(self):
        self.run_to_end("two", KERNEL, [*LEARNS, *settings(time__end="24e-6")])
        before = state(self.place / "two/checkpoint_000024.h5")
        for ranks in (1, 3):
            directory = self.place / f"on_{ranks}"
            result = bimetal("run", KERNEL, "-o", directory, *LEARNS, *settings(time__end="24e-6"), "--restart",
                             self.place / "two/checkpoint_000024.h5", ranks=ranks)
            self.assert_done(result)  # no step is left, but a summary
            self.assertEqual(summary(directory)["certificate"], summary(self.place / "two")["certificate"])
            # One step more, so that it writes a checkpoint.
            result = bimetal("run", KERNEL, "-o", self.place / f"more_{ranks}", *LEARNS, *settings(time__end="25e-6"),
                             "--restart", self.place / "two/checkpoint_000024.h5", ranks=ranks)
            self.assert_done(result)
            after = state(self.place / f"more_{ranks}/checkpoint_000025.h5")
            replay = "simulation/hybrid/surrogate/replay/key"
            self.assertTrue(set(before[replay].ravel()) <= set(after[replay].ravel()))
            for name in ("simulation/hybrid/surrogate/serving/weights", "simulation/hybrid/surrogate/n_versions"):
                np.testing.assert_array_equal(before[name], after[name])


class DedicatedTrainers(RestartTest):
    def test_go_on_from_their_state(self):
        options = [*LEARNS, *settings(training__placement="dedicated", output__checkpoint_every=10)]
        self.run_to_end("run", KERNEL, [*options, *settings(time__end="30e-6")], ranks=3)
        before = summary(self.place / "run")
        self.assertGreater(before["surrogate"]["updates"], 0)
        trainers = state(self.place / "run/checkpoint_000030.h5")["simulation/hybrid/learner/trainers/0"]
        self.assertGreater(trainers.size, 100_000)  # weights, optimiser and the rows they have seen
        for ranks in (3, 4):  # one of them trains
            shutil.copytree(self.place / "run", self.place / f"on_{ranks}")
            self.run_to_end(f"on_{ranks}", KERNEL, [*options, *settings(time__end="60e-6")], ranks=ranks,
                            restart=f"on_{ranks}")
            after = summary(self.place / f"on_{ranks}")
            self.assertGreater(after["surrogate"]["updates"], before["surrogate"]["updates"])
            self.assertGreater(after["surrogate"]["samples_trained"], before["surrogate"]["samples_trained"])
            self.assertIsNone(after["trainers"]["given_up_at"])


class WhatIsRefused(RestartTest):
    def setUp(self):
        super().setUp()
        self.run_to_end("run", KERNEL, PHYSICS)

    def restart(self, *more, what="run", options=PHYSICS, output="run", case=KERNEL):
        return bimetal("run", case, "-o", self.place / output, *options, "--restart", self.place / what, *more)

    def lengthened(self):
        return [*PHYSICS, *settings(time__end="20e-6")]

    def test_a_damaged_newest_checkpoint_is_passed_over(self):
        newest = self.place / "run/checkpoint_000016.h5"
        sound = newest.read_bytes()
        middle = len(sound) // 2
        damaged = {
            "cut off": sound[:middle],
            "a byte flipped": sound[:middle] + bytes([sound[middle] ^ 1]) + sound[middle + 1:],
            "a byte of the seal flipped": sound[:70] + bytes([sound[70] ^ 1]) + sound[71:],
            "empty": b"",
            "longer": sound + b"\n",
        }
        for name, content in damaged.items():
            with self.subTest(name):
                shutil.copytree(self.place / "run", self.place / name)
                (self.place / name / newest.name).write_bytes(content)
                result = self.restart(what=name, output=name)
                self.assert_done(result)
                self.assertIn("checkpoint_000016.h5 is not used", result.stdout)
                self.assertIn("goes on from", result.stdout)
                self.assertIn("after step 8", result.stdout)
                self.assertEqual(largest_difference(last(self.place / "run", "fields_*.h5"),
                                                    last(self.place / name, "fields_*.h5")) < 1e-6, True)
        (self.place / "run/checkpoint_000008.h5").write_bytes(b"nothing")
        newest.write_bytes(sound[:-1])
        self.assert_refused(self.restart(), "none of its checkpoints can be used", "checksum")
        self.assert_refused(self.restart(what="run/checkpoint_000016.h5"), "checksum")

    def test_another_problem(self):
        for option, key in ((settings(grid__cells="[20,20]"), "grid.cells"), (settings(seed=2), "seed"),
                            (settings(time__step="2e-6"), "time.step"),
                            (settings(chemistry__pressure=2e5), "chemistry.pressure")):
            self.assert_refused(self.restart(*option), key, "may change")
        before = sorted(path.name for path in (self.place / "run").iterdir())
        self.assertIn("summary.json", before)  # a refusal leaves everything as it was

    def test_another_mechanism_at_the_same_place(self):
        text = (ROOT / "inputs/mechanisms/h2_burke2012.yaml").read_text(encoding="utf-8")
        changed = self.place / "h2.yaml"
        changed.write_text(text.replace("A: 1.04e+14", "A: 1.05e+14", 1), encoding="utf-8")
        self.assertNotEqual(changed.read_text(encoding="utf-8"), text)
        self.assert_refused(self.restart(*settings(chemistry__mechanism=changed)), "mechanism")
        self.assertTrue((self.place / "run/summary.json").exists())

    def test_nothing_to_go_on_from(self):
        self.assert_refused(self.restart(what="absent"), "no such directory")
        (self.place / "empty").mkdir()
        self.assert_refused(self.restart(what="empty"), "no checkpoint")
        self.assert_refused(self.restart(what="run/history.csv"), "no checkpoint of bimetal")

    def test_going_back_asks_for_overwrite(self):
        self.assert_refused(self.restart(what="run/checkpoint_000008.h5"), "newer", "--overwrite")
        result = self.restart("--overwrite", *settings(time__end="9e-6"), what="run/checkpoint_000008.h5")
        self.assert_done(result)
        self.assertEqual(len(history(self.place / "run")), 9)
        self.assertFalse((self.place / "run/checkpoint_000016.h5").exists())

    def test_a_run_killed_before_its_first_checkpoint_begins_anew(self):
        result = bimetal("run", KERNEL, "-o", self.place / "new", *PHYSICS, "--restart", self.place / "new")
        self.assert_done(result)
        self.assertIn("begins from the start", result.stdout)
        for path in (self.place / "new").glob("checkpoint_*.h5"):
            path.unlink()
        self.assert_refused(self.restart(what="new", output="new"), "no checkpoint")  # it was finished: not lost


if __name__ == "__main__":
    unittest.main()
