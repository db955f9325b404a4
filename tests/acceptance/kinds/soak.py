"""Hours of runs that are stopped, killed, and go on."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path
from typing import Any

from bench import Bench, after
from launch import processes_below, send_each
from results import Failure, Figures, Skip

from kinds.restarts import differences_of_runs


def soak(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """Until --hours are over: the same run again and again, each time stopped or killed at a random step and continued,
    and each time to the bit as the first, which nobody disturbed."""
    if bench.hours <= 0:
        raise Skip("it takes as many hours as --hours gives it, and that is 0")
    end = time.monotonic() + 3600 * bench.hours
    chance = random.Random(given.get("seed", 1))
    whole = bench.done(given["case"], given["settings"], ranks)
    steps = whole.summary()["steps"]
    rounds = cuts = kills = 0
    while rounds == 0 or time.monotonic() < end:
        directory = bench.new_folder()
        for step in sorted(chance.randrange(1, steps) for _ in range(given["cuts"])):
            number = chance.choice([signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM, signal.SIGKILL])
            run = bench.interrupted(given["case"], given["settings"], ranks, after(step),
                                    lambda process, number=number: strike(bench, process, number),
                                    "--restart", directory, directory=directory)
            kills += number == signal.SIGKILL
            cuts += number != signal.SIGKILL
            if number != signal.SIGKILL and run.outcome.code not in (0, 3):
                raise Failure(f"stopped by {number.name} after step {step}, it ended with {run.said()}")
        again = bench.done(given["case"], given["settings"], ranks, "--restart", directory, directory=directory)
        names = differences_of_runs(bench, whole, again)
        if names:
            raise Failure(f"after {rounds} sound rounds, {cuts} stops and {kills} kills these differ: {names}")
        rounds += 1
    return {"rounds": rounds, "stops": cuts, "kills": kills, "steps_per_round": steps}


def strike(bench: Bench, process: Any, number: signal.Signals) -> None:
    if number != signal.SIGKILL:
        bench.launcher.send(process, number)
        return
    send_each([*processes_below(process.pid), process.pid], signal.SIGKILL)


def resident_MB(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def memory(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """How the memory of ranks on this machine grows, relative, from step `full_after` of a run, when the rows that are
    kept for training are complete, to its end."""
    if bench.launcher.name == "srun":
        raise Skip("ranks that srun has started are not this program's children, so it cannot look into them")
    growth: dict[int, float] = {}

    def watch(process: Any) -> None:
        early = {pid: resident_MB(pid) for pid in processes_below(process.pid) if name_of(pid) == bench.program.name}
        while process.poll() is None:
            for pid, then in early.items():
                try:
                    growth[pid] = resident_MB(pid) / then - 1
                except (OSError, IndexError):  # it has ended
                    pass
            time.sleep(0.5)

    run = bench.interrupted(given["case"], given["settings"], ranks, after(given["full_after"]), watch)
    return run.figures() | {"ranks_watched": len(growth), "growth": max(growth.values(), default=None)}


def name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return ""
