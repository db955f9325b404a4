"""Every script of slurm/ is submitted to a private Slurm, signalled, and robbed of its nodes. BIMETAL_PROGRAM names the
program, BIMETAL_LONG=1 adds real time limits; exit code 77: no Slurm, or none of one's own."""

import atexit
import functools
import json
import os
import re
import shutil
import sys
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cluster import HANGS_AFTER, ROOT, Cluster, main
from program import PROGRAM, history, settings, summary
from runs_compared import differences_of_runs

LONG = bool(os.environ.get("BIMETAL_LONG"))
ACCEPT = ROOT / "tests/acceptance/accept.py"
KERNEL = ROOT / "inputs/h2_kernel.yaml"

# With a surrogate that is trained, accepted and audited within the run.
CASE = {"grid__cells": "[20,20]", "time__end": "150e-6", "switching__wrong_fraction": 0.4, "switching__tolerance": 0.05,
        "switching__audit_fraction": 0.5, "training__updates_per_step": 10, "surrogate__layers": "[32,32]",
        "output__fields_every": 20, "output__checkpoint_every": 10}
ENDLESS = 1.0  # [s], for runs that are looked at while they last
ONE_NODE = ("--partition=cpu", "--nodes=1", "--ntasks-per-node=2", "--exclusive")
TWO_NODES = ("--partition=cpu", "--nodes=2", "--ntasks-per-node=1", "--exclusive")
BEGUN = "goes on from|begins from the start"
BOTH = (("srun", ONE_NODE), ("mpirun", TWO_NODES))


def words(**values):
    """The knob ARGUMENTS."""
    return " ".join(settings(**CASE | values))


def setUpModule():
    global place, cluster
    place = Path(tempfile.mkdtemp(prefix="bimetal_slurm_"))
    atexit.register(shutil.rmtree, place, True)  # after the cluster, which is registered later
    cluster = Cluster(place / "cluster")
    unittest.addModuleCleanup(stop)
    if ACCEPT.exists() and not LONG:
        accept()  # meanwhile


def stop():
    left = cluster.stop()
    if left:
        raise AssertionError(f"still there after the end: {left}")


def submit(script, *options, **knobs):
    return cluster.submit(script, f"--output={place}/%x-%j.out", *options, **knobs)


def text_of(path):
    return path.read_text(encoding="utf-8") if path.exists() else ""


class JobTest(unittest.TestCase):
    def said(self):
        """The last lines of all jobs, to see what went wrong."""
        return "".join(f"\n--- {path.name}\n{text_of(path)[-1500:]}" for path in place.glob("*.out"))

    def assert_done(self, job, seconds=HANGS_AFTER):
        for part in cluster.ended(job, seconds):
            self.assertEqual((part["JobState"], part["ExitCode"]), ("COMPLETED", "0:0"), self.said())

    def step_reached(self, job, directory, step):
        cluster.until(lambda: text_of(Path(directory) / "history.csv").count("\n") > step, f"step {step}", job=job)


def whole(test, launcher, layout, name="whole", seconds=HANGS_AFTER, **values):
    """A run by cpu.sbatch that nothing interrupts, made when it is first asked for."""
    directory = place / f"{name}_{launcher}_{layout[1][-1]}"
    if not directory.exists():
        test.assert_done(submit("cpu.sbatch", *layout, LAUNCHER=launcher, INPUT=KERNEL, OUTPUT=directory,
                                ARGUMENTS=words(**values)), seconds)
    return directory


def all_at_once(function, cases, workers=2):
    """Calls it in threads: most of what jobs do is to wait. Gives the results, or the first failure."""
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda case: function(*case), cases))


class Cpu(JobTest):
    def test_cpu_by_srun_and_by_mpirun(self):
        for run in all_at_once(lambda *case: whole(self, *case), BOTH):
            self.assertEqual((summary(run)["ranks"], summary(run)["steps"]), (2, 150))
            self.assertGreater(summary(run)["subproblems"]["accepted"], 0)

    @unittest.skipIf(len(os.sched_getaffinity(0)) < 2, "binding two ranks takes two cores")
    def test_cpu_binds_each_rank_to_a_core(self):
        all_at_once(self.bind_by, [("srun", "--cpu-bind=cores"), ("mpirun", "--bind-to core")])

    def bind_by(self, launcher, option):
        directory = place / f"bound_{launcher}"
        job = submit("cpu.sbatch", *ONE_NODE, LAUNCHER=launcher, BIND="core", OUTPUT=directory,
                     ARGUMENTS=words(time__end=ENDLESS, switching__policy="never"))
        self.step_reached(job, directory, 1)
        if cluster.has_namespaces:
            node, = cluster.nodes_of(job)
            cores = cluster.cores_on(node)
            self.assertEqual([len(each) for each in cores], [1, 1])
            self.assertNotEqual(*cores)
        cluster.cancel(job)
        self.assertIn(option, text_of(place / f"bimetal-{job}.out"))


