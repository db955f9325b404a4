"""What can be said of the scripts of slurm/ without a Slurm: they parse, say what is wrong with their knobs, and the
chain knows when to go on and when to end."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "slurm").glob("*.sbatch"))
OTHERS = [*sorted((ROOT / "slurm").glob("*.sh")), *sorted((ROOT / "tests/slurm").glob("*.sh"))]
SLURM = {"SLURM_SUBMIT_DIR": str(ROOT), "SLURM_JOB_NAME": "job", "SLURM_JOB_ID": "1", "SLURM_JOB_NODELIST": "n1",
         "SLURM_ARRAY_TASK_ID": "0", "SLURM_HET_SIZE": "2"}


def run(script, place, **knobs):
    """A job script as if Slurm had started it, with the commands that are in a folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SLURM_")}
    environment |= SLURM | {"PATH": f"{place}:{os.environ['PATH']}", "OUTPUT": f"{place}/out", "BIMETAL": "/bin/true"}
    return subprocess.run(["bash", ROOT / "slurm" / script], capture_output=True, text=True, timeout=30, check=False,
                          env=environment | {name: str(value) for name, value in knobs.items()})


class Texts(unittest.TestCase):
    def test_every_script_is_submitted_by_a_test(self):
        self.assertGreaterEqual(len(SCRIPTS), 5)
        tests = (ROOT / "tests/slurm/test_job_scripts.py").read_text(encoding="utf-8")
        for path in SCRIPTS:
            self.assertTrue(f"    def test_{path.stem}_" in tests, f"{path.name} has no test")
            self.assertTrue(f'submit("{path.name}"' in tests, f"{path.name} is not submitted")

    def test_every_script_is_explained(self):
        text = (ROOT / "docs/cluster.md").read_text(encoding="utf-8")
        for path in [*SCRIPTS, ROOT / "slurm/environment.sh"]:
            self.assertTrue(f"`{path.name}`" in text, f"docs/cluster.md does not know {path.name}")
            for knob in re.findall(r"^([A-Z_]+)=\$\{\1:-", path.read_text(encoding="utf-8"), re.M):
                self.assertTrue(f"`{knob}`" in text, f"docs/cluster.md does not know {knob} of {path.name}")

    def test_every_script_parses(self):
        for path in [*SCRIPTS, *OTHERS]:
            result = subprocess.run(["bash", "-n", path], capture_output=True, text=True, check=False)
            self.assertEqual((result.returncode, result.stderr), (0, ""), path)

    @unittest.skipUnless(shutil.which("shellcheck"), "there is no shellcheck")
    def test_shellcheck_has_nothing_to_say(self):
        result = subprocess.run(["shellcheck", "-x", *SCRIPTS, *OTHERS], capture_output=True, text=True, cwd=ROOT,
                                check=False)
        self.assertEqual(result.returncode, 0, result.stdout)


