"""A private Slurm for tests (cluster.sh): starts it, submits to it, breaks it, and leaves no process behind."""

import atexit
import os
import re
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/app"))

from program import PROGRAM, children_of  # noqa: E402  (found through the line above)

SCRIPT = ROOT / "tests/slurm/cluster.sh"
HANGS_AFTER = 600  # [s]; jobs take turns at the cores with whatever else the machine does
FINAL = {"COMPLETED", "FAILED", "TIMEOUT", "CANCELLED", "NODE_FAIL", "OUT_OF_MEMORY", "BOOT_FAIL", "DEADLINE"}


def main():
    """unittest.main, with exit code 77 if everything was skipped: so ctest knows."""
    result = unittest.main(exit=False).result
    for _, reason in result.skipped:
        print(f"skipped: {reason}", file=sys.stderr)
    skipped_all = len(result.skipped) >= max(1, result.testsRun)
    sys.exit(1 if not result.wasSuccessful() else 77 if skipped_all else 0)


def alive(processes):
    """Those that exist and have not ended: a zombie has, and stays where nobody waits for it."""
    left = []
    for pid in processes:
        try:
            if Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z":
                left.append(pid)
        except (FileNotFoundError, ProcessLookupError):
            pass
    return left


class Cluster:
    """Nodes n1, n2, …, of which the last has two GPUs by its own account. Skips the tests if there can be none."""

    def __init__(self, folder, nodes=9, cores=2):
        self.folder = Path(folder)
        # However this process ends: by itself, by a signal, or, by the owner's watch, even by SIGKILL.
        atexit.register(self.stop)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop_by)
        result = self.do("start", nodes, cores, environment={"OWNER": str(os.getpid())}, check=False)
        if result.returncode == 77:
            raise unittest.SkipTest(result.stderr.strip())
        if result.returncode != 0:
            raise RuntimeError(result.stdout + result.stderr)
        self.has_namespaces = (self.folder / "mode").read_text(encoding="utf-8").strip() == "namespaces"

    def do(self, action, *words, environment=None, check=True):
        """An action of cluster.sh. Its output goes through files: what it starts would keep a pipe open."""
        with (self.folder.parent / f"{self.folder.name}.{action}.out").open("w+", encoding="utf-8") as output:
            with (self.folder.parent / f"{self.folder.name}.{action}.err").open("w+", encoding="utf-8") as errors:
                command = [str(SCRIPT), action, str(self.folder), *map(str, words)]
                code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, timeout=HANGS_AFTER,
                                      env=os.environ | (environment or {}), cwd=ROOT, check=False).returncode
                output.seek(0)
                errors.seek(0)
                result = subprocess.CompletedProcess(command, code, output.read(), errors.read())
        if check and code != 0:
            raise RuntimeError(f"{' '.join(command)}: {result.stdout}{result.stderr}")
        return result

    def login(self, *command, environment=None):
        """What a command says on the login node."""
        words = [str(SCRIPT), "login", str(self.folder), *map(str, command)]
        result = subprocess.run(words, capture_output=True, text=True, timeout=60, cwd=ROOT,
                                env=os.environ | (environment or {}), check=False)
        if result.returncode != 0:
            raise RuntimeError(f"{' '.join(words)}: {result.stdout}{result.stderr}")
        return result.stdout

    def submit(self, script, *options, **knobs):
        """Submits slurm/SCRIPT with these environment variables; gives the number of the job."""
        knobs = {"BIMETAL": PROGRAM, "BIND": "none"} | knobs
        said = self.login("sbatch", "--parsable", *options, f"slurm/{script}",
                          environment={name: str(value) for name, value in knobs.items()})
        return said.strip().split(";")[0]

    def parts(self, job):
        """What Slurm knows of a job: a dictionary for each task of an array or component of a heterogeneous job."""
        said = self.login("scontrol", "-o", "show", "job", job)
        return [dict(re.findall(r"(\S+?)=(\S*)", line)) for line in said.splitlines() if line.startswith("JobId=")]

    def until(self, condition, what, seconds=HANGS_AFTER, job=None):
        """Waits until a condition holds, and gives what made it true. No longer than a job lives, if one is given."""
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds} s: {what}\n{self.login('squeue')}")
            if job and self.is_final(job) and not condition():
                raise AssertionError(f"job {job} has ended without {what}")
            time.sleep(0.05)
        return found

    def is_final(self, job):
        return all(part["JobState"] in FINAL for part in self.parts(job))

    def ended(self, job, seconds=HANGS_AFTER):
        """Waits for the end of all parts of a job."""
        self.until(lambda: self.is_final(job), f"the end of job {job}", seconds)
        return self.parts(job)

    def cancel(self, job):
        """Ends a job, and waits until it has ended."""
        self.login("scancel", job)
        self.ended(job)

    def restarts(self, job):
        return int(self.parts(job)[0]["Restarts"])

    def nodes_of(self, job):
        return self.login("scontrol", "show", "hostnames", self.parts(job)[0]["NodeList"]).split()

    def on_ranks(self, node, function):
        """What a function gives for each process of the program on a node, those that end meanwhile aside."""
        found = []
        for pid in children_of(int((self.folder / f"pids/{node}.host").read_text(encoding="utf-8"))):
            try:
                if Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip() == "bimetal":
                    found.append(function(pid))
            except (FileNotFoundError, ProcessLookupError):
                continue
        return found

    def ranks_on(self, node):
        """Their ranks in MPI_COMM_WORLD."""
        texts = self.on_ranks(node, lambda pid: Path(f"/proc/{pid}/environ").read_text(encoding="utf-8"))
        return sorted(int(rank) for text in texts for rank in re.findall(r"(?:^|\0)PMIX_RANK=(\d+)", text))

    def cores_on(self, node):
        """The cores that each of them may use."""
        return self.on_ranks(node, os.sched_getaffinity)

    def processes(self):
        """Everything that has been started, jobs included."""
        found = []
        for path in self.folder.glob("pids/*"):
            if path.suffix in (".host", ".pid", "") and path.read_text(encoding="utf-8").strip():
                pid = int(path.read_text(encoding="utf-8"))
                if path.suffix != ".pid" or not self.has_namespaces:  # those are numbers within a namespace
                    found += [pid, *children_of(pid)]
        return sorted(set(found))

    def stop_by(self, number, _):
        """The cluster first: threads that wait for jobs would keep the process for as long as these take."""
        self.stop()
        raise KeyboardInterrupt(signal.Signals(number).name)

    def stop(self):
        """Gives what is still there afterwards: nothing."""
        atexit.unregister(self.stop)
        if not (self.folder / "pids").exists():
            return []
        before = self.processes()
        self.do("stop", check=False)
        deadline = time.monotonic() + 10
        while (left := alive(before)) and time.monotonic() < deadline:
            time.sleep(0.05)
        return left
