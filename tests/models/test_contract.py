"""Signature, null space and scaling mean what docs/models.md says."""

from __future__ import annotations

import json
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import toy
import torch

from contract import ModelError, Signature
from dataset import N_STRATA, Draws, Rows, load
from export import familiarity_of
from learning import ScaledDifference, scaled_errors
from scaling import Features, Increments, Scaling, Targets

SIGNATURE = Signature.from_json(toy.signature(), 0.1, 1e-3)


def rows(n: int = 500, seed: int = 1) -> Rows:
    into = toy.states(n, seed)
    return Rows(into, toy.solve(into) - into)


class NullSpace(unittest.TestCase):
    def test_increments_of_the_basis_keep_the_invariants(self) -> None:
        self.assertLess(np.abs(SIGNATURE.invariants @ SIGNATURE.basis()).max(), 1e-15)

    def test_predicted_columns_are_their_own_increments_and_the_rest_follows(self) -> None:
        basis = SIGNATURE.basis()
        np.testing.assert_array_equal(basis[SIGNATURE.free], np.eye(3))
        np.testing.assert_array_equal(basis[0], 0.0)
        increments = rows().increments
        np.testing.assert_allclose((basis @ increments[:, SIGNATURE.free].T).T[:, 1:], increments[:, 1:], atol=1e-14)

    def test_invariants_that_depend_on_each_other_do_no_harm(self) -> None:
        invariants = np.vstack([SIGNATURE.invariants, SIGNATURE.invariants.sum(axis=0)])
        np.testing.assert_allclose(replace(SIGNATURE, invariants=invariants).basis(), SIGNATURE.basis(), atol=1e-14)

    def test_refuses_to_guess_what_the_invariants_leave_open(self) -> None:
        with self.assertRaisesRegex(ModelError, "do not determine the increments of Y_B2, Y_AB, Y_B"):
            replace(SIGNATURE, predicted=("Y_A2", "Y_A")).basis()

    def test_scaled_error_sees_the_columns_that_follow(self) -> None:
        truth = rows().increments
        wrong = truth.copy()
        wrong[:, 4] += 1e-3  # of A alone, which AB takes up fourfold, and B2 threefold
        expected = max(1e-3 / 0.02, 4e-3 / 0.5, 3e-3 / 0.6)
        np.testing.assert_allclose(scaled_errors(SIGNATURE, wrong, truth), expected, rtol=1e-9)
        other = ScaledDifference(SIGNATURE)(torch.from_numpy(wrong).float(), torch.from_numpy(truth).float()).abs().amax(1)
        np.testing.assert_allclose(other.numpy(), expected, rtol=1e-3)
        wrong[:, 2] += 1.0  # what follows is not asked for
        np.testing.assert_allclose(scaled_errors(SIGNATURE, wrong, truth), expected, rtol=1e-9)


class ScalingOfRows(unittest.TestCase):
    def setUp(self) -> None:
        self.rows = rows()
        self.scaling = Scaling.fitted(SIGNATURE, self.rows)

    def test_features_are_standardised_transforms(self) -> None:
        T, Y = self.rows.inputs[:, :1], self.rows.inputs[:, 1:]
        for part in (0.0, 1e-3, 0.1):
            raw = np.hstack([T, 1000.0 / T, (np.maximum(Y, 0.0) + part * np.array(toy.SCALES[1:])) ** 0.1])
            expected = (raw - raw.mean(axis=0)) / raw.std(axis=0)
            scaling = Scaling.fitted(replace(SIGNATURE, resolution=part), self.rows)
            x = Features(scaling)(torch.from_numpy(self.rows.inputs).float())
            np.testing.assert_allclose(x.numpy(), expected, atol=1e-4)
            self.assertEqual([feature.column for feature in scaling.features], [0, 0, 1, 2, 3, 4, 5])
            np.testing.assert_allclose([feature.resolution for feature in scaling.features],
                                       [0.0, 0.0, *(part * scale for scale in toy.SCALES[1:])], rtol=1e-12)

    def test_what_an_answer_may_get_wrong_is_not_resolved(self) -> None:
        """The radicals of a row, from none at all to a tenth of what is resolved."""
        none = self.rows.inputs[:1].copy()
        none[:, 4:] = 0.0
        little = none.copy()
        little[:, 4:] = 1e-4 * np.array(toy.SCALES[4:])
        moved = {}
        for part in (0.0, 1e-3):
            features = Features(Scaling.fitted(replace(SIGNATURE, resolution=part), self.rows))
            moved[part] = (features(torch.from_numpy(little).float()) - features(torch.from_numpy(none).float())).max()
        self.assertLess(moved[1e-3], 0.1)
        self.assertGreater(moved[0.0], 1.0)

    def test_conditions_are_seen_by_their_logarithm(self) -> None:
        tree = toy.signature()
        tree["inputs"].append({"name": "dt", "unit": "s", "nature": "positive", "scale": 1e-6,
                               "condition": "time_step"})
        signature = Signature.from_json(tree, 0.1)
        dt = np.geomspace(1e-8, 1e-5, len(self.rows))
        inputs = np.column_stack([self.rows.inputs, dt])
        scaling = Scaling.fitted(signature, Rows(inputs, self.rows.increments))
        x = Features(scaling)(torch.from_numpy(inputs).float()).numpy()[:, -1]
        np.testing.assert_allclose(x, (np.log(dt) - np.log(dt).mean()) / np.log(dt).std(), atol=1e-5)

    def test_a_column_that_hardly_varies_keeps_a_deviation(self) -> None:
        alike = np.repeat(self.rows.inputs[:1], 10, axis=0)
        scaling = Scaling.fitted(SIGNATURE, Rows(alike, np.zeros((10, 6))))
        self.assertEqual([feature.deviation for feature in scaling.features], [100.0, 0.1, *[0.02] * 5])
        self.assertEqual([target.deviation for target in scaling.targets], [0.01] * 3)

    def test_increments_invert_targets_and_keep_the_elements(self) -> None:
        truth = torch.from_numpy(self.rows.increments)
        z = Targets(self.scaling).double()(truth)
        back = Increments(self.scaling, SIGNATURE).double()(z, torch.from_numpy(self.rows.inputs)).numpy()
        np.testing.assert_allclose(back[:, 1:], self.rows.increments[:, 1:], atol=1e-8)
        self.assertLess(np.abs(back @ SIGNATURE.invariants.T).max(), 1e-8)

    def test_a_relaxation_keeps_a_part_of_what_is_there_and_adds_to_it(self) -> None:
        random = torch.Generator().manual_seed(1)
        z, logits = (torch.randn(len(self.rows), 3, generator=random).double() for _ in range(2))
        inputs = torch.from_numpy(self.rows.inputs)
        increments = Increments(self.scaling, SIGNATURE, "relaxation").double()(torch.cat([z, logits], 1), inputs)
        for j, target in enumerate(self.scaling.targets):
            source = target.knee * torch.sinh(target.mean + target.deviation * z[:, j])
            out = (1.0 - torch.sigmoid(logits[:, j])) * inputs[:, target.column] + source
            np.testing.assert_allclose(inputs[:, target.column] + increments[:, target.column], out, atol=1e-7)
        self.assertLess(np.abs(increments.numpy() @ SIGNATURE.invariants.T).max(), 1e-6)
        np.testing.assert_array_equal(increments[:, 0], 0.0)

    def test_survives_json(self) -> None:
        self.assertEqual(Scaling.from_json(self.scaling.to_json()), self.scaling)

    def test_one_row_in_two_hundred_is_unfamiliar_and_others_are_more_so(self) -> None:
        familiarity = familiarity_of(self.scaling, self.rows)

        def distance(inputs: np.ndarray) -> np.ndarray:
            x = Features(self.scaling)(torch.from_numpy(inputs).float()).double().numpy()
            whitening = np.reshape(familiarity["whitening"], (7, 7))
            return np.linalg.norm(x @ whitening.T - familiarity["centre"], axis=1)

        self.assertAlmostEqual((distance(self.rows.inputs) > 1).mean(), 0.005, delta=0.003)
        self.assertTrue((distance(self.rows.inputs + [800.0, 0, 0, 0, 0, 0]) > 1).mean() > 0.9)


