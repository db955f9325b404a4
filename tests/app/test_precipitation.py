"""Two-scale precipitation as a program: learned, certified, the same on any number of ranks, and after a restart with
its phase fields."""

import shutil
import tempfile
import unittest
from pathlib import Path

import numpy as np

from program import ROOT, ProgramTest, bimetal, history, last_fields, settings, summary
from runs_compared import differences_of_runs, state

MEDIUM = ROOT / "inputs/precipitation.yaml"
# Grains longer than they are wide, so that rows differ in elongation as well; none is gone at the end. Ranks have
# unequal numbers of cells, so that rows travel, with their phase fields.
SMALL = {"seed": 3, "grid__cells": "[9, 7]", "grid__upper": "[1.0, 1.0]", "time__step": 0.02, "time__end": 0.24,
         "micro__pixels": 24, "micro__semi_axes": "[0.4, 0.3]", "micro__interface_width": 0.15,
         "micro__rate": 0.7, "output__fields_every": 0, "output__checkpoint_every": 4, "switching__tolerance": 0.05}
STEPS = 12
PHYSICS = SMALL | {"switching__policy": "never"}
# Little accuracy is soon learned.
HYBRID = SMALL | {"switching__wrong_fraction": 0.2, "switching__audit_fraction": 0.5,
                  "switching__verify": "true", "surrogate__layers": "[32, 32]", "training__updates_per_step": 100,
                  "training__promote_every": 2}


def run(directory, ranks=None, **values):
    result = bimetal("run", MEDIUM, "-o", directory, *settings(**values), ranks=ranks)
    assert result.returncode == 0, result.stdout + result.stderr
    return directory


def grains(checkpoint):
    """Porosity and elongation of all grid cells, and of the phase fields under them: [cells, 2] each."""
    saved = state(checkpoint)
    cells = saved["simulation/pde/medium/cells"].reshape(-1, 5)[:, :2]
    phi = saved["simulation/pde/medium/memory"].reshape(len(cells), 24, 24)
    x2 = ((np.arange(24) + 0.5) / 24 - 0.5) ** 2
    elongation = 12 * np.mean((1 - phi) * (x2 - x2[:, None]), axis=(1, 2))
    return cells, np.stack((phi.mean(axis=(1, 2)), elongation), axis=1)


