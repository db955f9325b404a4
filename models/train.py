#!/usr/bin/env python3
"""Trains a model on the data sets of runs; docs/models.md says what is in them, README.md how to go on."""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import packages  # noqa: F401  (first, as it looks for the others)
import numpy as np
import torch

from check import read_model
from contract import HEADS, ModelError, guarded
from dataset import DataSet, load
from define import TRUNKS, Architecture, build, usual_layers
from export import State, export, write_checkpoint
from learning import OPTIMISERS, Recipe, Trainer, answers, scaled_errors
from module_check import learns
from scaling import Scaling

LOOKS = 20  # at the held-out rows
COLUMNS = ("seconds", "updates", "loss", "within", "p95")
Curve = list[tuple[float, ...]]  # of COLUMNS, a line a look


class Budget:
    """Updates, or seconds of training; looking at the held-out rows costs none of them."""

    def __init__(self, updates: int | None, seconds: float | None) -> None:
        self.updates, self.seconds = updates, seconds
        self.spent = 0.0  # [s]

    def progress(self, n_updates: int) -> float:
        return n_updates / self.updates if self.updates else self.spent / self.seconds


def initial(arguments: argparse.Namespace, data: DataSet) -> State:
    if arguments.start is None:
        signature = data.signature
        architecture = Architecture(arguments.architecture, arguments.layers or usual_layers(signature),
                                    arguments.error_layers, arguments.second_layers, arguments.experts, arguments.head)
        if arguments.resolution is not None:
            signature = replace(signature, resolution=arguments.resolution)
        scaling = Scaling.fitted(signature, data.training)
        return State(build(architecture, signature, scaling, arguments.seed), signature, scaling,
                     architecture.to_json(), {})
    model = read_model(arguments.start)
    model.signature.require_same(data.signature, str(arguments.start), str(arguments.data[0]))
    if not learns(model.module, torch.tensor(model.metadata["reference"]["input"], dtype=torch.float32)):
        raise ModelError(f"{arguments.start} has no parameter that training could change: it is frozen, or answers "
                         "without gradients; export it as it was before.")
    return State(model.module, model.signature, model.scaling, model.metadata["architecture"],
                 model.metadata["training"], arguments.start)


def rehearse_export(state: State, data: DataSet) -> None:
    """What cannot be written should say so now, not after hours of training."""
    with tempfile.TemporaryDirectory() as folder:
        export(Path(folder) / "rehearsal.pt", state, data.training)


def learn(trainer: Trainer, state: State, data: DataSet, budget: Budget, keep: Callable[[], None]) -> Curve:
    """Trains to the end of the budget, or until interrupted. Calls `keep` after every look at the held-out rows."""
    curve: Curve = []
    print(f"  seconds  updates      loss  within {trainer.recipe.tolerance:.0e}  95th percentile")
    progress, losses = 0.0, []
    try:
        while progress < 1.0:
            began = time.perf_counter()
            losses.append(trainer.update(progress))
            budget.spent += time.perf_counter() - began
            progress = budget.progress(trainer.updates)
            if progress >= (len(curve) + 1) / LOOKS:
                curve.append((budget.spent, trainer.updates, float(np.mean(losses)), *look(trainer, state, data)))
                losses.clear()
                print("{:9.1f} {:8d} {:9.5f} {:12.2%} {:16.2e}".format(*curve[-1]), flush=True)
                keep()
    except KeyboardInterrupt:
        print("Interrupted: what has been learned so far is written.")
    return curve


def look(trainer: Trainer, state: State, data: DataSet) -> tuple[float, float]:
    """Share of the held-out rows within the tolerance, and the 95th percentile of the scaled error."""
    with trainer.averaged() as module:
        increments, *_ = answers(module, data.held_out.inputs)
    errors = scaled_errors(state.signature, increments, data.held_out.increments)
    return float((errors <= trainer.recipe.tolerance).mean()), float(np.quantile(errors, 0.95))


def after(training: dict[str, Any], trainer: Trainer, curve: Curve) -> dict[str, Any]:
    """What a model says of its training, once this has been added."""
    result = training | {"updates": training.get("updates", 0) + trainer.updates,
                         "samples": training.get("samples", 0) + trainer.updates * trainer.recipe.batch}
    return result | ({f"held_out_within_{trainer.recipe.tolerance:g}": curve[-1][3]} if curve else {})


