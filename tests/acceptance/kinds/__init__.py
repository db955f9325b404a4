"""The kinds of checks: each runs the program and returns figures, which checks.toml holds against what it expects.

A kind takes the workbench, the check's `with`, and a number of ranks; it raises results.Skip or results.Failure where it
cannot come to its figures."""

from __future__ import annotations

from typing import Any, Callable

from bench import Bench
from results import Figures

from kinds import convergence, facts, models, reactors, restarts, runs, soak, speed

Kind = Callable[[Bench, dict[str, Any], int], Figures]

KINDS: dict[str, Kind] = {
    "info": facts.info,
    "inputs": facts.inputs,
    "reactor": reactors.reactor,
    "run": runs.run,
    "once_it_answers": runs.once_it_answers,
    "flame": runs.flame,
    "against": runs.against,
    "same_on_ranks": runs.same_on_ranks,
    "order_of_grids": convergence.order_of_grids,
    "order_of_steps": convergence.order_of_steps,
    "restart": restarts.restart,
    "restart_on_other_ranks": restarts.restart_on_other_ranks,
    "damaged_checkpoint": restarts.damaged_checkpoint,
    "signal": restarts.stopped_by_signal,
    "wall_limit": restarts.stopped_by_wall_limit,
    "refused_model": models.refused_model,
    "warm_start": models.warm_start,
    "rate": speed.rate,
    "scaling": speed.scaling,
    "speedup": speed.speedup,
    "io": speed.io,
    "soak": soak.soak,
    "memory": soak.memory,
}
