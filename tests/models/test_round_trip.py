"""A run's data teach a model, which the next run uses, goes on training and hands back."""

from __future__ import annotations

import re
import sys
import tempfile
import unittest
from pathlib import Path

import h5py
import modules
import numpy as np
import toy
import torch
from torch import Tensor, nn

sys.path.insert(0, str(toy.ROOT / "tests/app"))

from check import Model, distances, extra_file, read_model  # noqa: E402
from contract import METADATA, Signature  # noqa: E402
from dataset import load  # noqa: E402
from export import N_REFERENCE, evenly  # noqa: E402
from learning import answers  # noqa: E402
from plain import WEIGHTS  # noqa: E402
from program import ProgramTest, bimetal, history, settings, summary  # noqa: E402

KERNEL = toy.ROOT / "inputs/h2_kernel.yaml"
SMALL = {"grid__cells": "[32, 32]", "grid__upper": "[0.0035, 0.0035]", "initial__kernel_temperature": "1600",
         "switching__tolerance": "0.01", "training__updates_per_step": 20, "time__end": "6e-5"}


def resolutions(model: Model) -> list[float]:
    return [feature.resolution for feature in model.scaling.features]


class RoundTrip(ProgramTest):
    @classmethod
    def setUpClass(cls) -> None:
        temporary = tempfile.TemporaryDirectory(prefix="bimetal_round_trip_")
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = Path(temporary.name)
        done = cls.run_case("first", switching__policy="never", output__data="true")
        assert done.returncode == 0, done.stdout + done.stderr
        cls.data = cls.folder / "first/data.h5"

    @classmethod
    def run_case(cls, out: str, **values: object):
        return bimetal("run", KERNEL, "-o", cls.folder / out, *settings(**(SMALL | values)), ranks=2)

    def script(self, name: str, *arguments: object) -> str:
        result = toy.call(name, *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def train(self, name: str, *options: object) -> Path:
        self.script("train.py", self.data, "-o", self.folder / name, "--batch", 256, *options)
        self.assert_done(bimetal("model", "check", self.folder / name, "--input", KERNEL))
        return self.folder / name

    def test_the_null_space_is_the_native_one(self) -> None:
        """Of as many columns as there are elements the increments follow: those of the largest scales, if they tell
        the elements apart."""
        signature: Signature = load([self.data]).signature
        names = [signature.outputs[k].name for k in signature.pivots]
        self.assertEqual(sorted(names), ["Y_H2O", "Y_N2", "Y_O2"])
        self.assertLess(np.abs(signature.invariants @ signature.basis()).max(), 1e-12)

    def test_every_architecture_serves_from_the_first_steps_and_learns_on(self) -> None:
        for architecture, head in (("mlp", "relaxation"), ("mlp", "increment"), ("mixture", "relaxation")):
            with self.subTest(architecture=architecture, head=head):
                model = self.train(f"{architecture}_{head}.pt", "--architecture", architecture, "--layers", 32, 32,
                                   "--head", head, "--updates", 1500)
                out = self.folder / f"with_{architecture}_{head}"
                self.assert_done(self.run_case(out.name, surrogate__model=model))
                accepted = [line["step"] for line in history(out) if line["accepted"] > 0]
                log = (out / "log.txt").read_text(encoding="utf-8")
                calibrated, on = (1 + int(re.search(rf"step (\d+): {words}", log)[1])
                                  for words in ("surrogate version 0 is calibrated", "the surrogate is on"))
                print(f"{architecture}, {head}: calibrated after step {calibrated}, enough audits after step {on}, "
                      f"first accepted answer in step {accepted[0]:.0f}")
                self.assertLessEqual(accepted[0], on + 1)
                self.assertLess(accepted[0], 20)
                # One that knows little and of which nothing is accepted learns on after 8 · promote_every steps, and is
                # promoted where corrections of its last layer alone do not reach the tolerance.
                poor = self.train(f"poor_{architecture}_{head}.pt", "--architecture", architecture, "--layers", 32, 32,
                                  "--head", head, "--updates", 20)
                out = self.folder / f"taught_{architecture}_{head}"
                self.assert_done(self.run_case(out.name, surrogate__model=poor, switching__policy="threshold",
                                               switching__threshold=1e-9, switching__tolerance=3e-3,
                                               training__updates_per_step=40, time__end="1e-4",
                                               training__promote_every=1))
                self.assertGreater(summary(out)["surrogate"]["samples_trained"], 0)
                promoted = read_model(sorted(out.glob("surrogate_v*.pt"))[-1])
                names = [name for name, _ in promoted.module.named_parameters()]
                self.assertIn("trunk.0.weight" if architecture == "mlp" else "trunk.centre", names)
                self.assertEqual(extra_file(sorted(out.glob("surrogate_v*.pt"))[-1], WEIGHTS) != b"",
                                 architecture == "mlp",
                                 "the native network takes over an mlp; what is none stays what it is")
                self.assertEqual(promoted.metadata["architecture"], read_model(model).metadata["architecture"])
                np.testing.assert_allclose(resolutions(promoted), resolutions(read_model(model)), rtol=1e-9)

    def test_what_a_run_has_learned_goes_on_in_python_and_back(self) -> None:
        self.assert_done(self.run_case("native", surrogate__layers="[32, 32]"))
        path = sorted((self.folder / "native").glob("surrogate_v*.pt"))[-1]
        self.script("check.py", path, "--data", self.data)
        self.assertNotEqual(extra_file(path, WEIGHTS), b"")
        model = read_model(path)
        architecture = model.metadata["architecture"]
        self.assertEqual((architecture["name"], architecture["head"]), ("bimetal.perceptrons", "relaxation"))
        signature = load([self.data]).signature
        expected = [signature.resolution * signature.inputs[feature.column].scale * (feature.transform == "power")
                    for feature in model.scaling.features]
        self.assertGreater(max(expected), 0.0)
        np.testing.assert_allclose(resolutions(model), expected, rtol=1e-9)

        reference = model.metadata["reference"]
        increments, log_error, *_ = answers(model.module, np.array(reference["input"]))
        miss = np.abs(increments - reference["increments"]) / model.signature.scales
        self.assertLess(miss.max(), 1e-6, "Python and C++ give the same answers")
        self.assertLess(np.abs(log_error - reference["log_error"]).max(), 1e-4)
        self.assertGreater((distances(model, load([self.data]).training.inputs) <= 1).mean(), 0.8)

        further = read_model(self.train("further.pt", "--from", path, "--updates", 100))
        self.assertEqual(further.metadata["architecture"], model.metadata["architecture"])

    def test_a_frozen_module_that_raises_for_some_rows_serves_where_it_can(self) -> None:
        data = load([self.data])
        # It must answer the reference rows; of the gaps between their temperatures one has most of the early rows.
        T = np.sort(data.training.inputs[:, 0])
        known = [*T[evenly(len(T), N_REFERENCE)], np.inf]
        with h5py.File(self.data) as file:
            early = file["in"][...][file["step"][...] < 6, 0]
        gaps = [(a + 0.1, b - 0.1) for a, b in zip(known, known[1:])]
        gap = max(gaps, key=lambda each: ((early > each[0]) & (early < each[1])).sum())

        class Picky(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.level, self.n_out = nn.Parameter(torch.full((1,), -4.0)), data.signature.n_out
                self.low, self.high = float(gap[0]), float(gap[1])

            def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
                assert not bool(((x[:, 0] > self.low) & (x[:, 0] < self.high)).any()), "not this temperature"
                return torch.zeros(x.shape[0], self.n_out), self.level.expand(x.shape[0])

        bare = modules.write(torch.jit.freeze(torch.jit.script(Picky().eval())), self.folder / "bare.pt")
        self.script("export.py", bare, "--data", self.data, "-o", self.folder / "picky.pt")
        checked = bimetal("model", "check", self.folder / "picky.pt", "--input", KERNEL)
        self.assert_done(checked)
        self.assertIn("it has no parameter that training could change", checked.stdout)
        self.assert_done(self.run_case("picky", surrogate__model=self.folder / "picky.pt", switching__policy="always",
                                       time__end="8e-6"))
        log = (self.folder / "picky/log.txt").read_text(encoding="utf-8")
        self.assertEqual(log.count("no parameter that training could change"), 1, log)
        self.assertEqual(log.count("not this temperature"), 1, log)
        done = summary(self.folder / "picky")
        self.assertEqual(done["surrogate"]["samples_trained"], 0)
        self.assertGreater(done["subproblems"]["accepted"], 0)

    def test_python_and_the_program_say_the_same_of_the_same_fault(self) -> None:
        data = toy.write_data(self.folder / "toy.h5", 200)
        sound = modules.write(torch.jit.script(modules.Sound().eval()), self.folder / "sound.pt")
        self.assertEqual(modules.said_by("export.py", sound, "--data", data, "-o", self.folder / "toy.pt"), (0, ""))
        self.assert_done(bimetal("model", "check", self.folder / "toy.pt"))
        metadata = extra_file(self.folder / "toy.pt", METADATA).decode()
        left_out = ("Four", "Single", "Flat", "Column", "double")  # of the same sentence as another
        for name, (module, _) in modules.scripts().items():
            if name in left_out:
                continue
            with self.subTest(module=name):
                path = modules.write(module, self.folder / f"{name}.pt", modules.with_answers(module, metadata))
                here = modules.said_by("check.py", path)[1].removeprefix("check.py: ").strip()
                there = self.assert_refused(bimetal("model", "check", path)).removeprefix("bimetal: ").strip()
                self.assertEqual(here, there)


if __name__ == "__main__":
    unittest.main()
