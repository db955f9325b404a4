"""The optimiser: Adam where there is nothing to turn, and much better than Adam where there is."""

from __future__ import annotations

import math
import unittest

import toy  # noqa: F401  the path to models/
import torch

from soap import WIDEST, Soap


def error_left(optimiser: type[torch.optim.Optimizer], stretch: float, n_steps: int = 300) -> float:
    """Of W after descending |A (W - truth) B|^2, where A and B mix the axes and stretch them by 1 to `stretch`."""
    generator = torch.Generator().manual_seed(5)

    def mixing(n: int = 16) -> torch.Tensor:
        left, right = (torch.linalg.qr(torch.randn(n, n, generator=generator))[0] for _ in range(2))
        return left @ torch.diag(torch.logspace(0.0, math.log10(stretch), n)) @ right

    a, b, truth = mixing(), mixing(), torch.randn(16, 16, generator=generator)
    weights = torch.zeros(16, 16, requires_grad=True)
    descent = optimiser([weights], lr=0.1)
    for step in range(n_steps):
        descent.param_groups[0]["lr"] = 0.1 * (1.0 - step / n_steps)
        descent.zero_grad()
        (a @ (weights - truth) @ b).square().sum().backward()
        descent.step()
    return float((weights - truth).detach().abs().max())


class SoapOptimiser(unittest.TestCase):
    def test_moves_every_weight_by_the_rate_at_first_whatever_the_size_of_its_gradient(self) -> None:
        parameters = [torch.zeros(3, requires_grad=True), torch.zeros(2, 2, requires_grad=True)]
        parameters[0].grad = torch.tensor([100.0, -1e-3, 0.0])
        parameters[1].grad = torch.tensor([[7.0, -7.0], [1e-2, 0.0]])
        Soap(parameters, lr=0.1).step()
        for parameter, moved in zip(parameters, ([-0.1, 0.1, 0.0], [[-0.1, 0.1], [-0.1, 0.0]])):
            torch.testing.assert_close(parameter.detach(), torch.tensor(moved), rtol=1e-4, atol=1e-5)

    def test_is_not_slowed_down_by_stretched_and_mixed_axes(self) -> None:
        self.assertLess(error_left(Soap, 1.0), 1e-2)
        self.assertLess(error_left(Soap, 10.0), 5e-2)
        self.assertGreater(error_left(torch.optim.Adam, 10.0), 1e-1)

    def test_leaves_very_wide_sides_as_they_are(self) -> None:
        weights = torch.zeros(WIDEST + 1, 3, requires_grad=True)
        descent = Soap([weights])
        for _ in range(20):
            weights.grad = torch.ones_like(weights)
            descent.step()
        left, right = descent.state[weights]["sides"]
        self.assertIsNone(left)
        self.assertEqual(right.basis.shape, (3, 3))
        self.assertTrue(torch.isfinite(weights).all())


if __name__ == "__main__":
    unittest.main()
