"""Models that travel: versions a run leaves behind, runs that begin with one, and what is refused."""

import tempfile
import unittest
from pathlib import Path

import numpy as np

from program import ROOT, ProgramTest, bimetal, history, last_fields, settings, summary

KERNEL = ROOT / "inputs/h2_kernel.yaml"
SMALL = {"grid__cells": "[32, 32]", "grid__upper": "[0.0035, 0.0035]", "time__end": "8e-5",
         "initial__kernel_temperature": "1600", "switching__tolerance": "0.01", "surrogate__layers": "[48, 48]"}


def run(out, values, ranks=None):
    return bimetal("run", KERNEL, "-o", out, *settings(**values), ranks=ranks)


class Models(ProgramTest):
    """One run teaches a surrogate; the tests do something with what it has left behind."""

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.directory.cleanup)
        cls.folder = Path(cls.directory.name)
        cls.first = cls.folder / "first"
        done = run(cls.first, SMALL, ranks=2)
        assert done.returncode == 0, done.stdout + done.stderr
        cls.model = sorted(cls.first.glob("surrogate_v*.pt"))[-1]

    def test_every_promoted_version_is_there(self):
        promotions = summary(self.first)["surrogate"]["promotions"]
        self.assertGreater(promotions, 0)
        names = sorted(path.name for path in self.first.glob("surrogate_v*.pt"))
        self.assertEqual(names, [f"surrogate_v{version:02d}.pt" for version in range(promotions)])

    def test_a_model_says_what_it_is_for(self):
        told = bimetal("model", "inspect", self.model)
        self.assert_done(told)
        for word in ("reactor", "bimetal.perceptrons", "Y_H2O2", "predicted", "1e-06 s"):
            self.assertIn(word, told.stdout)
        self.assert_done(bimetal("model", "check", self.model))
        self.assert_done(bimetal("model", "check", self.model, "--input", KERNEL))

    def test_a_run_that_begins_with_it_accepts_early_and_learns_when_too_little_is_accepted(self):
        def first_accepted(out):
            return next((line["step"] for line in history(out) if line["accepted"] > 0), len(history(out)) + 1)

        warm, cold_at = self.folder / "warm", first_accepted(self.first)
        until_then = {"surrogate__model": self.model, "time__end": f"{cold_at - 1:.0f}e-6"}
        self.assert_done(run(warm, SMALL | until_then, ranks=2))
        print(f"first accepted answer at step {first_accepted(warm):.0f}, without a model {cold_at:.0f}")
        self.assertLess(first_accepted(warm), cold_at)
        self.assertEqual(history(warm)[0]["version"], 0)
        # A tolerance at which nothing is accepted; 8 · promote_every steps are waited for better.
        strict = self.folder / "strict"
        values = {"surrogate__model": self.model, "switching__tolerance": 1e-6, "training__promote_every": 1}
        self.assert_done(run(strict, SMALL | values | {"time__end": "12e-6"}, ranks=2))
        self.assertGreater(summary(strict)["surrogate"]["samples_trained"], 0)

    def test_asked_always_and_taught_no_more_it_answers_alike_on_any_number_of_ranks(self):
        fields = []
        for ranks in (1, 2):
            out = self.folder / f"always_{ranks}"
            values = SMALL | {"surrogate__model": self.model, "switching__policy": "always",
                             "training__placement": "off", "time__end": "1.2e-5"}
            done = bimetal("run", KERNEL, "-o", out, *settings(**values), "-pressure_ksp_rtol", "1e-12", ranks=ranks)
            self.assert_done(done)
            self.assertGreater(summary(out)["subproblems"]["accepted"], 0)
            fields.append(last_fields(out))
        # In single precision an answer depends a little on the size of the batch it is in; in an ignition that grows,
        # and now and then a gate closes in one of the runs only.
        self.assertLess(np.mean(np.abs(fields[1]["T"] - fields[0]["T"])), 0.05)

    def test_a_model_of_another_problem_is_refused(self):
        for values, words in (
            ({"time__step": "2e-6", "time__end": "2e-5"}, ("step of 1e-06 s", "asks for 2e-06 s")),
            ({"chemistry__pressure": "2e5"}, ("another mechanism or pressure", "fingerprint")),
            ({"chemistry__mechanism": ROOT / "inputs/mechanisms/ch4_gri30_21.yaml", "initial__fuel": "CH4"},
             ("other inputs",)),
        ):
            out = self.folder / "refused"
            refused = run(out, SMALL | {"surrogate__model": self.model} | values, ranks=2)
            print(self.assert_refused(refused, *words))
            self.assertFalse(out.exists(), "nothing may be left behind")

    def test_what_is_no_model_is_refused(self):
        half = self.folder / "half.pt"
        half.write_bytes(self.model.read_bytes()[: self.model.stat().st_size // 2])
        for path, words in ((self.folder / "nothing.pt", ("nothing.pt", "cannot be read")),
                            (KERNEL, ("not a TorchScript archive",)), (half, ("truncated",))):
            for command in (("model", "check", path), ("model", "inspect", path),
                            ("run", KERNEL, "-o", self.folder / "x", "--set", f"surrogate.model={path}")):
                self.assert_refused(bimetal(*command), *words)

    def test_a_gpu_that_is_not_there_is_refused(self):
        if "CUDA device" in bimetal("info").stdout:
            self.skipTest("there is one")
        refused = run(self.folder / "gpu", SMALL | {"surrogate__device": "cuda"})
        self.assert_refused(refused, "surrogate.device is cuda", "no GPU")


if __name__ == "__main__":
    unittest.main(verbosity=2)