class GpuTrainer(JobTest):
    def test_gpu_trainer_is_one_world_whose_last_rank_is_on_the_gpu_node(self):
        all_at_once(self.run_by, [("srun",), ("mpirun",)])

    def run_by(self, launcher):
        def submit_until(end, directory):
            return submit("gpu_trainer.sbatch", *ONE_NODE, ":", "--partition=gpu", LAUNCHER=launcher, OUTPUT=directory,
                          ARGUMENTS=words(time__end=end))
        if cluster.has_namespaces:
            directory = place / f"gpu_ranks_{launcher}"
            job = submit_until(ENDLESS, directory)
            self.step_reached(job, directory, 1)
            self.assertEqual(cluster.ranks_on(cluster.nodes_of(job)[0]), [0, 1])
            cluster.cancel(job)
        directory = place / f"gpu_{launcher}"
        self.assert_done(submit_until("20e-6", directory))
        found = summary(directory)
        self.assertEqual((found["ranks"], found["trainers"]["ranks"]), (3, 1))
        self.assertGreater(found["trainers"]["samples_sent"], 0)
        self.assertIsNone(found["trainers"]["given_up_at"])


class Chain(JobTest):
    def test_chain_ends_in_the_same_bits_after_signals_and_the_death_of_a_node(self):
        # When a job's only node dies, the script dies with it, and Slurm queues the job again. When its second one
        # does, Slurm does so for srun, but under mpirun the script has to.
        plays = [("srun", ONE_NODE, ["crash", "signal", "signal"]), ("mpirun", TWO_NODES, ["crash", "signal"])]
        if LONG:
            plays += [("srun", TWO_NODES, ["crash", "signal"]), ("mpirun", ONE_NODE, ["signal", "crash", "signal"])]
        chains = all_at_once(lambda task, *case: task(*case), [(self.play, *play) for play in plays] +
                             [(whole, self, *play[:2]) for play in plays], workers=4)
        for play, chain, uncut in zip(plays, chains, chains[len(plays):]):
            self.assertEqual(differences_of_runs(uncut, chain), [], play)

    def play(self, launcher, layout, acts):
        """Runs the chain and does that to it; gives its output directory."""
        acts = acts if cluster.has_namespaces else ["signal" for _ in acts]
        directory = place / f"chain_{launcher}_{layout[1][-1]}"
        begin = time.monotonic()
        job = submit("chain.sbatch", *layout, LAUNCHER=launcher, INPUT=KERNEL, OUTPUT=directory, ARGUMENTS=words())
        for number, act in enumerate(acts, start=1):
            log = place / f"bimetal-chain-{job}.out"
            cluster.until(lambda count=number: len(re.findall(BEGUN, text_of(log))) == count, f"attempt {number}",
                          job=job)
            begun = re.search(r"\d+$", attempts(directory)[-1])  # after that step
            self.step_reached(job, directory, max(8 * number, int(begun[0]) + 1 if begun else 0))
            node = cluster.nodes_of(job)[-1]
            if act == "signal":
                cluster.login("scancel", "--batch", "--signal=USR1", job)
            else:
                cluster.do("crash", node)
            cluster.until(lambda count=number: cluster.restarts(job) == count, f"restart {number}", job=job)
            if act == "crash":
                cluster.do("boot", node)
        self.assert_done(job)
        print(f"\nchain by {launcher}: {', '.join(acts)} in {time.monotonic() - begin:.0f} s", flush=True)
        self.assertEqual(len(attempts(directory)), len(acts) + 1)
        return directory

    def test_chain_ends_with_what_no_attempt_can_change(self):
        job = submit("chain.sbatch", *ONE_NODE, OUTPUT=place / "refused", ARGUMENTS="--set time.and=1")
        part, = cluster.ended(job)
        self.assertEqual((part["JobState"], part["ExitCode"], part["Restarts"]), ("FAILED", "2:0", "0"))

    @unittest.skipUnless(LONG, "takes minutes, as time limits do: BIMETAL_LONG=1")
    def test_chain_is_cut_by_real_limits(self):
        all_at_once(self.cut_by_limits, [("srun", ONE_NODE), ("mpirun", ONE_NODE)])

    def cut_by_limits(self, launcher, layout):
        """A run of over 80 s whose first attempts may take one, and are signalled 20 to 50 s before that is over."""
        slow = {"surrogate__layers": "[128,128]", "training__updates_per_step": 40, "switching__tolerance": 1e-3,
                "output__fields_every": 50, "output__checkpoint_every": 50}
        probe = whole(self, launcher, layout, "probe", time__end="40e-6", **slow)
        steps = max(80, round(100 / (summary(probe)["wall_s"]["total"] / 40)))
        slow["time__end"] = f"{steps}e-6"
        uncut = whole(self, launcher, layout, "uncut", 600, **slow)
        directory = place / f"limited_{launcher}"
        begin = time.monotonic()
        job = submit("chain.sbatch", *layout, "--time=1", "--signal=B:USR1@20", LAUNCHER=launcher, INPUT=KERNEL,
                     OUTPUT=directory, ARGUMENTS=words(**slow))
        cluster.until(lambda: cluster.restarts(job) == 2, "two cuts", 300, job)
        cluster.login("scontrol", "update", f"JobId={job}", "TimeLimit=20")  # enough of them
        self.assert_done(job, 600)
        print(f"\nchain by {launcher}: {steps} steps, {summary(uncut)['wall_s']['total']:.0f} s uncut, limits cut it "
              f"{cluster.restarts(job)} times, {time.monotonic() - begin:.0f} s in all", flush=True)
        self.assertEqual(len(attempts(directory)), 3)
        self.assertEqual(differences_of_runs(uncut, directory), [])