class Sentences(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.mkdtemp(prefix="bimetal_scripts_")
        self.addCleanup(shutil.rmtree, self.place)

    def assert_refused(self, script, *said, **knobs):
        result = run(script, self.place, **knobs)
        self.assertEqual(result.returncode, 2, result.stdout + result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        for word in said:
            self.assertIn(word, result.stderr)

    def test_knobs_that_every_script_has(self):
        for script in (path.name for path in SCRIPTS):
            with self.subTest(script):
                self.assert_refused(script, "/nowhere/bimetal", "BIMETAL", BIMETAL="/nowhere/bimetal")
                self.assert_refused(script, "'prun'", "srun or mpirun", LAUNCHER="prun")
                self.assert_refused(script, "'socket'", "core or none", BIND="socket")
                self.assert_refused(script, "top of the repository", self.place, SLURM_SUBMIT_DIR=self.place)

    def test_inputs_that_are_not_there(self):
        for script in ("cpu.sbatch", "gpu_trainer.sbatch", "chain.sbatch"):
            self.assert_refused(script, "nowhere.yaml", "INPUT", INPUT="nowhere.yaml")
        self.assert_refused("ensemble.sbatch", "nowhere.yaml", "INPUTS", INPUTS="nowhere.yaml")
        self.assert_refused("ensemble.sbatch", "nowhere.txt", "LIST", LIST="nowhere.txt")
        self.assert_refused("ensemble.sbatch", "nowhere.pt", "MODEL", MODEL="nowhere.pt")

    def test_jobs_of_another_shape(self):
        self.assert_refused("ensemble.sbatch", "task 1", "there are 1", "--array", SLURM_ARRAY_TASK_ID=1)
        self.assert_refused("gpu_trainer.sbatch", "two components", SLURM_HET_SIZE=1)


class Alone(unittest.TestCase):
    """The scripts with an srun that ends as it is told, and a scontrol that ends the script as Slurm does."""

    def setUp(self):
        self.place = Path(tempfile.mkdtemp(prefix="bimetal_alone_"))
        self.addCleanup(shutil.rmtree, self.place)
        # A line of the plan for each attempt: exit code, `done`, or `death` of script and node; and a checkpoint.
        self.write("srun", 'read -r code step < <(sed -n "$((SLURM_RESTART_COUNT + 1))p" "$PLAN")\n'
                           'mkdir -p "$OUTPUT"\n[[ -z $step ]] || : >"$OUTPUT/checkpoint_$step.h5"\n'
                           '[[ $code != death ]] || kill -KILL $PPID\n'
                           '[[ $code != done ]] || { date >"$OUTPUT/summary.json"; code=0; }\nexit "$code"\n')
        self.write("scontrol", 'echo "$*" >>"$OUTPUT.requeued"\nkill -TERM $PPID\n')

    def write(self, name, text):
        path = self.place / name
        path.write_text("#!/bin/bash\n" + text, encoding="utf-8")
        path.chmod(0o755)

    def test_exit_codes_are_passed_on(self):
        plans = (("done", 0, "done"), ("0", 255, "summary.json"), ("1", 1, "docs/failures.md"),
                 ("3 000010", 3, f"OUTPUT={self.place}/out "))
        for script in ("cpu.sbatch", "gpu_trainer.sbatch", "ensemble.sbatch"):
            for line, code, said in plans:
                with self.subTest(script=script, line=line):
                    (self.place / "plan").write_text(line + "\n", encoding="utf-8")
                    result = run(script, self.place, PLAN=self.place / "plan", SLURM_RESTART_COUNT=0,
                                 SLURM_JOB_NUM_NODES_HET_GROUP_1=1, SLURM_NTASKS_PER_NODE_HET_GROUP_1=1)
                    self.assertEqual(result.returncode, code, result.stderr)
                    self.assertIn(said, result.stderr)
                    shutil.rmtree(self.place / "out")

    def play(self, *plan, **knobs):
        """Attempts until one is not followed by another: how many there were, the exit code, what it said."""
        (self.place / "plan").write_text("\n".join(plan) + "\n", encoding="utf-8")
        for attempt in range(20):
            result = run("chain.sbatch", self.place, PLAN=self.place / "plan", SLURM_RESTART_COUNT=attempt, **knobs)
            if result.returncode not in (-9, -15):
                return attempt + 1, result.returncode, result.stderr
        self.fail("no end")

    def test_goes_on_until_the_run_is_done(self):
        attempts, code, _ = self.play("3 000010", "3 000020", "137 000025", "death 000030", "done 000040")
        self.assertEqual((attempts, code), (5, 0))
        self.assertEqual((self.place / "out.requeued").read_text(encoding="utf-8"), "requeue 1\n" * 3)

    def test_ends_with_what_the_program_cannot_do(self):
        for code in (1, 2):
            self.assertEqual(self.play("3 000010", f"{code} 000020")[:2], (2, code))

    def test_does_not_believe_a_launcher_that_has_launched_nothing(self):
        self.assertEqual(self.play("3 000010", "0", "done 000020")[:2], (3, 0))

    def test_ends_without_progress(self):
        for plan in (["3 000010", "3", "137"], ["death", "137"], ["death 000010", "death", "death", "done 000020"]):
            with self.subTest(plan):
                attempts, code, said = self.play(*plan)
                self.assertEqual((attempts, code), (len(plan), 4))
                self.assertIn("two attempts in a row", said)
            shutil.rmtree(self.place / "out")

    def test_one_attempt_without_progress_may_be_bad_luck(self):
        self.assertEqual(self.play("death 000010", "death", "3 000020", "137", "done")[:2], (5, 0))

    def test_ends_after_so_many_restarts(self):
        attempts, code, said = self.play("3 000010", "3 000020", "3 000030", "done", MAX_RESTARTS=2)
        self.assertEqual((attempts, code), (3, 4))
        self.assertIn("MAX_RESTARTS", said)

    def test_a_chain_submitted_again_has_its_chances_again(self):
        self.play("3 000010", "3", "3")
        self.assertEqual(self.play("3 000020", "done")[:2], (2, 0))


if __name__ == "__main__":
    unittest.main()
