"""Starts programs on ranks, by mpirun or srun, and never waits for ever."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

from machine import allocated_cores
from results import Failure

SECONDS_TO_DIE = 15  # that a launcher gets to take its ranks down, before it is killed


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str
    seconds: float

    @property
    def sentences(self) -> list[str]:
        """What the program itself said on standard error."""
        return [line.removeprefix("bimetal: ") for line in self.err.splitlines() if line.startswith("bimetal: ")]


def environment() -> dict[str, str]:
    """One thread a rank. PMIx's shared-memory store (ds21) crashes at random under srun with PMIx 4.2."""
    set_here = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PMIX_MCA_gds": "hash"}
    if os.geteuid() == 0:
        set_here |= {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    return os.environ | set_here


def processes_below(parent: int) -> list[int]:
    """The processes that this one has started on this machine, and theirs."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == parent:
            pid = int(path.parent.name)
            found += [pid, *processes_below(pid)]
    return found


@dataclass(frozen=True)
class Launcher:
    name: str  # mpirun or srun
    arguments: str = ""  # more for its command line, as for a shell

    def command(self, ranks: int) -> list[str]:
        if self.name == "mpirun":
            words = ["mpirun", "--oversubscribe", "-n", str(ranks)]
        else:
            # No rank is killed because another has ended with a code of its own, which is to be srun's.
            words = ["srun", "--mpi=pmix", "--overlap", "--kill-on-bad-exit=0", "--wait=30", "--ntasks", str(ranks)]
            words += ["--overcommit"] if ranks > allocated_cores() else []
        return [*words, *shlex.split(self.arguments)]

    @contextmanager
    def started(self, words: list[Any], ranks: int) -> Iterator[subprocess.Popen[str]]:
        """A process that does not outlive the block, however that is left."""
        process = subprocess.Popen([*self.command(ranks), *map(str, words)], env=environment(),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   start_new_session=True)
        try:
            yield process
        finally:
            if process.poll() is None:
                kill(process)

    def send(self, process: subprocess.Popen[str], number: signal.Signals) -> None:
        """To all ranks. Both launchers pass on SIGUSR1 and SIGUSR2, but take a SIGTERM for the order to kill the ranks;
        these get theirs from Slurm, as at a time limit, or one by one."""
        if number in (signal.SIGUSR1, signal.SIGUSR2):
            process.send_signal(number)
        elif self.name == "srun":
            subprocess.run(["scancel", f"--signal={number.name.removeprefix('SIG')}", newest_step()], check=True,
                           timeout=30)
        else:
            send_each(processes_below(process.pid), number)


def newest_step() -> str:
    """Of this job: JOB.NUMBER."""
    query = ["squeue", "--steps", f"--jobs={os.environ['SLURM_JOB_ID']}", "--noheader", "--format=%i"]
    steps = subprocess.run(query, capture_output=True, text=True, check=True, timeout=30).stdout.split()
    numbered = [step for step in steps if step.rpartition(".")[2].isdigit()]
    if not numbered:
        raise Failure(f"squeue lists no step to signal, only {' '.join(steps) or 'nothing'}")
    return max(numbered, key=lambda step: int(step.rpartition(".")[2]))


def send_each(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def kill(process: subprocess.Popen[str]) -> None:
    """Gently at first: only the launcher reaches ranks on other nodes."""
    ranks = processes_below(process.pid)
    process.terminate()
    try:
        process.wait(SECONDS_TO_DIE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(SECONDS_TO_DIE)
    send_each(ranks, signal.SIGKILL)


def finish(process: subprocess.Popen[str], begin: float, timeout: float) -> Outcome:
    """Waits for the end; a hang is a failure."""
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as expired:
        raise Failure(f"it had not ended after {timeout:.0f} s: {shlex.join(map(str, process.args))}") from expired
    return Outcome(process.returncode, out, err, time.monotonic() - begin)
