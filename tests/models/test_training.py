"""train.py and export.py: what has been learned is what the file says, and can be learned further."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import toy
import torch

from check import Model, distances, read_archive, read_model
from contract import HEADS, METADATA
from dataset import load
from define import usual_layers
from learning import OPTIMISERS, Loss, ScaledDifference, Units, answers, scaled_errors

SMALL = ("--layers", 24, 24, "--second-layers", 16, "--error-layers", 8, "--batch", 128)


class Training(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory(prefix="bimetal_models_")
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.path = toy.write_data(self.folder / "data.h5")
        self.data = load([self.path])

    def train(self, name: str, *options: object) -> tuple[Model, str]:
        result = toy.call("train.py", self.path, "-o", self.folder / name, *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stderr, "")
        return read_model(self.folder / name), result.stdout

    def errors(self, model: Model) -> np.ndarray:
        rows = self.data.held_out
        return scaled_errors(self.data.signature, answers(model.module, rows.inputs)[0], rows.increments)

    def test_learns_the_toy_and_says_how_well(self) -> None:
        model, output = self.train("model.pt", *SMALL, "--updates", 600, "--curve", self.folder / "curve.csv")
        within = (self.errors(model) <= 1e-3).mean()
        self.assertGreater(within, 0.15)
        with (self.folder / "curve.csv").open() as file:
            curve = [{key: float(value) for key, value in line.items()} for line in csv.DictReader(file)]
        self.assertEqual((len(curve), curve[-1]["updates"]), (20, 600))
        self.assertAlmostEqual(curve[-1]["within"], within, delta=0.003)
        self.assertLess(curve[-1]["loss"], 0.2 * curve[0]["loss"])
        self.assertIn(f"{within:.1%}"[:3], output)
        self.assertEqual(model.metadata["training"]["samples"], 600 * 128)
        self.assertLess(distances(model, self.data.training.inputs).mean(), 0.6)
        log_error = answers(model.module, self.data.held_out.inputs)[1]  # ranks its own errors
        log_true = np.log10(self.errors(model))
        self.assertGreater(np.corrcoef(log_error, log_true)[0, 1], 0.5)
        self.assertLess(abs((log_error - log_true).mean()), 0.2)

    def test_errors_in_small_mass_fractions_are_learned_in_parts_of_these_as_far_as_they_are_resolved(self) -> None:
        signature = self.data.signature
        rows = [*signature.free, *signature.pivots]
        scales = torch.tensor([0.0, *(each.scale for each in signature.inputs[1:])])
        truth = torch.zeros(1, signature.n_out)
        for part, resolution, unit in ((0.5, 1e-5, 1e-3), (2e-4, 1e-5, 2e-4), (1e-9, 1e-4, 1e-5), (1e-9, 4e-3, 1e-3),
                                       (1e-9, 0.0, 1e-3)):
            with self.subTest(part=part, resolution=resolution):
                units = Units(replace(signature, resolution=resolution), 1e-3)((part * scales)[None], truth)
                np.testing.assert_allclose(units.numpy(), np.full((1, len(rows)), unit), rtol=1e-5)

    def test_the_loss_is_hubers_error_in_tolerances(self) -> None:
        signature = self.data.signature
        truth = torch.zeros(1, len(signature.outputs))
        inputs = torch.ones(1, len(signature.inputs))

        def loss_of(part: float, tolerance: float) -> float:
            increments = truth.clone()
            increments[0, signature.free[0]] = part * signature.outputs[signature.free[0]].scale
            error = ScaledDifference(signature)(increments, truth).abs().amax(1).clamp_min(1e-8).log10()
            return Loss(signature, tolerance)((increments, error), inputs, truth).item()

        self.assertEqual(loss_of(0.0, 1e-3), 0.0)
        self.assertAlmostEqual(loss_of(2e-4, 1e-3) / loss_of(1e-4, 1e-3), 4.0, places=3)
        self.assertAlmostEqual((loss_of(0.3, 1e-3) - loss_of(0.2, 1e-3)) / (loss_of(0.2, 1e-3) - loss_of(0.1, 1e-3)), 1.0,
                               places=3)
        self.assertAlmostEqual(loss_of(1e-3, 1e-2), loss_of(1e-4, 1e-3), places=6)

    def test_held_out_rows_are_never_learned_from(self) -> None:
        plain, _ = self.train("plain.pt", *SMALL, "--updates", 30)
        with h5py.File(self.path, "r+") as file:
            out = file["out"][...]
            out[file["held_out"][...] == 1, 1:] *= 0.5
            file["out"][...] = out
        other, _ = self.train("other.pt", *SMALL, "--updates", 30)
        for a, b in zip(plain.module.parameters(), other.module.parameters()):
            self.assertTrue(torch.equal(a, b))

    def test_the_same_seed_gives_the_same_model(self) -> None:
        a, b, c = (self.train(name, *SMALL, "--updates", 30, "--seed", seed)[0]
                   for name, seed in (("a.pt", 3), ("b.pt", 3), ("c.pt", 4)))
        self.assertEqual(a.metadata, b.metadata)
        self.assertNotEqual(a.metadata["reference"], c.metadata["reference"])

    def test_goes_on_where_a_model_stopped(self) -> None:
        for architecture in ("mlp", "residual", "mixture"):
            with self.subTest(architecture=architecture):
                options = ("--architecture", architecture, "--layers", 24, 24, "--batch", 128)
                first, _ = self.train("first.pt", *options, "--updates", 150)
                second, _ = self.train("second.pt", "--from", self.folder / "first.pt", "--updates", 150,
                                       "--batch", 128)
                self.assertLess(np.median(self.errors(second)), 0.8 * np.median(self.errors(first)))
                self.assertEqual(second.metadata["training"]["updates"], 300)
                for key in ("architecture", "scaling", "predicted"):
                    self.assertEqual(second.metadata[key], first.metadata[key])

    def assert_same_answers(self, a: dict[str, Any], b: dict[str, Any]) -> None:
        """To the reference rows, but for the round-off of single precision, which is not the same in every process."""
        self.assertEqual(a["reference"]["input"], b["reference"]["input"])
        for name in ("increments", "log_error"):
            np.testing.assert_allclose(a["reference"][name], b["reference"][name], rtol=1e-5, atol=1e-7)

    def of_format_1(self, name: str) -> Path:
        """The model, whose features resolve all there is and whose head is an increment, as it was written before
        models could be otherwise."""
        module, text = read_archive(self.folder / name)
        tree = toy.before_format_3(json.loads(text))
        tree["format"] = 1
        self.assertEqual([feature.pop("resolution") for feature in tree["scaling"]["features"]], [0.0] * 7)
        self.assertEqual(tree["architecture"].pop("head"), "increment")
        path = self.folder / f"format_1_{name}"
        torch.jit.save(module, str(path), _extra_files={METADATA: json.dumps(tree)})
        return path

    def test_a_file_of_format_1_is_checked_exported_and_trained_as_ever(self) -> None:
        first, _ = self.train("first.pt", *SMALL, "--updates", 150, "--head", "increment", "--resolution", 0)
        old = self.of_format_1("first.pt")
        self.assertEqual(read_model(old).metadata, first.metadata, "read as what this format says of it")
        result = toy.call("check.py", old, "--data", self.path)
        self.assertEqual(result.returncode, 0, result.stderr)
        result = toy.call("export.py", old, "--data", self.path, "-o", self.folder / "copy.pt")
        self.assertEqual(result.returncode, 0, result.stderr)
        copy = read_model(self.folder / "copy.pt").metadata
        self.assert_same_answers(copy, first.metadata)
        self.assertEqual(copy | {"reference": None}, first.metadata | {"reference": None})
        second, _ = self.train("second.pt", "--from", old, "--updates", 150, "--batch", 128)
        self.assertLess(np.median(self.errors(second)), 0.8 * np.median(self.errors(first)))
        for key in ("format", "architecture", "scaling"):
            self.assertEqual(second.metadata[key], first.metadata[key])

    def test_a_checkpoint_of_format_1_makes_the_same_model(self) -> None:
        weights = self.folder / "weights"
        model, _ = self.train("model.pt", *SMALL, "--updates", 40, "--head", "increment", "--resolution", 0,
                              "--checkpoint", weights)
        file = torch.load(weights)
        meaning = json.loads(file["meaning"])
        for feature in meaning["scaling"]["features"]:
            del feature["resolution"]
        del meaning["architecture"]["head"], file["weights"]["features.resolution"]
        del file["weights"]["increments.base"], file["weights"]["increments.has_base"]
        meaning["signature"] = toy.before_format_3(meaning["signature"])
        torch.save(file | {"meaning": json.dumps(meaning)}, weights)
        result = toy.call("export.py", weights, "--data", self.path, "-o", self.folder / "again.pt")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assert_same_answers(read_model(self.folder / "again.pt").metadata, model.metadata)

    def test_the_resolution_is_that_of_the_data_unless_another_is_asked_for(self) -> None:
        for options, part in (((), 1e-3), (("--resolution", 0.01), 0.01)):
            model, _ = self.train("model.pt", *SMALL, "--updates", 5, *options)
            self.assertEqual(model.metadata["format"], 3)
            self.assertAlmostEqual(model.scaling.resolution(model.signature), part)
            self.assertEqual([feature.resolution for feature in model.scaling.features],
                             [0.0, 0.0, *(part * scale for scale in toy.SCALES[1:])])

    def test_a_network_is_as_wide_as_a_runs_unless_others_are_asked_for(self) -> None:
        model, _ = self.train("model.pt", "--updates", 1)
        self.assertEqual(model.metadata["architecture"]["layers"], [64, 64])
        for n, width in ((12, 64), (13, 128), (60, 128), (61, 192)):
            signature = replace(self.data.signature, predicted=tuple(map(str, range(n))))
            self.assertEqual(usual_layers(signature), [width, width])

    def test_both_heads_learn(self) -> None:
        for head in HEADS:
            model, _ = self.train(f"{head}.pt", *SMALL, "--updates", 300, "--head", head)
            self.assertEqual(model.metadata["architecture"]["head"], head)
            self.assertLess(np.median(self.errors(model)), 0.02, head)

    def test_outputs_that_continue_no_input_are_learned_checked_and_learned_on(self) -> None:
        self.path = toy.write_fluxes(self.folder / "fluxes.h5")
        self.data = load([self.path])
        first, _ = self.train("first.pt", *SMALL, "--updates", 300)
        self.assertLess(np.median(self.errors(first)), 0.02)
        second, _ = self.train("second.pt", "--from", self.folder / "first.pt", "--updates", 150)
        self.assertLess(np.median(self.errors(second)), np.median(self.errors(first)))
        self.assertEqual(second.metadata["outputs"], toy.fluxes()["outputs"])
        result = toy.call("check.py", self.folder / "second.pt", "--data", self.path)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_every_optimiser_learns(self) -> None:
        for name in OPTIMISERS:
            model, _ = self.train(f"{name}.pt", *SMALL, "--updates", 150, "--optimiser", name)
            self.assertLess(np.median(self.errors(model)), 0.1, name)

    def test_a_checkpoint_makes_the_same_model(self) -> None:
        model, _ = self.train("model.pt", *SMALL, "--updates", 40, "--checkpoint", self.folder / "weights")
        result = toy.call("export.py", self.folder / "weights", "--data", self.path, "-o", self.folder / "again.pt")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assert_same_answers(read_model(self.folder / "again.pt").metadata, model.metadata)

    def test_an_exported_file_answers_like_the_module(self) -> None:
        self.train("model.pt", *SMALL, "--updates", 40)
        result = toy.call("export.py", self.folder / "model.pt", "--data", self.path, "-o", self.folder / "copy.pt")
        self.assertEqual(result.returncode, 0, result.stderr)
        a, b = (answers(read_model(self.folder / name).module, self.data.held_out.inputs)
                for name in ("model.pt", "copy.pt"))
        for left, right in zip(a, b):
            np.testing.assert_array_equal(left, right)

    def test_check_tells_how_well_a_model_fares(self) -> None:
        self.train("model.pt", *SMALL, "--updates", 40)
        result = toy.call("check.py", self.folder / "model.pt", "--data", self.path)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("400 held-out rows", result.stdout)

    def test_the_module_of_the_readme_can_be_brought_trained_and_used(self) -> None:
        code = re.search(r"```python\n(.*?)```", (toy.SCRIPTS / "README.md").read_text(encoding="utf-8"), re.S)
        environment = {"PYTHONPATH": str(toy.SCRIPTS), "OPENBLAS_NUM_THREADS": "1"}
        (self.folder / "mine.py").write_text(code[1], encoding="utf-8")  # TorchScript reads the source
        result = subprocess.run([sys.executable, "mine.py"], cwd=self.folder, env=environment, check=False,
                                capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        result = toy.call("export.py", self.folder / "mine.pt", "--data", self.path, "-o", self.folder / "start.pt",
                          "--name", "mine")
        self.assertEqual(result.returncode, 0, result.stderr)
        start = read_model(self.folder / "start.pt")
        model, _ = self.train("model.pt", "--from", self.folder / "start.pt", "--updates", 400, "--batch", 128)
        self.assertEqual(model.metadata["architecture"], {"name": "mine"})
        self.assertLess(np.median(self.errors(model)), 0.1 * np.median(self.errors(start)))

    def test_openblas_uses_vector_instructions_of_a_processor_it_does_not_know(self) -> None:
        code = ("import os, packages, numpy, blas\n"
                "before = [blas.core(library) for library in blas.loaded()]\n"
                "del os.environ[blas.VARIABLE]\n"
                "blas.use_vector_kernels()\n"
                "after = [blas.core(library) for library in blas.loaded()]\n"
                "a = numpy.arange(40000, dtype=numpy.float32).reshape(200, 200) % 7 - 3\n"
                "assert (a @ a.T == (a.astype(int) @ a.astype(int).T)).all()\n"
                "print(*before, blas.can_run_them(), *after)")
        environment = {"PYTHONPATH": str(toy.SCRIPTS), "OPENBLAS_NUM_THREADS": "1", "OPENBLAS_CORETYPE": "Prescott"}
        result = subprocess.run([sys.executable, "-c", code], env=environment, check=False, capture_output=True,
                                text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        words = result.stdout.split()
        n = len(words) // 2
        if n == 0 or words[n] == "False":
            self.skipTest("not an OpenBLAS that can be asked to choose again, or a processor without AVX2")
        self.assertEqual(words, ["Prescott"] * n + ["True"] + ["Haswell"] * n)


if __name__ == "__main__":
    unittest.main()
