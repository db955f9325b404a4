"""Whole runs of shipped inputs, alone and against each other."""

from __future__ import annotations

import signal
from typing import Any

from bench import PROVENANCE, Bench, Run, answered, difference_of_gas, differing, endless
from results import Failure, Figures, Skip


def petsc(given: dict[str, Any]) -> list[str]:
    return given.get("petsc", "").split()


def run(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """The figures of summary.json, exit code, and what the program said; however it ended."""
    return judged(bench.run(given["case"], given.get("settings", {}), ranks, *petsc(given)))


def once_it_answers(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """A run that goes on until its surrogate has given an answer, however long it has to learn, is stopped, and takes
    `further_steps` more. `then_at`: settings of that part whose values are counted from the step it begins with."""
    settings = given["settings"]
    first = bench.interrupted(given["case"], settings | endless(given), ranks, answered,
                              lambda process: bench.launcher.send(process, signal.SIGUSR1), *petsc(given))
    if first.outcome.code != 3:
        raise Failure(f"a run that was to be stopped ended with {first.said()}")
    steps = len(first.table("history.csv"))
    then = {key: steps + value for key, value in given.get("then_at", {}).items()}
    return judged(bench.run(given["case"], settings | first.further(given["further_steps"]) | then, ranks,
                            *petsc(given), "--restart", first.directory, directory=first.directory))


def judged(run: Run) -> Figures:
    """And by how much the certificate's bound exceeds the true share of wrong answers, where a run has verified; and the
    largest relative change of the mass of anything in a closed box."""
    found = run.figures()
    drift = {key: value for key, value in found.items() if key.startswith("observables.drift.")}
    if drift:
        found["drift_of_matter"] = max(abs(value) for key, value in drift.items() if not key.endswith("enthalpy"))
    truth = found.get("verification.wrong_fraction")
    if found.get("answers_by_surrogate") and truth is not None:
        found["bound_above_truth"] = found["certificate.upper_bound"] - truth
    return found


def flame(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """A laminar flame, with the relative change of its speed over the last tenth of the run."""
    done = bench.done(given["case"], given.get("settings", {}), ranks, *petsc(given))
    speeds = [line["flame_speed_m_s"] for line in done.table("observables.csv")]
    return done.figures() | {"unsteadiness": abs(speeds[-1] / speeds[-1 - len(speeds) // 10] - 1)}


def against(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """A run, its figures, and how its gas differs at the end from that of another run with other settings."""
    settings = given.get("settings", {})
    first = bench.done(given["case"], settings | given["one"], ranks, *petsc(given))
    second = bench.done(given["case"], settings | given["other"], ranks, *petsc(given))
    comparison = bench.compare(second.last("fields_*.h5"), first.last("fields_*.h5"))
    provenance = tuple(f"fields/{name}" for name in (*PROVENANCE, "pressure"))
    return judged(first) | {"difference_of_gas": difference_of_gas(comparison),
                            "differing": " ".join(differing(comparison, provenance))}


def same_on_ranks(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """The same run on every number of ranks: the largest difference of the gas from that on the fewest."""
    if len(bench.rank_counts) < 2:
        raise Skip(f"it takes two numbers of ranks, and --ranks has only {bench.rank_counts[0]}")
    fewest, *others = sorted(bench.rank_counts)
    reference = bench.done(given["case"], given["settings"], fewest, *petsc(given))
    found: Figures = {"temperature_max_K": reference.summary()["observables"]["temperature_max_K"]}
    for n in others:
        other = bench.done(given["case"], given["settings"], n, *petsc(given))
        comparison = bench.compare(reference.last("fields_*.h5"), other.last("fields_*.h5"))
        found[f"difference_on_{n}"] = difference_of_gas(comparison)
    found["largest_difference"] = max(value for name, value in found.items() if name.startswith("difference_on_"))
    return found
