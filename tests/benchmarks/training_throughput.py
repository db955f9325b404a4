#!/usr/bin/env python3
"""Gradient steps a second of a PyTorch loop, and of the native trainer on the same rows.

The loop is that of models/train.py: the same network, loss and draws, with SOAP in Python or torch.optim.Adam. One
thread; seconds are those of the processor, so that they mean the same on a machine that is shared. The native trainer is
a command that prints {"updates_per_second": ...}, given the data file:

  training_throughput.py out/h2/data.h5 --native "build/release/tests/benchmarks/learning --throughput"
"""

from __future__ import annotations

import argparse
import json
import shlex
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models"))

from contract import ModelError, guarded  # noqa: E402
from dataset import DataSet, load  # noqa: E402
from define import Architecture, build  # noqa: E402
from learning import OPTIMISERS, Recipe, Trainer  # noqa: E402
from scaling import Scaling  # noqa: E402

WARM_UP = 20  # steps
MEASURED_AT_ONCE = 20  # steps


def trainer_of(data: DataSet, optimiser: str, batch: int) -> Trainer:
    scaling = Scaling.fitted(data.signature, data.training)
    module = build(Architecture(), data.signature, scaling)  # the native defaults
    return Trainer(module, data.signature, data.training, Recipe(optimiser, batch=batch))


def rate_of(trainer: Trainer, seconds: float) -> float:
    """Gradient steps a second of the processor, the median of short stretches."""
    for _ in range(WARM_UP):
        trainer.update(0.0)
    rates, began = [], time.process_time()
    while not rates or time.process_time() - began < seconds:
        start = time.process_time()
        for _ in range(MEASURED_AT_ONCE):
            trainer.update(0.0)
        rates.append(MEASURED_AT_ONCE / (time.process_time() - start))
    return statistics.median(rates)


def native_rate(command: str, data: Path, seconds: float, batch: int) -> float:
    words = [*shlex.split(command), str(data), "--seconds", str(seconds), "--batch", str(batch)]
    try:
        result = subprocess.run(words, capture_output=True, text=True, check=True)
        return float(json.loads(result.stdout)["updates_per_second"])
    except (OSError, subprocess.CalledProcessError, ValueError, KeyError) as error:
        raise ModelError(f"'{shlex.join(words)}' does not print updates_per_second as JSON ({error}).") from error


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="data.h5 of a run")
    parser.add_argument("--native", metavar="COMMAND", help="the native trainer, to compare with")
    parser.add_argument("--batch", type=int, default=512, help="rows of a gradient step [512]")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each measurement [10]")
    parser.add_argument("--repeats", type=int, default=3, help="measurements of each, taken in turns [3]")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    data = load([arguments.data])
    loops = {f"PyTorch, {name}": trainer_of(data, name, arguments.batch) for name in OPTIMISERS}
    rates: dict[str, list[float]] = {}
    for _ in range(arguments.repeats):
        for name, loop in loops.items():
            rates.setdefault(name, []).append(rate_of(loop, arguments.seconds))
        if arguments.native:
            rate = native_rate(arguments.native, arguments.data, arguments.seconds, arguments.batch)
            rates.setdefault("native", []).append(rate)
    best = {name: max(values) for name, values in rates.items()}
    result = {"torch": torch.__version__, "batch": arguments.batch, "updates_per_second": rates}
    if arguments.native:
        result["native_over"] = {name: best["native"] / best[name] for name in loops}
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    guarded(main)