def attempts(directory):
    return [line.removesuffix(".h5") for line in text_of(Path(f"{directory}.attempts")).splitlines()]


class Ensemble(JobTest):
    def test_ensemble_begins_with_a_model_of_an_earlier_job(self):
        taught = whole(self, *BOTH[0])
        model = sorted(taught.glob("surrogate_v*.pt"))[-1]
        names = self.inputs()
        (place / "list.txt").write_text("# three cases\n\n" + "\n".join(map(str, names)) + "\n", encoding="utf-8")
        knobs = {"LIST": place / "list.txt", "MODEL": model, "OUTPUT": place / "ensemble"}
        self.assert_done(submit("ensemble.sbatch", *ONE_NODE, "--array=0-2",
                                ARGUMENTS=words(time__end="12e-6"), **knobs))
        self.assertLess(history(taught)[0]["version"], 0)
        for number, name in enumerate(names):
            run = place / f"ensemble/{number}_{name.stem}"
            self.assertIn(f"model: {model}", (run / "config.yaml").read_text(encoding="utf-8"))
            self.assertEqual(history(run)[0]["version"], 0)  # serves from the first step on
        # One of them further, and once more when nothing is left to do.
        for _ in range(2):
            self.assert_done(submit("ensemble.sbatch", *ONE_NODE, "--array=1",
                                    ARGUMENTS=words(time__end="16e-6"), **knobs))
        self.assertEqual(len(history(place / "ensemble/1_lean_7")), 16)

    def inputs(self):
        text = KERNEL.read_text(encoding="utf-8").replace("mechanisms/", f"{ROOT}/inputs/mechanisms/")
        names = []
        for tenths in (6, 7, 8):
            names.append(place / f"lean_{tenths}.yaml")
            changed = text.replace("equivalence_ratio: 0.7", f"equivalence_ratio: 0.{tenths}")
            names[-1].write_text(changed, encoding="utf-8")
        return names


@functools.cache
def accept():
    """The job that accepts this build: by some checks that any build passes, or by all of the quick ones."""
    knobs = {} if LONG else {"ARGUMENTS": "--checks ranks_meet,h2_1000K,sigusr1,sigterm"}
    return submit("acceptance.sbatch", *TWO_NODES, REPORT=place / "report", PYTHON=sys.executable, **knobs)


@unittest.skipUnless(ACCEPT.exists(), "there is no tests/acceptance/accept.py")
class WithinAnAllocation(JobTest):
    def test_acceptance_passes(self):
        self.assert_done(accept(), 1200)
        self.assertTrue(json.loads((place / "report/results.json").read_text(encoding="utf-8"))["results"])


class Shell(unittest.TestCase):
    def test_commands_run_in_a_step_of_one_task_with_the_right_pmi_or_without(self):
        for pmi in ("none", "pmix"):
            said = cluster.login("srun", "--partition=cpu", "--ntasks=1", f"--mpi={pmi}", "bash", "-c",
                                 f"{PROGRAM} info && {PROGRAM} check {KERNEL}",
                                 environment={"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"})
            self.assertIn(", 1 rank(s)", said)
            self.assertIn("is a valid input", said)


if __name__ == "__main__":
    main()
