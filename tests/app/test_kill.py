"""The whole job is killed at random moments, by SIGKILL to every process, and started again with --restart until it is
done. BIMETAL_PROGRAM names the program; BIMETAL_KILLS how many kills there are to be (BIMETAL_LONG: 50)."""

import os
import random
import shutil
import tempfile
import time
import unittest
from pathlib import Path

from job import Job
from program import ROOT, ProgramTest, bimetal, settings, summary
from runs_compared import differences_of_runs
from test_two_scale import LEARNS_SOON, PLATE

KERNEL = ROOT / "inputs/h2_kernel.yaml"
KILLS = int(os.environ.get("BIMETAL_KILLS", 50 if os.environ.get("BIMETAL_LONG") else 2))
SEED = int(os.environ.get("BIMETAL_KILL_SEED", time.time_ns() % 1_000_000))

# Surrogates that accept within the run, and files of every kind, which are written all the time.
FILES = {"output__fields_every": 4, "output__checkpoint_every": 2, "output__observables_every": 3, "output__data": "true"}
FLOW = {"grid__cells": "[28,28]", "time__end": "60e-6", "switching__wrong_fraction": 0.4, "switching__tolerance": 0.05,
        "switching__audit_fraction": 0.5, "training__updates_per_step": 10}
CONDUCTION = LEARNS_SOON | {"grid__cells": "[16, 16]", "time__end": 320}


class KilledAtRandom:
    """The test of a `case` with `options`."""

    def test_every_restart_works_and_the_end_is_the_same(self):
        chance = random.Random(SEED)
        with tempfile.TemporaryDirectory(prefix="bimetal_kill_") as place:
            whole, killed = Path(place) / "whole", Path(place) / "killed"
            self.assert_done(bimetal("run", self.case, "-o", whole, *self.options, ranks=2))
            self.assertGreater(summary(whole)["subproblems"]["accepted"], 0)

            kills, starts, done = 0, 0, False
            backups = Path(place) / "backups"
            while not done:
                starts += 1
                self.assertLess(starts, 6 * KILLS + 20, "no progress")
                done, output = self.run_and_kill(killed, chance if kills < KILLS else None)
                kills += not done
                self.assertNotIn("is not used", output)  # no checkpoint was ever half written under its name
                if done and kills < KILLS:  # once more from the start, to have all the kills
                    self.assertEqual(differences_of_runs(whole, killed), [], f"seed {SEED}, {kills} kills")
                    shutil.move(killed, backups)
                    shutil.rmtree(backups)
                    done = False
            print(f"\n{kills} kills in {starts} starts, seed {SEED}")
            self.assertEqual(differences_of_runs(whole, killed), [], f"seed {SEED}")
            self.assertEqual(sorted(path.suffix for path in killed.iterdir() if path.suffix == ".part"), [])

    def run_and_kill(self, directory, chance):
        """Starts or goes on, and kills the job in set-up or after some steps. Whether it was done before, and what it
        said."""
        with Job(self.case, directory, *self.options, "--restart", directory) as job:
            steps = len(job.history())
            in_set_up = chance is not None and chance.random() < 0.25
            then = steps if in_set_up or chance is None else steps + chance.randint(1, 12)
            delay = chance.uniform(0.0, 0.5 if in_set_up else 0.05) if chance else 0.0  # [s]: anywhere in a step
            while job.process.poll() is None:
                if chance and len(job.history()) >= then:
                    time.sleep(delay)
                    job.kill()
                    return job.process.returncode == 0, job.said
                time.sleep(0.005)
            self.assertEqual(job.end(), 0, job.said)
            return True, job.said


class Flow(KilledAtRandom, ProgramTest):
    case, options = KERNEL, settings(**FLOW | FILES)


class Conduction(KilledAtRandom, ProgramTest):
    case, options = PLATE, settings(**CONDUCTION | FILES)


if __name__ == "__main__":
    unittest.main()
