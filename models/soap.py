"""The optimiser SOAP: Adam in the eigenbasis of Shampoo's preconditioner.

Vyas et al., arXiv:2409.11321 (2024), algorithm 3, as in the native trainer. For every weight matrix it follows the
averages of G·G^T and G^T·G, and runs Adam on the gradient turned into their eigenvectors, where curvature is closer
to diagonal. What is no matrix gets plain Adam.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

KEEP = 0.95  # of the running averages, per step
EPSILON = 1e-8
STEPS_PER_BASIS = 10
WIDEST = 512  # beyond this the cubic cost of a basis outweighs its worth


class Soap(torch.optim.Optimizer):
    def __init__(self, parameters: Iterable[Tensor], lr: float = 1e-2) -> None:
        super().__init__(parameters, {"lr": lr})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._step(parameter, parameter.grad, group["lr"])

    def _step(self, parameter: Tensor, gradient: Tensor, rate: float) -> None:
        state = self.state[parameter]
        if not state:
            n_sides = parameter.shape if parameter.dim() == 2 else ()
            state.update(steps=0, first=torch.zeros_like(parameter), second=torch.zeros_like(parameter),
                         sides=[Side(n, parameter) if n <= WIDEST else None for n in n_sides])
        state["steps"] += 1
        unbias = 1.0 / (1.0 - KEEP ** state["steps"])
        sides = state["sides"]
        direction = turned(sides, gradient)
        state["first"].mul_(KEEP).add_(direction, alpha=1.0 - KEEP)
        state["second"].mul_(KEEP).addcmul_(direction, direction, value=1.0 - KEEP)
        size = (state["second"] * unbias).sqrt_().add_(EPSILON)
        parameter.sub_(turned_back(sides, state["first"] / size), alpha=rate * unbias)
        for axis, side in enumerate(sides):
            if side is not None:
                side.observe(gradient if axis == 0 else gradient.t())
        if state["steps"] % STEPS_PER_BASIS == 0:
            refresh(state)


class Side:
    """One side of a matrix: what is known of its curvature."""

    def __init__(self, n: int, like: Tensor) -> None:
        self.covariance = like.new_zeros(n, n)
        self.basis = torch.eye(n, dtype=like.dtype, device=like.device)  # eigenvectors, by column

    def observe(self, gradient: Tensor) -> None:
        self.covariance.addmm_(gradient, gradient.t(), beta=KEEP, alpha=1.0 - KEEP)

    def refresh(self) -> Tensor:
        """One step of orthogonal iteration; gives the order by eigenvalue that its columns were put into first."""
        order = (self.covariance.mm(self.basis) * self.basis).sum(0).argsort(descending=True)
        self.basis = torch.linalg.qr(self.covariance.mm(self.basis[:, order]))[0]
        return order


def refresh(state: dict) -> None:
    """New bases. Moments follow: the mean is turned into them, the squares only change places."""
    sides = state["sides"]
    mean = turned_back(sides, state["first"])
    for axis, side in enumerate(sides):
        if side is not None:
            state["second"] = state["second"].index_select(axis, side.refresh())
    state["first"] = turned(sides, mean)


def turned(sides: list[Side | None], matrix: Tensor) -> Tensor:
    if sides and sides[0] is not None:
        matrix = sides[0].basis.t().mm(matrix)
    if sides and sides[1] is not None:
        matrix = matrix.mm(sides[1].basis)
    return matrix


def turned_back(sides: list[Side | None], matrix: Tensor) -> Tensor:
    if sides and sides[0] is not None:
        matrix = sides[0].basis.mm(matrix)
    if sides and sides[1] is not None:
        matrix = matrix.mm(sides[1].basis.t())
    return matrix
