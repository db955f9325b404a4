"""A run that stops and goes on is the run that did not stop: to the bit on as many ranks, like a run on other ranks on
others. BIMETAL_PROGRAM names the program."""

import shutil
import signal
import tempfile
import unittest
from pathlib import Path

import numpy as np

from job import Job, endless
from program import ROOT, ProgramTest, bimetal, history, settings, summary
from runs_compared import differences_of_runs, largest_difference, last, state

KERNEL = ROOT / "inputs/h2_kernel.yaml"
FLAME = ROOT / "inputs/flame_1d_h2.yaml"
CLOSED_BOX = ROOT / "inputs/reacting_taylor_green_2d.yaml"
STEP = 1e-6  # [s]

# Once it accepts, is audited, trained and promoted, all that a restart could lose is there.
EVERY = 12
LEARNS = settings(grid__cells="[28,28]", switching__wrong_fraction=0.4, switching__tolerance=0.05,
                  switching__audit_fraction=0.5, training__updates_per_step=20, output__fields_every=EVERY,
                  output__checkpoint_every=EVERY, output__data="true")
PHYSICS = settings(grid__cells="[24,24]", time__end="16e-6", switching__policy="never", output__checkpoint_every=8)
EXACT = ["-pressure_ksp_rtol", "1e-12"]  # on any number of ranks


def until(steps):
    return settings(time__end=f"{steps}e-6")


def run_to_end(directory, case, options, ranks=2, restart=None):
    more = ["--restart", restart] if restart else []
    result = bimetal("run", case, "-o", directory, *options, *more, ranks=ranks)
    assert result.returncode == 0, result.stdout + result.stderr
    return directory


class RestartTest(ProgramTest):
    def setUp(self):
        self.place = Path(tempfile.mkdtemp(prefix="bimetal_restart_"))
        self.addCleanup(shutil.rmtree, self.place, True)

    def assert_same_runs(self, these, those):
        self.assertEqual(differences_of_runs(these, those), [])


class Learned(RestartTest):
    """A run that was stopped three times while it learned, by each signal once, and one that was not."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="bimetal_restart_"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.parts, cls.said, cls.stops = cls.folder / "parts", [], []
        accepts_and_audits = ("accepted", "audited")
        for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM):
            more = ["--restart", cls.parts] if cls.stops else []
            with Job(KERNEL, cls.parts, *LEARNS, *endless(), *more) as job:
                if not cls.stops:
                    job.wait_until(lambda: all(any(step[name] for step in job.history())  # noqa: B023
                                               for name in accepts_and_audits), "accepted and audited answers")
                job.wait_for_step(cls.stops[-1] + 2 if cls.stops else 1)
                cls.stops.append(job.stop(number))
                cls.said.append(job.said)
            assert (cls.parts / f"checkpoint_{cls.stops[-1]:06d}.h5").exists(), "nothing is lost at all"
        cls.steps = EVERY * (1 + cls.stops[-1] // EVERY)
        run_to_end(cls.parts, KERNEL, [*LEARNS, *until(cls.steps)], restart=cls.parts)
        cls.whole = run_to_end(cls.folder / "whole", KERNEL, [*LEARNS, *until(cls.steps)])

    def test_training_and_decisions_go_on_to_the_bit_after_signals(self):
        for name, said in zip(("SIGUSR1", "SIGUSR2", "SIGTERM"), self.said):
            self.assertIn(f"stopped by {name}", said)
        self.assertGreater(summary(self.whole)["subproblems"]["accepted"], 0)
        self.assertGreater(summary(self.whole)["subproblems"]["audited"], 0)
        self.assert_same_runs(self.whole, self.parts)
        self.assertEqual(summary(self.whole)["certificate"], summary(self.parts)["certificate"])
        self.assertEqual(summary(self.whole)["subproblems"], summary(self.parts)["subproblems"])

    def test_a_finished_run_can_be_prolonged(self):
        half = self.steps // 2 + 1  # when no snapshot or checkpoint is due
        run_to_end(self.place / "parts", KERNEL, [*LEARNS, *until(half)])
        again = run_to_end(self.place / "parts", KERNEL, [*LEARNS, *until(half)], restart=self.place / "parts")
        self.assertEqual(len(history(again)), half)  # nothing was left to do
        parts = run_to_end(self.place / "parts", KERNEL, [*LEARNS, *until(self.steps)], restart=self.place / "parts")
        difference = differences_of_runs(self.whole, parts)
        self.assertTrue(set(difference) <= {"names of fields", "fields.xdmf", "observables.csv",
                                            "state: output/fields/steps", "state: output/fields/times"}, difference)

    def test_a_warm_start(self):
        model = last(self.whole, "surrogate_v*.pt")
        cut_at_wall_limit(self, KERNEL, [*LEARNS, *until(3), *settings(surrogate__model=model)], 2)

    def test_the_state_of_the_controller_and_all_rows_are_taken_along_to_other_ranks(self):
        checkpoint = last(self.whole, "checkpoint_*.h5")
        before = state(checkpoint)
        for ranks in (1, 3):
            directory = run_to_end(self.place / f"on_{ranks}", KERNEL, [*LEARNS, *until(self.steps)], ranks, checkpoint)
            # No step is left, but a summary.
            self.assertEqual(summary(directory)["certificate"], summary(self.whole)["certificate"])
            # One step more, so that it writes a checkpoint.
            more = run_to_end(self.place / f"more_{ranks}", KERNEL, [*LEARNS, *until(self.steps + 1)], ranks, checkpoint)
            after = state(last(more, "checkpoint_*.h5"))
            replay = "simulation/hybrid/surrogate/replay/key"
            self.assertTrue(set(before[replay].ravel()) <= set(after[replay].ravel()))
            for name in ("simulation/hybrid/surrogate/serving/weights", "simulation/hybrid/surrogate/n_versions"):
                np.testing.assert_array_equal(before[name], after[name])


def cut_at_wall_limit(test, case, options, ranks):
    """The same run in one part, and in as many as a wall limit of one step cuts it into."""
    whole = run_to_end(test.place / "whole", case, options, ranks)
    steps = len(history(whole))
    for part in range(steps):
        more = ["--restart", test.place / "parts"] if part > 0 else []
        result = bimetal("run", case, "-o", test.place / "parts", *options, *more, *settings(time__wall_limit=1e-3),
                         ranks=ranks)
        if result.returncode == 0:
            break
        test.assertEqual(result.returncode, 3, result.stdout + result.stderr)
        test.assertIn("time.wall_limit", result.stdout)
    test.assertEqual(part, steps - 1)  # one step each
    test.assert_same_runs(whole, test.place / "parts")


class CutIntoSteps(RestartTest):
    def test_a_flame_between_inflow_and_outflow(self):
        cut_at_wall_limit(self, FLAME, [*until(3), *settings(grid__cells="[60]", output__observables_every=1,
                                                             output__checkpoint_every=100)], 1)

    def test_a_closed_box_whose_pressure_rises(self):
        cut_at_wall_limit(self, CLOSED_BOX, [*until(3), *settings(grid__cells="[16,16]", output__observables_every=2,
                                                                  output__checkpoint_every=100)], 2)

    def test_a_prescribed_flow_with_steps_that_are_chosen(self):
        chosen = settings(grid__cells="[16,16]", time="{end: 4e-7, largest_step: 1e-6}", switching__policy="never",
                          flow__model="prescribed", output__checkpoint_every=100)
        cut_at_wall_limit(self, KERNEL, chosen, 2)
        self.assertGreater(len({line["dt_s"] for line in history(self.place / "whole")}), 2)


class Finished(RestartTest):
    """A run by physics that has ended, with two checkpoints; each test has a copy of its own."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="bimetal_restart_"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.finished = run_to_end(cls.folder / "run", KERNEL, [*PHYSICS, *EXACT])

    def setUp(self):
        super().setUp()
        shutil.copytree(self.finished, self.place / "run")

    def restart(self, *more, what="run", options=PHYSICS, output="run", case=KERNEL, ranks=None):
        return bimetal("run", case, "-o", self.place / output, *options, "--restart", self.place / what, *more,
                       ranks=ranks)


