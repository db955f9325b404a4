#!/usr/bin/env python3
"""Gradient steps a second of a plain PyTorch loop, and of the native trainer on the same rows.

The loop is what one would write with PyTorch and one's data in memory: features and targets of all rows are worked out
beforehand, the three networks of the native trainer are torch.nn.Sequential, the loss is its loss, and the optimiser is
torch.optim.Adam or SOAP in Python. One thread; seconds are those of the processor, so that they mean the same on a
machine that is shared. The native trainer is a command that prints {"updates_per_second": ...}, given the data file:

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
from torch import Tensor, nn

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models"))

from contract import ModelError, guarded  # noqa: E402
from dataset import DataSet, load  # noqa: E402
from learning import HUBER_WIDTH, LARGEST_ERROR, SMALLEST_ERROR, Z_WIDTH  # noqa: E402
from scaling import Features, Scaling, Targets  # noqa: E402
from soap import Soap  # noqa: E402

LAYERS, ERROR_LAYERS, SECOND_LAYERS = [128, 128], [32], [48, 48]  # the native defaults
OPTIMISERS = {"SOAP": (Soap, 1e-2), "Adam": (torch.optim.Adam, 2e-3)}
WARM_UP = 20  # steps
MEASURED_AT_ONCE = 20  # steps


def perceptron(widths: list[int]) -> nn.Sequential:
    parts: list[nn.Module] = []
    for n_from, n_to in zip(widths, widths[1:]):
        parts += [nn.Linear(n_from, n_to), nn.GELU()]
    return nn.Sequential(*parts[:-1])


class Loop:
    """One gradient step after the other."""

    def __init__(self, data: DataSet, optimiser: str, batch: int) -> None:
        signature, rows = data.signature, data.training
        scaling = Scaling.fitted(signature, rows)
        self.x = Features(scaling)(torch.from_numpy(rows.inputs).float())  # [n, n_features]
        self.z = Targets(scaling)(torch.from_numpy(rows.increments).float())  # [n, n_targets]
        self.mean = torch.tensor([target.mean for target in scaling.targets])
        self.deviation = torch.tensor([target.deviation for target in scaling.targets])
        columns = [*signature.free, *signature.pivots]
        knees = [target.knee for target in scaling.targets]
        to_scaled = signature.basis()[columns] * knees / signature.scales[columns, None]
        self.to_scaled = torch.from_numpy(to_scaled.T.copy()).float()  # [n_targets, n_columns]
        n_features, n_targets = self.x.shape[1], self.z.shape[1]
        self.body = nn.Sequential(perceptron([n_features, *LAYERS]), nn.GELU())
        self.last = nn.Linear(LAYERS[-1], n_targets)
        self.head = perceptron([LAYERS[-1], *ERROR_LAYERS, 1])
        self.second = perceptron([n_features, *SECOND_LAYERS, n_targets])
        parts = nn.ModuleList([self.body, self.last, self.head, self.second])
        self.parameters = list(parts.parameters())
        kind, rate = OPTIMISERS[optimiser]
        self.optimiser = kind(self.parameters, lr=rate)
        self.average = [parameter.detach().clone() for parameter in self.parameters]
        self.batch = batch

    def scaled_error(self, z: Tensor, truth: Tensor) -> Tensor:
        said, right = (torch.sinh(self.mean + each * self.deviation) for each in (z, truth))
        return (said - right).mm(self.to_scaled).abs().amax(1)

    def step(self) -> None:
        index = torch.randint(len(self.x), (self.batch,))
        x, z = self.x[index], self.z[index]
        self.optimiser.zero_grad(set_to_none=True)
        h = self.body(x)
        said, log_error, second = self.last(h), self.head(h.detach()).squeeze(1), self.second(x)
        with torch.no_grad():
            error = self.scaled_error(said, z).clamp(SMALLEST_ERROR, LARGEST_ERROR).log10()
        loss = (nn.functional.huber_loss(said, z, delta=Z_WIDTH) / Z_WIDTH
                + nn.functional.huber_loss(second, z, delta=Z_WIDTH) / Z_WIDTH
                + nn.functional.huber_loss(log_error, error, delta=HUBER_WIDTH))
        loss.backward()
        self.optimiser.step()
        with torch.no_grad():
            for average, parameter in zip(self.average, self.parameters):
                average.lerp_(parameter, 0.01)


def rate_of(loop: Loop, seconds: float) -> float:
    """Gradient steps a second of the processor, the median of short stretches."""
    for _ in range(WARM_UP):
        loop.step()
    rates, began = [], time.process_time()
    while not rates or time.process_time() - began < seconds:
        start = time.process_time()
        for _ in range(MEASURED_AT_ONCE):
            loop.step()
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
    loops = {f"PyTorch, {name}": Loop(data, name, arguments.batch) for name in OPTIMISERS}
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