class Precipitation(ProgramTest):
    """A run by physics and one that learns, both on two ranks; no test changes them."""

    @classmethod
    def setUpClass(cls):
        cls.place = Path(tempfile.mkdtemp(prefix="bimetal_precipitation_"))
        cls.addClassCleanup(shutil.rmtree, cls.place, True)
        cls.physics = run(cls.place / "physics", ranks=2, **PHYSICS)
        cls.hybrid = run(cls.place / "hybrid", ranks=2, **HYBRID)

    def test_physics_is_the_same_on_any_number_of_ranks(self):
        reference = last_fields(self.physics)
        self.assertGreater(np.ptp(reference["porosity"]), 0.1, "grains must dissolve for this to mean something")
        for ranks in (None, 4):
            fields = last_fields(run(self.place / f"on_{ranks}", ranks=ranks, **PHYSICS))
            for name in ("u", "porosity", "elongation", "K_xx", "K_yy"):
                difference = np.max(np.abs(fields[name] - reference[name])) / np.max(np.abs(reference[name]))
                self.assertLess(difference, 1e-8, f"{name} on {ranks or 1} ranks and on 2")

    def test_what_leaves_the_medium_passes_the_sink_whoever_answers(self):
        for out in (self.physics, self.hybrid):
            seen = summary(out)["observables"]
            self.assertLess(seen["inflow"], -0.03)
            self.assertLess(abs(seen["drift"]["u"]), 1e-10)

    def test_the_surrogate_answers_as_its_certificate_says(self):
        found = summary(self.hybrid)
        rows = found["subproblems"]
        self.assertGreater(rows["accepted"], 0.2 * rows["total"])
        self.assertEqual(rows["total"], rows["accepted"] + rows["rejected"])
        self.assertGreater(rows["audited"], 100)
        truth = found["verification"]["wrong_fraction"]
        self.assertLessEqual(truth, 0.2)
        self.assertGreaterEqual(found["certificate"]["upper_bound"], truth)
        self.assertEqual(rows["total"], 63 * found["macro"]["iterations"])
        self.assertEqual(sum(line["iterations"] for line in history(self.hybrid)), found["macro"]["iterations"])
        answerers = np.unique(last_fields(self.hybrid)["answerer"])
        self.assertTrue({2, 3} & set(answerers), "no cell was answered by the surrogate")

    def test_a_run_that_was_killed_goes_on_to_the_bit_with_its_phase_fields(self):
        for name, values in (("physics", PHYSICS), ("hybrid", HYBRID)):
            with self.subTest(name):
                whole, parts = self.place / name, self.place / f"{name}_in_parts"
                shutil.copytree(whole, parts)
                (parts / "summary.json").unlink()
                newest = sorted(parts.glob("checkpoint_*.h5"))[-1]
                self.assertIn("simulation/pde/medium/memory", state(newest))
                newest.unlink()
                result = bimetal("run", MEDIUM, "-o", parts, "--restart", parts, *settings(**values), ranks=2)
                self.assert_done(result)
                self.assertIn(f"after step {STEPS - 4}", result.stdout)
                self.assertEqual(differences_of_runs(whole, parts), [])

    def test_physics_goes_on_from_the_grains_that_the_surrogate_has_left(self):
        model = sorted(self.hybrid.glob("surrogate_v*.pt"))[-1]
        by_surrogate = STEPS - 4  # then physics takes over
        out = run(self.place / "taken_over", **(HYBRID | {
            "switching__policy": "always", "switching__audit_fraction": 1e-6, "switching__verify": "false",
            "training__placement": "off", "surrogate__model": model, "faults__weights_nan_at": by_surrogate}))
        shares = [line["accepted"] / (line["accepted"] + line["rejected"]) for line in history(out)]
        self.assertGreater(np.mean(shares[:by_surrogate]), 0.9)
        self.assertEqual(shares[by_surrogate:], [0.0] * 4)
        before, after = (grains(checkpoint) for checkpoint in sorted(out.glob("checkpoint_*.h5"))[-2:])
        self.assertGreater(np.max(np.abs(before[0] - before[1])), 0.1, "phase fields were to be those of the start")
        self.assertLess(np.max(np.abs(after[0] - after[1])), 1e-12)
        self.assertTrue(np.all(after[0][:, 0] >= before[0][:, 0]), "a grain has grown")
        fields, pure = last_fields(out), last_fields(self.physics)
        for name in ("porosity", "K_xx", "K_yy"):
            self.assertLess(np.max(np.abs(fields[name] - pure[name])), 0.15 * np.ptp(pure[name]), name)
        self.assertLess(abs(summary(out)["observables"]["drift"]["u"]), 1e-10)

    def test_input_that_makes_no_sense_is_refused_with_one_sentence(self):
        text = MEDIUM.read_text(encoding="utf-8")
        lines = text.splitlines()

        def altered(key, value):
            """The input with another value of a key that it has once, and where that is."""
            place, = (i for i, line in enumerate(lines) if line.startswith(f"  {key}: "))
            path = self.place / "altered.yaml"
            path.write_text("\n".join([*lines[:place], f"  {key}: {value}", *lines[place + 1:]]), encoding="utf-8")
            return path, f"altered.yaml:{place + 1}:"

        for key, value, words in (("semi_axes", "[0.4]", "micro.semi_axes"),
                                  ("interface_width", 0.02, "micro.interface_width"),
                                  ("sink", "{length: 0.01}", "macro.sink.length"),
                                  ("boundary", "{x: wall}", "grid.boundary.x")):
            path, where = altered(key, value)
            self.assert_refused(bimetal("run", path, "-o", self.place / "refused"), words, where)
        for words, values in (("grid.cells", {"grid": "{cells: [8, 8, 8], lower: [0, 0, 0], upper: [1, 1, 1]}"}),
                              ("macro.sink.length", {"grid__boundary": "{x: periodic, y: insulated}"}),
                              ("time.step", {"time": "{end: 0.1, largest_step: 0.01}"})):
            self.assert_refused(bimetal("run", MEDIUM, "-o", self.place / "refused", *settings(**values)), words)
        self.assertFalse((self.place / "refused").exists())

    def test_a_cell_that_physics_cannot_solve_ends_the_job_with_one_sentence(self):
        result = bimetal("run", MEDIUM, "-o", self.place / "failed", *settings(faults__reactor_fails_at=1, **PHYSICS))
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertIn("could not solve 1 of the grain cells", result.stderr)


if __name__ == "__main__":
    unittest.main()
