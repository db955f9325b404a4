"""Whole runs: every shipped input, any number of ranks, what the outputs say."""

import json
import re
import tempfile
import unittest
from pathlib import Path

import numpy as np

from job import run_until_it_answers
from program import ROOT, ProgramTest, bimetal, history, last_fields, logged, settings, story_of, summary

KERNEL = ROOT / "inputs/h2_kernel.yaml"
SMALL = {"grid__cells": "[24, 24]", "time__end": "3e-5"}


class Runs(ProgramTest):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.folder = Path(self.directory.name)

    def run_kernel(self, name, ranks=None, petsc=(), **values):
        out = self.folder / name
        self.assert_done(bimetal("run", KERNEL, "-o", out, *settings(**(SMALL | values)), *petsc, ranks=ranks))
        return out

    def test_pure_physics_is_the_same_on_any_number_of_ranks(self):
        # Ranks differ by the tolerance of the pressure solver.
        tight = {"petsc": ("-pressure_ksp_rtol", "1e-12"), "switching__policy": "never"}
        reference = last_fields(self.run_kernel("serial", **tight))
        self.assertGreater(np.max(reference["T"]), 1900, "the kernel must have ignited for this test to mean something")
        for ranks in (1, 2, 4):
            fields = last_fields(self.run_kernel(f"ranks_{ranks}", ranks, **tight))
            worst = 0.0
            for name in (name for name in reference if name == "T" or name.startswith("Y_")):
                difference = np.max(np.abs(fields[name] - reference[name])) / np.max(np.abs(reference[name]))
                worst = max(worst, difference)
            print(f"{ranks} rank(s) against none: largest relative difference {worst:.1e}")
            self.assertLess(worst, 1e-9)

    def test_chemistry_conserves_mass_elements_and_enthalpy_whoever_answers(self):
        hybrid = {"training__updates_per_step": 20, "training__promote_every": 5, "switching__tolerance": 0.05,
                  "switching__policy": "always", "surrogate__layers": "[32, 32]", "switching__audit_fraction": 0.5}
        never = self.run_kernel("never", switching__policy="never")
        always = self.folder / "always"
        self.assert_done(run_until_it_answers(KERNEL, always, further=5, **SMALL | hybrid))
        for name, out in (("never", never), ("always", always)):
            found = summary(out)
            defects = found["conservation"]
            print(name, defects)
            for defect in (defects["mass"], defects["enthalpy"], *defects["elements"].values()):
                self.assertLess(defect, 1e-12)
            self.assertGreaterEqual(defects["lowest_mass_fraction"], 0.0)
        self.assertGreater(found["subproblems"]["accepted"], 0, "the surrogate must have answered")

    def test_a_rank_without_active_cells_waits_for_nobody(self):
        # The kernel sits in a corner of a long box: three of four ranks only have cold gas, or later all have.
        values = {"grid__cells": "[64, 4]", "grid__upper": "[0.032, 0.002]", "initial__kernel_centre": "[0.004, 0.001]",
                  "flow__velocity__type": "rest", "switching__tolerance": 0.05, "training__promote_every": 5}
        out = self.run_kernel("corner", 4, **values)
        rows = summary(out)["subproblems"]
        self.assertGreater(rows["inert"], 0.5 * rows["total"])
        cold = self.run_kernel("cold", 2, initial__kernel_temperature=300)
        self.assertEqual(summary(cold)["subproblems"]["inert"], summary(cold)["subproblems"]["total"])

    def test_summary_and_history_add_up(self):
        out = self.run_kernel("sums", 2, switching__verify="true", switching__tolerance=0.02)
        found, steps = summary(out), history(out)
        rows = found["subproblems"]
        self.assertEqual(len(steps), 30)
        self.assertEqual(rows["total"], 30 * 24 * 24)
        self.assertEqual(rows["total"], rows["inert"] + rows["explicit"] + rows["accepted"] + rows["rejected"])
        for column in ("inert", "explicit", "accepted", "rejected", "audited", "audited_wrong"):
            self.assertEqual(rows[column], sum(step[column] for step in steps))
        self.assertLessEqual(rows["audited_wrong"], rows["audited"])
        self.assertLessEqual(found["certificate"]["wrong_fraction"], found["certificate"]["upper_bound"])
        if rows["accepted"]:
            self.assertLessEqual(found["verification"]["wrong_fraction"], found["certificate"]["upper_bound"])
        wall = found["wall_s"]
        parts = sum(wall[part] for part in ("setup", "transport", "pressure", "physics", "inference", "training", "audit", "balance",
                                            "communication", "output", "verification"))
        self.assertLess(abs(parts - wall["total"]), 0.25 * wall["total"] + 0.5, wall)

        facts = json.loads(bimetal("info", "--json", ranks=2).stdout)
        self.assertGreater(len(found["machine"]), 9)
        self.assertEqual(found["machine"], {name: facts[name] for name in found["machine"]})
        self.assertIn(found["surrogate"]["device"], ("cpu", "cuda") if "CUDA" in facts["LibTorch"] else ("cpu",))

        watched = bimetal("watch", out)
        self.assert_done(watched)
        for words in ("is over", "100 %  step 30", f"{rows['audited']}, {rows['audited_wrong']} of them wrong",
                      f"{found['speed']['net_speedup']:.2f} of the whole run"):
            self.assertIn(words, watched.stdout)
        self.assert_refused(bimetal("watch", self.folder), "there is no run in")

    def test_same_seed_same_run(self):
        values = {"switching__tolerance": 0.05, "training__promote_every": 5}
        first, second = (last_fields(self.run_kernel(name, 2, **values)) for name in ("a", "b"))
        for name, values in first.items():
            np.testing.assert_array_equal(values, second[name], err_msg=name)

    def test_verbose_shows_every_line_of_the_log_and_without_it_fewer_are_shown(self):
        for options, shows_all in (((), False), (("--verbose",), True)):
            out = self.folder / f"verbose_{shows_all}"
            result = bimetal("run", KERNEL, "-o", out, *settings(**SMALL | {"time__end": "2e-6"}), *options)
            self.assert_done(result)
            shown, log = story_of(result.stdout), logged(out)
            self.assertTrue(set(shown) <= set(log), shown)
            self.assertEqual(len(shown) == len(log), shows_all, (shown, log))

    def test_resolved_configuration_repeats_the_run(self):
        out = self.run_kernel("first", switching__policy="never")
        again = self.folder / "again"
        self.assert_done(bimetal("run", out / "config.yaml", "-o", again))
        np.testing.assert_array_equal(last_fields(out)["T"], last_fields(again)["T"])

    def test_check_gives_a_verdict_or_an_input_that_means_the_same(self):
        verdict = bimetal("check", KERNEL)
        self.assert_done(verdict)
        self.assertLess(len(verdict.stdout.splitlines()), 15, verdict.stdout)
        for words in ("is a valid input", "9216 cells, 9 species", "400 steps to 0.0004 s", "at most 5 % of its answers"):
            self.assertIn(words, verdict.stdout)
        full, values = self.folder / "full.yaml", []
        for path, options in ((KERNEL, settings(seed=7)), (full, [])):
            resolved = bimetal("check", "--resolved", path, *options)
            self.assert_done(resolved)
            full.write_text(resolved.stdout, encoding="utf-8")
            values.append(re.sub(r" *#.*", "", resolved.stdout).split("\n"))
        self.assertIn("seed: 7", values[0])
        self.assertTrue(any("learning_rate:" in line for line in values[0]), "a key that the input does not have")
        self.assertEqual(*values)

    def test_one_and_three_dimensions(self):
        for cells, upper in (("[32]", "[0.006]"), ("[8, 8, 8]", "[0.006, 0.006, 0.006]")):
            lower = str([0.0] * (cells.count(",") + 1))
            kind = "rest" if "," not in cells else "vortex"
            out = self.run_kernel(f"d{cells.count(',')}", 2, grid__cells=cells, grid__lower=lower, grid__upper=upper,
                                  grid__boundary="{x: periodic}", flow__velocity__type=kind, time__end=2e-6,
                                  switching__policy="never")
            self.assertGreater(np.max(last_fields(out)["T"]), 1000)

    def test_mixture_averaged_transport_runs_and_makes_a_difference(self):
        same = {"time__end": "5e-6", "switching__policy": "never"}
        lewis, mixture = (last_fields(self.run_kernel(name, 2, flow__transport=name, **same))["Y_H2"]
                          for name in ("constant_lewis", "mixture_averaged"))
        self.assertLess(np.max(np.abs(mixture - lewis)), 0.1 * np.max(lewis))
        self.assertGreater(np.max(np.abs(mixture - lewis)), 1e-4 * np.max(lewis))

    def test_every_input_is_valid_and_runs(self):
        inputs = sorted((ROOT / "inputs").glob("*.yaml"))
        self.assertTrue(inputs)
        for path in inputs:
            with self.subTest(path.name):
                checked = bimetal("check", path)
                self.assert_done(checked)
                self.assertIn("is a valid input", checked.stdout)
                out = self.folder / path.stem
                smaller = settings(grid__cells="[16, 16, 16]") if path.stem.endswith("3d") else []
                if path.stem in ("ch4_kernel", "ch4_vortices", "drift_ignition", "h2_kernel", "reacting_taylor_green_2d"):
                    smaller = settings(grid__cells="[32, 32]")
                if path.stem == "c12h26_kernel":  # its rows cost a hundred times as much
                    smaller = settings(grid__cells="[8, 8]", time__step="2e-6")
                end = 10e-6
                if path.stem.startswith("composite"):  # a solid is slow
                    end, smaller = 40, settings(grid__cells="[8, 8, 8]" if path.stem.endswith("3d") else "[16, 16]")
                if path.stem == "precipitation":  # it has no unit of time
                    end, smaller = 0.01, settings(grid__cells="[8, 4]")
                self.assert_done(bimetal("run", path, "-o", out, *settings(time__end=end), *smaller, ranks=2))
                self.assertAlmostEqual(summary(out)["time_s"], end, delta=1e-9 * end)

    def test_petsc_options_are_passed_on(self):
        out = self.folder / "petsc"
        result = bimetal("run", KERNEL, "-o", out, *settings(grid__cells="[8, 8]", time__end="1e-6"), "-options_view",
                         "-pressure_pc_type", "bjacobi", "-pressure_sub_pc_type", "ilu", "-log_view", f":{out}.log",
                         "-nobodys_option", "1")
        self.assert_done(result)
        self.assertIn("options_view", result.stdout)
        warnings = [line for line in result.stdout.splitlines() if "no solver has read" in line]
        self.assertEqual(len(warnings), 1, result.stdout)  # not about those that are read late
        self.assertIn("-nobodys_option", warnings[0])


if __name__ == "__main__":
    unittest.main()