def parse() -> argparse.Namespace:
    def not_negative(text: str) -> float:
        if not 0 <= float(text) < math.inf:
            raise ValueError
        return float(text)

    def positive(text: str) -> float:
        if not 0 < float(text) < math.inf:
            raise ValueError
        return float(text)

    def count(text: str) -> int:
        positive(text)
        return int(text)

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("data", type=Path, nargs="+", metavar="DATA.h5", help="data sets of runs; they are joined")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="MODEL.pt", help="model to write")
    parser.add_argument("--from", dest="start", type=Path, metavar="MODEL.pt",
                        help="model to go on with, of a run or of Python; instead of an architecture")
    network = parser.add_argument_group("architecture")
    network.add_argument("--architecture", choices=TRUNKS, default="mlp", help="see define.py")
    network.add_argument("--layers", type=count, nargs="+", default=None,
                         help="widths of the hidden layers; None: as in a run, 64 64 up to 12 predicted outputs, "
                              "128 128 up to 60, 192 192 beyond")
    network.add_argument("--error-layers", type=count, nargs="*", default=[32], help="of the error head")
    network.add_argument("--second-layers", type=count, nargs="*", default=[48, 48],
                         help="of the second network; none leaves it out")
    network.add_argument("--experts", type=count, default=4, help="of the mixture")
    network.add_argument("--head", choices=HEADS, default="relaxation",
                         help="increment: learn the increments; relaxation: learn decay and source of each species")
    network.add_argument("--resolution", type=not_negative, metavar="PART",
                         help="mass fractions below this part of their scale look alike to the network; None: the "
                              "data set says")
    recipe = parser.add_argument_group("recipe")
    length = recipe.add_mutually_exclusive_group()
    length.add_argument("--seconds", type=positive, default=120.0, help="of training")
    length.add_argument("--updates", type=count, help="gradient steps")
    recipe.add_argument("--optimiser", choices=OPTIMISERS, default="soap", help="Adam takes several times longer")
    recipe.add_argument("--rate", type=positive, help="learning rate at the start; None: the optimiser's usual one")
    recipe.add_argument("--rate-end", type=positive, help="and at the end, a cosine in between")
    recipe.add_argument("--tolerance", type=positive, default=1e-3,
                        help="of an answer, part of a scale (switching.tolerance): the unit that errors are learned in")
    recipe.add_argument("--batch", type=count, default=512, help="rows of a gradient step")
    recipe.add_argument("--seed", type=int, default=1, help="of initial weights and draws")
    parser.add_argument("--curve", type=Path, metavar="FILE.csv", help="also write the learning curve")
    parser.add_argument("--checkpoint", type=Path, metavar="FILE", help="also write the weights, for export.py")
    parser.add_argument("--device", default="cpu", help="of PyTorch: cpu, cuda, cuda:1")
    parser.add_argument("--threads", type=count, default=1, help="of the CPU; small networks gain little by more")
    return parser.parse_args()


def require_usable(arguments: argparse.Namespace) -> None:
    """Before the hours of training, not after."""
    for path in (arguments.output, arguments.curve, arguments.checkpoint):
        if path is not None and not path.absolute().parent.is_dir():
            raise ModelError(f"There is no folder '{path.parent}' to write {path.name} to; make it first.")
    if arguments.checkpoint and arguments.start:
        raise ModelError("A checkpoint holds weights of an architecture of define.py, so --checkpoint does not go with "
                         "--from; leave it out.")
    if arguments.start and arguments.resolution is not None:
        raise ModelError("A model keeps the resolution that it was trained with, so --resolution does not go with "
                         "--from; leave it out.")
    try:
        torch.empty(1, device=arguments.device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f"--device {arguments.device} cannot be used ({reason}); cpu always can.") from error


def main() -> None:
    arguments = parse()
    torch.set_num_threads(arguments.threads)
    require_usable(arguments)
    data = load(arguments.data)
    for name, rows in (("to train on", data.training), ("held out to judge by", data.held_out)):
        if len(rows) == 0:
            raise ModelError(f"{', '.join(map(str, arguments.data))} has no rows {name}; let the run go on for longer.")
    state = initial(arguments, data)
    rehearse_export(state, data)
    recipe = Recipe(arguments.optimiser, arguments.rate, arguments.rate_end, arguments.batch, arguments.seed,
                    arguments.tolerance)
    # A model need not know which rows are rare, and keeps what it resolves in its scaling.
    signature = replace(state.signature, strata=data.signature.strata, resolution=state.scaling.resolution(state.signature))
    trainer = Trainer(state.module, signature, data.training, recipe, arguments.device)
    n = sum(each.numel() for each in trainer.parameters)
    print(f"{state.architecture['name']}, {n} parameters; {len(data.training)} rows to train on, {len(data.held_out)} "
          "held out")

    def keep() -> None:
        if arguments.checkpoint:
            with trainer.averaged():
                write_checkpoint(arguments.checkpoint, replace(state, training=after(state.training, trainer, [])))

    curve = learn(trainer, state, data, Budget(arguments.updates, arguments.seconds), keep)
    if trainer.skipped:
        print(f"{trainer.skipped} of {trainer.updates} updates were skipped, as their gradient was not finite.")
    with trainer.averaged():
        export(arguments.output, replace(state, training=after(state.training, trainer, curve)), data.training)
    if arguments.curve:
        np.savetxt(arguments.curve, np.reshape(curve, (-1, len(COLUMNS))), fmt="%.6g", delimiter=",",
                   header=",".join(COLUMNS), comments="")
    print(f"Wrote {arguments.output}.")


if __name__ == "__main__":
    guarded(main)
