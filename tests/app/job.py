"""Runs that something is about to happen to. How fast the machine is must not matter: such a run has an end that it never
comes to, and goes on until a test has seen in its files what it waits for."""

import contextlib
import os
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from program import ENVIRONMENT, HANGS_AFTER, MPIRUN, PROGRAM, bimetal, children_of, history, settings

ENDLESS = {"time__end": 1.0}  # [s]: hundreds of thousands of steps


class Job:
    """`bimetal run` under mpirun, in the background. A context manager: it does not outlive its block."""

    def __init__(self, case, out, *options, ranks=2):
        self.out = Path(out)
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8")
        command = [*MPIRUN, ranks, PROGRAM, "run", case, "-o", self.out, *options]
        self.process = subprocess.Popen([str(word) for word in command], env=ENVIRONMENT, stdout=self._said,
                                        stderr=subprocess.STDOUT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()
        self._said.close()

    @property
    def said(self):
        """All that it has said so far, on both streams."""
        self._said.seek(0)
        return self._said.read()

    @property
    def sentences(self):
        return [line for line in self.said.splitlines() if line.startswith("bimetal: ")]

    @property
    def log(self):
        with contextlib.suppress(OSError):
            return (self.out / "log.txt").read_text(encoding="utf-8")
        return ""

    def history(self):
        """Its steps so far."""
        with contextlib.suppress(OSError):
            return history(self.out)
        return []

    def wait_until(self, seen, what):
        """Until seen() is true; gives what it says. That the job ends before is a failure."""
        deadline = time.monotonic() + HANGS_AFTER
        while not (found := seen()):
            over = self.process.poll() is not None
            if over or time.monotonic() > deadline:
                if found := seen():  # it came with the end
                    return found
                state = f"ended with exit code {self.process.returncode}" if over else "hangs"
                raise AssertionError(f"it {state} before {what}: {self.said}")
            time.sleep(0.01)
        return found

    def wait_for_step(self, step):
        self.wait_until(lambda: len(self.history()) >= step, f"step {step}")

    def wait_for_log(self, pattern):
        """The match of a regular expression in log.txt."""
        return self.wait_until(lambda: re.search(pattern, self.log), f"its log says {pattern}")

    def ranks(self):
        """Process id -> rank, on this machine."""
        found = {}
        for pid in children_of(self.process.pid):
            with contextlib.suppress(OSError):
                for word in (Path("/proc") / str(pid) / "environ").read_bytes().split(b"\0"):
                    if word.startswith(b"OMPI_COMM_WORLD_RANK="):
                        found[pid] = int(word.split(b"=")[1])
        return found

    def send(self, number):
        """A signal to mpirun, which passes it on, or, if that would kill the job, to the ranks, as srun does."""
        if number in (signal.SIGUSR1, signal.SIGUSR2):
            self.process.send_signal(number)
            return
        for pid in self.ranks():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def end(self):
        """Waits for its end, and gives the exit code; that there is none is a failure."""
        try:
            return self.process.wait(timeout=HANGS_AFTER)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"it hangs: {self.said}") from None

    def stop(self, number=signal.SIGTERM):
        """Has it write a checkpoint and end; gives the number of its last step."""
        self.send(number)
        code = self.end()
        assert code == 3, f"stopped, it ended with exit code {code}: {self.said}"
        return len(self.history())

    def kill(self):
        for pid in [*children_of(self.process.pid), self.process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def hold(self):
        """Stops all ranks where they are, and waits until none of them runs any more; SIGCONT lets them go on."""
        self.send(signal.SIGSTOP)
        self.wait_until(lambda: all(state_of(pid) in "TZ" for pid in self.ranks()), "all ranks have stopped")


def state_of(pid):
    """As ps shows it: R, S, D, T (stopped), or Z."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def endless(**values):
    return settings(**(values | ENDLESS))


def run_until_it_answers(case, out, further, ranks=2, **values):
    """A run that goes on until its surrogate has given an answer, however long it has to learn, stops, and takes so many
    steps more. Gives what came of these."""
    with Job(case, out, *endless(**values), ranks=ranks) as job:
        job.wait_until(lambda: any(step["accepted"] for step in job.history()), "an accepted answer")
        job.stop()
        last = job.history()[-1]
    end = f"{(last['step'] + further) * last['dt_s']:.12g}"
    return bimetal("run", case, "-o", out, *settings(**values | {"time__end": end}), "--restart", out, ranks=ranks)
