"""Runs that are stopped, and go on."""

from __future__ import annotations

import re
import signal
import time
from typing import Any

from bench import Bench, Run, Settings, after, answered, difference_of_gas, differing, endless, read_table
from launch import kill
from results import Figures, Skip

from kinds.runs import petsc

# Of a checkpoint: what clocks have measured never repeats itself, and where the configuration was read from.
MEASURED = ("seconds", "output/wall", "output/booked_seconds", "hybrid/learner_seconds", "hybrid/evidence/cost",
            "controller/ledger", "hybrid/evidence/sum", "config")
AT_THE_END: Settings = {"output.checkpoint_every": 100000, "output.checkpoint_minutes": 0}  # and at no other time
DEAF = 300  # steps that a run may take after a signal: it is to stop after the one it is in


def cut(bench: Bench, given: dict[str, Any], ranks: int) -> Run:
    """A run stopped by SIGUSR1 after so many steps, or, if that is more, its surrogate's first answer."""
    enough = after(given["after_steps"])
    learns = given["settings"].get("switching.policy") != "never"
    return bench.interrupted(given["case"], given["settings"] | AT_THE_END | endless(given), ranks,
                             lambda done: enough(done) and (answered(done) or not learns),
                             lambda process: bench.launcher.send(process, signal.SIGUSR1), *petsc(given))


def go_on(bench: Bench, given: dict[str, Any], stopped: Run, end: Settings, ranks: int) -> Run:
    return bench.done(given["case"], given["settings"] | AT_THE_END | end, ranks, *petsc(given), "--restart",
                      stopped.directory, directory=stopped.directory)


def uncut(bench: Bench, given: dict[str, Any], end: Settings, ranks: int) -> Run:
    return bench.done(given["case"], given["settings"] | AT_THE_END | end, ranks, *petsc(given))


def continued_after(run: Run) -> int:
    """The step after which a run says that it goes on; 0 if it began anew."""
    said = re.search(r"goes on from .*, after step (\d+)", run.outcome.out)
    return int(said[1]) if said else 0


def counts(run: Run) -> list[dict[str, float]]:
    """history.csv without measured seconds."""
    return [{key: value for key, value in line.items() if not key.endswith("_s") or key in ("time_s", "dt_s")}
            for line in run.table("history.csv")]


def differences_of_runs(bench: Bench, these: Run, those: Run) -> list[str]:
    """All that is not the same to the bit in two finished runs: gas, who answered, weights, optimiser, rows kept for
    training, controller, certificate, and every step's counts."""
    found = differing(bench.compare(these.last("fields_*.h5"), those.last("fields_*.h5")))
    found += differing(bench.compare(these.last("checkpoint_*.h5"), those.last("checkpoint_*.h5")), MEASURED)
    found += [] if counts(these) == counts(those) else ["history.csv"]
    mine, theirs = these.summary(), those.summary()
    found += [part for part in ("subproblems", "certificate", "error", "conservation", "macro") if mine.get(part) != theirs.get(part)]
    return found


def restart(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """Whole against cut and continued, on as many ranks."""
    stopped = cut(bench, given, ranks)
    end = stopped.further(given["further_steps"])
    continued = go_on(bench, given, stopped, end, ranks)
    whole = uncut(bench, given, end, ranks)
    return whole.figures() | {"exit_code_when_cut": stopped.outcome.code, "cut_after_step": continued_after(continued),
                              "differing": " ".join(differences_of_runs(bench, whole, continued))}


def restart_on_other_ranks(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """Whole on one number of ranks, cut there, and continued on another."""
    if len(bench.rank_counts) < 2:
        raise Skip(f"it takes two numbers of ranks, and --ranks has only {bench.rank_counts[0]}")
    few, many = sorted(bench.rank_counts)[:2]
    stopped = cut(bench, given, many)
    end = stopped.further(given["further_steps"])
    continued = go_on(bench, given, stopped, end, few)
    whole = uncut(bench, given, end, many)
    comparison = bench.compare(whole.last("fields_*.h5"), continued.last("fields_*.h5"))
    return {"cut_after_step": continued_after(continued), "difference_of_gas": difference_of_gas(comparison),
            "ranks_before": many, "ranks_after": few}


def damaged_checkpoint(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """The newest checkpoint of a run has a flipped bit: it is passed over, with a warning, for the one before."""
    settings = given["settings"] | {"output.checkpoint_every": given["checkpoint_every"]}
    whole = bench.done(given["case"], settings, ranks)
    newest = whole.last("checkpoint_*.h5")
    content = bytearray(newest.read_bytes())
    content[len(content) // 2] ^= 1
    newest.write_bytes(content)
    again = bench.done(given["case"], settings, ranks, "--restart", whole.directory, directory=whole.directory)
    before = int(newest.stem.split("_")[1]) - given["checkpoint_every"]
    return {"said": again.outcome.out, "steps_back": given["checkpoint_every"] + before - continued_after(again)}


def stopped_by_signal(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    number = signal.Signals[given["signal"]]
    directory = bench.new_folder()

    def steps() -> int:
        return len(read_table(directory / "history.csv"))

    def send(process: Any) -> None:
        then = steps()
        bench.launcher.send(process, number)
        while process.poll() is None and steps() < then + DEAF:
            time.sleep(0.02)
        if process.poll() is None:
            kill(process)

    return left_behind(bench.interrupted(given["case"], given["settings"] | AT_THE_END | endless(given), ranks,
                                         after(given["after_steps"]), send, directory=directory))


def stopped_by_wall_limit(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    settings = given["settings"] | AT_THE_END | endless(given) | {"time.wall_limit": given["wall_limit"]}
    stopped = bench.run(given["case"], settings, ranks)
    return left_behind(stopped) | {"seconds": stopped.outcome.seconds}


def left_behind(stopped: Run) -> Figures:
    """How a run that was stopped ended, and how many of its steps its newest checkpoint lacks."""
    steps = len(stopped.table("history.csv"))
    saved = max((int(path.stem.split("_")[1]) for path in stopped.directory.glob("checkpoint_*.h5")), default=0)
    return {"exit_code": stopped.outcome.code, "said": stopped.outcome.out, "steps": steps, "steps_lost": steps - saved}
