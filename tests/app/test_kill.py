"""The whole job is killed at random moments, by SIGKILL to every process, and started again with --restart until it is
done. BIMETAL_PROGRAM names the program; BIMETAL_KILLS how many kills there are to be (BIMETAL_LONG: 50)."""

import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from program import ENVIRONMENT, MPIRUN, PROGRAM, ROOT, ProgramTest, bimetal, children_of, settings, summary
from runs_compared import differences_of_runs

KERNEL = ROOT / "inputs/h2_kernel.yaml"
KILLS = int(os.environ.get("BIMETAL_KILLS", 50 if os.environ.get("BIMETAL_LONG") else 5))
SEED = int(os.environ.get("BIMETAL_KILL_SEED", time.time_ns() % 1_000_000))

# With a surrogate that accepts within the run, and files of every kind; a checkpoint every few tenths of a second.
CASE = settings(grid__cells="[28,28]", time__end="60e-6", switching__wrong_fraction=0.4, switching__tolerance=0.05,
                switching__audit_fraction=0.5, training__updates_per_step=10, output__fields_every=4,
                output__checkpoint_every=2, output__observables_every=3, output__data="true")


class KilledAtRandom(ProgramTest):
    def test_every_restart_works_and_the_end_is_the_same(self):
        chance = random.Random(SEED)
        with tempfile.TemporaryDirectory(prefix="bimetal_kill_") as place:
            whole, killed = Path(place) / "whole", Path(place) / "killed"
            begin = time.monotonic()
            self.assert_done(bimetal("run", KERNEL, "-o", whole, *CASE, ranks=2))
            seconds = time.monotonic() - begin
            self.assertGreater(summary(whole)["subproblems"]["accepted"], 0)

            kills, starts, done = 0, 0, False
            backups = Path(place) / "backups"
            while not done:
                starts += 1
                self.assertLess(starts, 6 * KILLS + 20, "no progress")
                # Within a short time, so that some die in set-up, and the run is not over before the kills are.
                patience = chance.uniform(0.3, 2.0 + 0.3 * seconds) if kills < KILLS else 300.0
                done, output = self.run_for(patience, killed)
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

    def run_for(self, seconds, directory):
        """Starts or goes on, and kills the job after so many seconds. Whether it was done before, and what it said."""
        command = [*MPIRUN, 2, PROGRAM, "run", KERNEL, "-o", directory, *CASE, "--restart", directory]
        with subprocess.Popen([str(word) for word in command], env=ENVIRONMENT, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, start_new_session=True) as process:
            try:
                output, _ = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                for each in [*children_of(process.pid), process.pid]:
                    try:
                        os.kill(each, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                output, _ = process.communicate(timeout=60)
                return False, output
        self.assertEqual(process.returncode, 0, output)
        return True, output


if __name__ == "__main__":
    unittest.main()