class DataSets(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory(prefix="bimetal_models_")
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def test_keeps_held_out_rows_apart(self) -> None:
        data = load([toy.write_data(self.folder / "a.h5", 100)])
        self.assertEqual((len(data.training), len(data.held_out)), (80, 20))
        np.testing.assert_array_equal(data.held_out.inputs, toy.states(100, 1)[::5])

    def test_say_what_features_resolve_or_are_from_before_they_did(self) -> None:
        path = toy.write_data(self.folder / "a.h5", 100, resolution=0.01)
        self.assertEqual(load([path]).signature.resolution, 0.01)
        with h5py.File(path, "r+") as file:
            tree = json.loads(file.attrs["signature"])
            del tree["resolution"]
            file.attrs["signature"] = json.dumps(tree)
        self.assertEqual(load([path]).signature.resolution, 4e-3)

    def test_of_before_bases_were_stated_are_read_as_they_were_meant(self) -> None:
        tree = toy.signature()
        tree["inputs"].append({"name": "dt", "unit": "s", "nature": "positive", "scale": 1e-6, "condition": "time_step"})
        into = toy.states(100, 1)
        path = toy.write_rows(self.folder / "a.h5", np.column_stack([into, np.full(100, 1e-6)]), toy.solve(into), tree)
        now = load([path])
        with h5py.File(path, "r+") as file:
            file.attrs["signature"] = json.dumps(toy.before_format_3(json.loads(file.attrs["signature"])))
            file.attrs["format"] = 1
        before = load([path])
        self.assertEqual(before.signature.to_json(), now.signature.to_json())
        np.testing.assert_array_equal(before.training.increments, now.training.increments)

    def test_of_outputs_that_continue_no_input_have_the_outputs_themselves_for_increments(self) -> None:
        data = load([toy.write_fluxes(self.folder / "a.h5", 100)])
        np.testing.assert_array_equal(data.training.increments, toy.conduct(data.training.inputs))

    def test_joins_several(self) -> None:
        data = load([toy.write_data(self.folder / "a.h5", 100), toy.write_data(self.folder / "b.h5", 50, seed=2)])
        self.assertEqual((len(data.training), len(data.held_out)), (120, 30))

    def test_draws_the_strata_alike_but_for_the_cap(self) -> None:
        inputs = np.full((1000, 6), 0.1)
        inputs[:, 0] = np.where(np.arange(1000) < 980, 300.0, np.where(np.arange(1000) < 995, 1500.0, 2200.0))
        draws = Draws(Rows(inputs, inputs), SIGNATURE, seed=1)
        T = inputs[np.concatenate([draws.draw(500) for _ in range(100)]), 0]
        # Three strata in use: 15 and 5 rows of 1000 are drawn four times as often as rows are on average.
        weights = np.array([1 / 3, 4 * 0.015, 4 * 0.005])
        drawn = np.array([(T == value).mean() for value in (300.0, 1500.0, 2200.0)])
        np.testing.assert_allclose(drawn, weights / weights.sum(), rtol=0.1)
        self.assertEqual(N_STRATA, len(draws.count))


if __name__ == "__main__":
    unittest.main()
