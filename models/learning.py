"""Gradient descent on any module that keeps the contract, whatever it is made of: increments in, increments out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from contract import Signature
from dataset import Draws, Rows
from soap import Soap

SMALLEST_ERROR, LARGEST_ERROR = 1e-8, 1e4  # what the error head is asked to tell apart
HUBER_WIDTH = 0.5  # of its loss, in decades
COLUMN_WIDTH = 1.0  # of that of a predicted column, in units
FINER = 0.1  # than the features resolve a mass fraction: what answers should be right to
WARM_UP = 100.0  # steps until the averages of the optimiser mean something
KEEP_AVERAGE = 0.99  # of the weights, per step
CHUNK = 4096  # rows of one pass outside training

# Class and the rates at the start and at the end of learning.
OPTIMISERS = {"soap": (Soap, 1e-2, 5e-4), "adam": (torch.optim.Adam, 2e-3, 2e-5)}


class ScaledDifference(nn.Module):
    """delta_k / scale_k over the predicted columns and those that follow from them by the invariants."""

    def __init__(self, signature: Signature) -> None:
        super().__init__()
        rows = [*signature.free, *signature.pivots]
        to_scaled = signature.basis()[rows] / signature.scales[rows, None]
        self.register_buffer("to_scaled", torch.from_numpy(to_scaled.T.copy()).float())  # [n_free, n_rows]
        self.register_buffer("column", torch.tensor(signature.free))

    def forward(self, increments: Tensor, other: Tensor) -> Tensor:  # [n, n_out] twice -> [n, n_rows]
        return (increments - other).index_select(1, self.column).mm(self.to_scaled)


class Units(nn.Module):
    """What errors in the predicted columns are learned in, in scales: the tolerance; and where features resolve less
    than that, for a mass fraction the fraction itself, down to a tenth of the resolution."""

    def __init__(self, signature: Signature, tolerance: float) -> None:
        super().__init__()
        self.tolerance = tolerance
        outputs = [signature.outputs[k] for k in (*signature.free, *signature.pivots)]
        least = FINER * signature.resolution if 0 < signature.resolution < tolerance else tolerance

        def least_of(base: int | None) -> float:
            return least if base is not None and signature.inputs[base].nature == "mass_fraction" else tolerance

        self.register_buffer("base", torch.tensor([q.continues or 0 for q in outputs]))
        self.register_buffer("column", torch.tensor([*signature.free, *signature.pivots]))
        self.register_buffer("scale", torch.tensor([q.scale for q in outputs]))
        self.register_buffer("least", torch.tensor([least_of(q.continues) for q in outputs]))

    def forward(self, inputs: Tensor, truth: Tensor) -> Tensor:  # [n, n_in], [n, n_out] -> [n, n_rows]
        out = (inputs.index_select(1, self.base) + truth.index_select(1, self.column)) / self.scale
        return torch.maximum(out, self.least).clamp(max=self.tolerance)


class Loss(nn.Module):
    """Mean over rows of Huber errors: of the predicted columns in units, of the answer and of the second one, with a
    slope of 1 far away, and of log_error against log10 of the scaled error."""

    def __init__(self, signature: Signature, tolerance: float) -> None:
        super().__init__()
        self.difference = ScaledDifference(signature)
        self.units = Units(signature, tolerance)

    def forward(self, answer: tuple[Tensor, ...], inputs: Tensor, truth: Tensor) -> Tensor:
        units = self.units(inputs, truth)
        columns = [self.difference(increments, truth) for increments in (answer[0], *answer[2:])]
        error = columns[0].detach().abs().amax(1).clamp(SMALLEST_ERROR, LARGEST_ERROR).log10()
        loss = nn.functional.huber_loss(answer[1], error, delta=HUBER_WIDTH)
        for each in columns:
            each = each / units
            loss = loss + nn.functional.huber_loss(each, torch.zeros_like(each), delta=COLUMN_WIDTH) / COLUMN_WIDTH
        return loss


@dataclass(frozen=True)
class Recipe:
    optimiser: str = "soap"
    rate: float | None = None  # at the start; by default that of the optimiser
    rate_end: float | None = None
    batch: int = 512
    seed: int = 1
    tolerance: float = 1e-3  # part of a scale: the unit that errors are learned in

    def rate_at(self, progress: float) -> float:
        """Cosine from `rate` to `rate_end` as progress goes from 0 to 1."""
        _, usual, usual_end = OPTIMISERS[self.optimiser]
        rate, end = self.rate or usual, self.rate_end or usual_end
        return end + 0.5 * (rate - end) * (1.0 + math.cos(math.pi * min(progress, 1.0)))


class Trainer:
    """Takes gradient steps on `module`, and keeps the exponential average of its weights (Polyak & Juditsky, SIAM J.
    Control Optim. 30 (1992) 838), which is what should serve."""

    def __init__(self, module: nn.Module, signature: Signature, rows: Rows, recipe: Recipe,
                 device: str = "cpu") -> None:
        self.module, self.recipe = module.to(device).train(), recipe
        self.loss = Loss(signature, recipe.tolerance).to(device)
        self.draws = Draws(rows, signature, recipe.seed)
        self.inputs = torch.from_numpy(rows.inputs).float().to(device)
        self.increments = torch.from_numpy(rows.increments).float().to(device)
        self.parameters = [each.requires_grad_() for each in module.parameters()]
        self.average = [each.detach().clone() for each in self.parameters]
        self.optimiser = OPTIMISERS[recipe.optimiser][0](self.parameters, lr=recipe.rate_at(0.0))
        self.updates = 0
        self.skipped = 0

    def update(self, progress: float) -> float:
        """One gradient step, `progress` being the part of learning that is done; gives the loss. Without effect, but
        counted, where that is not finite."""
        index = torch.from_numpy(self.draws.draw(self.recipe.batch)).to(self.inputs.device)
        self.optimiser.zero_grad(set_to_none=True)
        inputs = self.inputs[index]
        loss = self.loss(self.module(inputs), inputs, self.increments[index])
        loss.backward()
        self.updates += 1
        if not self._finite(loss):
            self.skipped += 1
            return math.nan
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.rate_at(progress) * min(1.0, self.updates / WARM_UP)
        self.optimiser.step()
        self._take_average()
        return loss.item()

    def _finite(self, loss: Tensor) -> bool:
        gradients = [each.grad.sum() for each in self.parameters if each.grad is not None]
        return bool(torch.isfinite(torch.stack([loss.detach(), *gradients])).all())

    @torch.no_grad()
    def _take_average(self) -> None:
        # Over all steps at first, over the last hundred or so later.
        fresh = max(1.0 - KEEP_AVERAGE, 10.0 / (self.updates + 10.0))
        for average, parameter in zip(self.average, self.parameters):
            average.lerp_(parameter, fresh)

    @contextmanager
    def averaged(self) -> Iterator[nn.Module]:
        """The module with its average weights, for as long as one looks at it."""
        self._exchange()
        self.module.eval()
        try:
            yield self.module
        finally:
            self.module.train()
            self._exchange()

    @torch.no_grad()
    def _exchange(self) -> None:
        for average, parameter in zip(self.average, self.parameters):
            weights = average.clone()
            average.copy_(parameter)
            parameter.copy_(weights)


@torch.no_grad()
def answers(module: nn.Module, inputs: np.ndarray) -> list[np.ndarray]:
    """Increments [n, n_out], log_error [n] and, if the module gives it, second [n, n_out] of any number of rows."""
    device = next((each.device for each in module.parameters()), "cpu")
    parts = [module(part.to(device)) for part in torch.from_numpy(inputs).float().split(CHUNK)]
    return [torch.cat(each).cpu().double().numpy() for each in zip(*parts)]


def scaled_errors(signature: Signature, increments: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """[n]: as ScaledDifference, in double precision."""
    rows = [*signature.free, *signature.pivots]
    xi = (increments - truth)[:, signature.free]
    return (np.abs(xi @ signature.basis()[rows].T) / signature.scales[rows]).max(axis=1)