class InAnotherDirectory(Finished):
    def test_the_run_is_taken_up_and_the_first_is_left_alone(self):
        whole = self.place / "run"
        before = sorted(path.name for path in whole.iterdir())
        result = self.restart(*EXACT, what="run/checkpoint_000008.h5", output="branch", ranks=2)
        self.assert_done(result)
        self.assertEqual(sorted(path.name for path in whole.iterdir()), before)
        self.assertEqual([line["step"] for line in history(self.place / "branch")], list(range(9, 17)))
        self.assertEqual(largest_difference(last(whole, "fields_*.h5"), last(self.place / "branch", "fields_*.h5")), 0)

    def test_fields_agree_as_they_do_between_runs_on_other_ranks(self):
        for ranks in (1, 4):
            directory = self.place / f"on_{ranks}"
            self.assert_done(self.restart(*EXACT, what="run/checkpoint_000008.h5", output=directory.name, ranks=ranks))
            difference = largest_difference(last(directory, "fields_*.h5"), last(self.place / "run", "fields_*.h5"))
            print(f"\n2 -> {ranks} ranks: fields differ by {difference:.1e} of their ranges")
            self.assertLess(difference, 1e-9)


class WhatIsRefused(Finished):
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


class TwoRuns(RestartTest):
    def test_a_directory_is_of_one_run_while_that_lives(self):
        out = self.place / "run"
        case = {"grid__cells": "[16,16]", "switching__policy": "never", "output__checkpoint_every": 0}
        quick = settings(**case, time__end="2e-6")
        with Job(KERNEL, out, *endless(**case), ranks=1) as job:
            job.wait_for_step(1)
            pid, = job.ranks()
            for words in (["--overwrite"], ["--restart", out]):
                result = bimetal("run", KERNEL, "-o", out, *quick, *words)
                self.assert_refused(result, f"'{out}' belongs to a run that lives: process {pid} on ",
                                    "the launcher has started each of them alone")
            steps = len(job.history())
            job.wait_for_step(steps + 1)  # nothing has happened to it
            job.kill()
        self.assertTrue((out / "run.lock").exists())
        self.assert_done(bimetal("run", KERNEL, "-o", out, *quick, "--restart", out))  # at once
        self.assertEqual(len(history(out)), 2)
        self.assertEqual([path.name for path in out.glob("*run.lock*")], [])


if __name__ == "__main__":
    unittest.main()
