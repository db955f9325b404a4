"""Every architecture keeps the contract, as it is and as TorchScript."""

from __future__ import annotations

import unittest

import numpy as np
import toy
import torch

from contract import HEADS, ModelError, Signature
from dataset import Rows
from define import TRUNKS, Architecture, build
from export import as_script
from scaling import Scaling

SIGNATURE = Signature.from_json(toy.signature(), 0.1, 1e-3)
INPUTS = toy.states(200, 1)
SCALING = Scaling.fitted(SIGNATURE, Rows(INPUTS, toy.solve(INPUTS) - INPUTS))
ROWS = torch.from_numpy(INPUTS).float()
CASES = [(name, second, head) for name in TRUNKS for second in (True, False) for head in HEADS]


def surrogate(name: str, second: bool = True, head: str = "relaxation", seed: int = 1) -> torch.nn.Module:
    architecture = Architecture(name, [16, 16], [8], [12] if second else [], 3, head)
    return build(architecture, SIGNATURE, SCALING, seed)


class Architectures(unittest.TestCase):
    def test_give_two_or_three_tensors(self) -> None:
        for name, second, head in CASES:
            with self.subTest(architecture=name, second=second, head=head):
                module = surrogate(name, second, head)
                for form in (module, as_script(module)):
                    increments, log_error, *rest = form(ROWS)
                    self.assertEqual((increments.shape, log_error.shape), ((200, 6), (200,)))
                    self.assertEqual([each.shape for each in rest], [(200, 6)] if second else [])

    def test_keep_the_elements_and_leave_the_temperature_to_the_enthalpy(self) -> None:
        for name, second, head in CASES:
            with self.subTest(architecture=name, second=second, head=head):
                module = surrogate(name, second, head)
                for increments in module(ROWS)[::2] if second else module(ROWS)[:1]:
                    scaled = increments.detach().double().numpy() / SIGNATURE.scales
                    self.assertGreater(np.abs(scaled).max(), 0.0)
                    miss = increments.detach().double().numpy() @ SIGNATURE.invariants.T
                    self.assertLess(np.abs(miss).max(), 1e-6 * max(1.0, np.abs(scaled).max()))
                    self.assertEqual(np.abs(scaled[:, 0]).max(), 0.0)

    def test_learn_alike_as_torchscript(self) -> None:
        """In particular, the error head bends nothing but itself, also once TorchScript has optimised it."""
        for name, second, head in CASES:
            with self.subTest(architecture=name, second=second, head=head):
                module = surrogate(name, second, head)
                scripted = as_script(module).train()
                for _ in range(4):
                    gradients = []
                    for form in (module, scripted):
                        form.zero_grad(set_to_none=True)
                        increments, log_error, *rest = form(ROWS)
                        (increments.sum() + log_error.sum() + sum(each.sum() for each in rest)).backward()
                        gradients.append({name: each.grad for name, each in form.named_parameters()})
                    for name, gradient in gradients[0].items():
                        torch.testing.assert_close(gradients[1][name], gradient, rtol=1e-4, atol=1e-5)
                    self.assertTrue(all(each is not None for each in gradients[0].values()))

    def test_the_error_head_bends_nothing_but_itself(self) -> None:
        for name, second, head in CASES:
            with self.subTest(architecture=name, second=second, head=head):
                module = surrogate(name, second, head)
                module(ROWS)[1].sum().backward()
                moved = {name.split(".")[0] for name, each in module.named_parameters()
                         if each.grad is not None and each.grad.abs().max() > 0}
                self.assertEqual(moved, {"head"})

    def test_the_second_network_shares_no_weight(self) -> None:
        for name in TRUNKS:
            module = surrogate(name)
            module(ROWS)[2].sum().backward()
            moved = {name.split(".")[0] for name, each in module.named_parameters() if each.grad is not None}
            self.assertEqual(moved, {"second"})

    def test_a_relaxation_starts_where_little_decays(self) -> None:
        for name in TRUNKS:
            with self.subTest(architecture=name):
                module = surrogate(name)
                x = module.features(ROWS)
                for last in (module.trunk(x)[1], module.second(x)):
                    decays = torch.sigmoid(last[:, 3:])
                    self.assertEqual(decays.shape, (200, 3))
                    self.assertAlmostEqual(float(decays.mean()), 0.02, delta=0.02)
                    self.assertLess(float(decays.max()), 0.2)
                    self.assertGreater(float(decays.std()), 0.0)
                self.assertEqual(surrogate(name, head="increment").trunk(x)[1].shape, (200, 3))

    def test_weights_depend_on_the_seed_alone(self) -> None:
        a, b, c = (surrogate("mixture", seed=seed)(ROWS)[0] for seed in (1, 1, 2))
        self.assertTrue(torch.equal(a, b))
        self.assertFalse(torch.equal(a, c))

    def test_rows_do_not_see_each_other(self) -> None:
        for name, second, head in CASES:
            with self.subTest(architecture=name, second=second, head=head):
                module = surrogate(name, second, head)
                for together, alone in zip(module(ROWS), module(ROWS[7:8])):
                    torch.testing.assert_close(together[7:8], alone, rtol=1e-4, atol=1e-6)

    def test_what_physics_hands_over_gives_finite_answers(self) -> None:
        """Mass fractions of zero and slightly below."""
        odd = ROWS.clone()
        odd[:, 4], odd[:, 5] = 0.0, -1e-9
        for name, second, head in CASES:
            with self.subTest(architecture=name, second=second, head=head):
                module = surrogate(name, second, head)
                self.assertTrue(all(torch.isfinite(each).all() for each in module(odd)))

    def test_an_mlp_names_its_weights_like_the_native_network(self) -> None:
        names = {name.replace(".", "_") for name, _ in surrogate("mlp").named_parameters()}
        layers = ["trunk_0", "trunk_1", "trunk_2", "head_0", "head_1", "second_0", "second_1"]
        self.assertEqual(names, {f"{layer}_{what}" for layer in layers for what in ("weight", "bias")})
        self.assertEqual(Architecture().to_json(), {"name": "bimetal.perceptrons", "layers": [128, 128],
                                                    "error_layers": [32], "second_layers": [48, 48],
                                                    "head": "relaxation"})
        self.assertEqual(Architecture(second_layers=[]).to_json()["name"], "mlp")

    def test_survive_json_and_have_the_increment_head_where_none_is_named(self) -> None:
        for name, second, head in CASES:
            architecture = Architecture(name, [8], [], [8] if second else [], head=head)
            tree = architecture.to_json()
            self.assertEqual(Architecture.from_json(tree), architecture)
            del tree["head"]
            self.assertEqual(Architecture.from_json(tree).head, "increment")

    def test_refuse_what_does_not_fit(self) -> None:
        with self.assertRaisesRegex(ModelError, "no architecture 'gnn'; there are mlp, residual, mixture"):
            surrogate("gnn")
        with self.assertRaisesRegex(ModelError, "no head 'tail'; there are relaxation, increment"):
            surrogate("mlp", head="tail")
        with self.assertRaisesRegex(ModelError, r"of one width, and are \[8, 16\]"):
            build(Architecture("residual", [8, 16]), SIGNATURE, SCALING)
        tree = toy.signature()
        tree["inputs"][0]["nature"] = "plain"
        cold = Signature.from_json(tree, 0.1)
        with self.assertRaisesRegex(ModelError, "kind 'toy' have none"):
            build(Architecture("mixture"), cold, Scaling.fitted(cold, Rows(INPUTS, INPUTS)))


if __name__ == "__main__":
    unittest.main()
