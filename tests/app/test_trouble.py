"""Numerical trouble: a reactor that physics cannot solve, or a state that is no longer that of a gas, ends the run by one
sentence, and the reactor can be tried again from what the run has left."""

import json
import tempfile
import unittest
from pathlib import Path

from program import ROOT, ProgramTest, bimetal, settings, summary

KERNEL = ROOT / "inputs/h2_kernel.yaml"
MECHANISM = ROOT / "inputs/mechanisms/h2_burke2012.yaml"
CASE = {"grid__cells": "[32, 32]", "time__step": "2e-6", "time__end": "1e-5", "switching__policy": "never"}
FAILS_AT = 2
SPECIES = {"H", "H2", "O", "OH", "H2O", "O2", "HO2", "H2O2", "N2"}


class Trouble(ProgramTest):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.folder = Path(directory.name)
        self.out = self.folder / "out"

    def run_case(self, ranks=2, out=None, **values):
        return bimetal("run", KERNEL, "-o", out or self.out, *settings(**(CASE | values)), ranks=ranks)

    def assert_failed(self, result, *words):
        """Exit code 1 and one sentence that contains all the words."""
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        sentences = [line for line in result.stderr.splitlines() if line.startswith("bimetal: ")]
        self.assertEqual(len(sentences), 1, result.stderr)
        for word in words:
            self.assertIn(word, sentences[0])
        return sentences[0]


class FailedReactor(Trouble):
    """Most tests do something with what one run on two ranks has left."""

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.failed = Path(directory.name) / "out"
        cls.result = cls.failing_run(cls.failed)

    @staticmethod
    def failing_run(out, ranks=2, **values):
        return bimetal("run", KERNEL, "-o", out, *settings(**(CASE | {"faults__reactor_fails_at": FAILS_AT} | values)),
                       ranks=ranks)

    def left_by_two_ranks(self):
        return self.judge(self.result, self.failed)

    def judge(self, result, out):
        """The sentence, and the record that the run has left."""
        path = out / f"failed_reactors_{FAILS_AT:06d}.json"
        sentence = self.assert_failed(result, f"step {FAILS_AT}:", "physics could not solve",
                                      f"bimetal reactor --state {path}")
        return sentence, json.loads(path.read_text(encoding="utf-8")), path

    def replay(self, path, *arguments):
        result = bimetal("reactor", "--state", path, "--json", *arguments)
        self.assert_done(result)
        return json.loads(result.stdout)

    def edited(self, record, name="edited.json"):
        path = self.folder / name
        path.write_text(json.dumps(record), encoding="utf-8")
        return path

    def test_the_record_holds_the_failures_of_all_ranks(self):
        for ranks in (1, 2):
            left = self.left_by_two_ranks() if ranks == 2 else self.judge(self.failing_run(self.out, ranks), self.out)
            sentence, record, _ = left
            reactors = record["reactors"]
            self.assertIn(f"could not solve {ranks} of the cells", sentence)
            self.assertIn(f"cell {reactors[0]['cell']} at T = {reactors[0]['temperature_K']:.1f} K: "
                          f"{reactors[0]['reason']}", sentence)
            self.assertEqual(record["failed"], ranks)
            self.assertEqual(len(reactors), ranks)
            self.assertEqual(record["step"], FAILS_AT)
            self.assertEqual(record["mechanism"]["file"], str(MECHANISM))
            self.assertEqual(record["solver"],
                             {"integrator": "rosenbrock", "rtol": 1e-4, "atol": 1e-8, "max_steps": 5000})
            cells = [reactor["cell"] for reactor in reactors]
            self.assertEqual(cells, sorted(set(cells)))
            for reactor in reactors:
                self.assertEqual(set(reactor["Y"]), SPECIES)
                self.assertAlmostEqual(sum(reactor["Y"].values()), 1, places=12)
                self.assertEqual((reactor["pressure_Pa"], reactor["dt_s"]), (101325, 2e-6))

    def test_reactors_of_a_closed_box_keep_its_pressure(self):
        result = self.failing_run(self.out, grid__boundary="{x: wall, y: wall}", flow__velocity="{type: rest}",
                                  chemistry__integrator="cvode", chemistry__rtol=1e-5)
        _, record, path = self.judge(result, self.out)
        self.assertEqual(record["solver"]["integrator"], "cvode")
        self.assertEqual(record["solver"]["rtol"], 1e-5)
        for reactor in record["reactors"]:
            self.assertNotEqual(reactor["pressure_Pa"], 101325)
            self.assertEqual(set(reactor["Y"]), SPECIES)
        self.assertEqual(self.replay(path)["solved"], 2)

    def test_a_replay_tells_by_which_attempt_each_is_solved(self):
        _, record, path = self.left_by_two_ranks()
        report = self.replay(path)
        self.assertEqual((report["replayed"], report["solved"], report["rtol"]), (2, 2, 1e-4))
        for then, now in zip(record["reactors"], report["reactors"]):
            self.assertEqual(now["cell"], then["cell"])
            self.assertEqual(now["reason_then"], then["reason"])
            self.assertTrue(now["solved"])
            self.assertEqual(now["temperature_before_K"], then["temperature_K"])
            self.assertGreater(now["temperature_after_K"], 200)
            self.assertEqual([attempt["integrator"] for attempt in now["attempts"]], ["rosenbrock"])
        self.assertEqual(self.replay(path, "--rtol", 1e-3)["reactors"][0]["attempts"][0]["rtol"], 1e-3)

        cell = record["reactors"][1]["cell"]
        self.assertEqual([reactor["cell"] for reactor in self.replay(path, "--cell", cell)["reactors"]], [cell])
        told = bimetal("reactor", "--state", path)
        self.assert_done(told)
        for words in (f"cell {cell}", "solved by attempt 1", "2 of 2 solved"):
            self.assertIn(words, told.stdout)

    def test_a_replay_that_fails_again_is_a_result(self):
        _, record, _ = self.left_by_two_ranks()
        record["solver"]["max_steps"] = 1
        hot, odd = record["reactors"]
        hot["temperature_K"], hot["dt_s"] = 1500, 1e-3  # an ignition takes thousands of steps at the last rtol
        odd["temperature_K"] = None
        report = self.replay(self.edited(record))
        self.assertEqual((report["replayed"], report["solved"]), (2, 0))
        hot, odd = report["reactors"]
        self.assertFalse(hot["solved"])
        self.assertIsNone(hot["temperature_after_K"])
        self.assertEqual([attempt["integrator"] for attempt in hot["attempts"]], ["rosenbrock", "cvode", "cvode"])
        self.assertEqual([attempt["steps"] for attempt in hot["attempts"]], [1, 10, 100])
        for attempt in hot["attempts"]:
            self.assertIn("too many steps", attempt["trouble"])
        self.assertEqual(odd["trouble"], "the row is not finite")
        self.assertEqual(odd["attempts"], [])
        told = bimetal("reactor", "--state", self.edited(record))
        self.assert_done(told)
        self.assertIn("0 of 2 solved", told.stdout)

    def test_records_that_make_no_sense_are_refused_in_one_sentence(self):
        _, record, path = self.left_by_two_ranks()
        self.assert_refused(bimetal("reactor", "--state", path, "--cell", 10**6), "holds no cell 1000000")
        self.assert_refused(bimetal("reactor", "--state", self.folder / "none.json"), "none.json", "check the path")
        self.assert_refused(bimetal("reactor", "--state", KERNEL), "h2_kernel.yaml", "not valid JSON")
        self.assert_refused(bimetal("reactor", "--state", path, "--mechanism",
                                    ROOT / "inputs/mechanisms/ch4_gri30_21.yaml"), "is not the mechanism", "--mechanism")
        for key, value, words in (("reactors", 3, "reactors is no list"), ("step", "two", "step is no whole number")):
            self.assert_refused(bimetal("reactor", "--state", self.edited(record | {key: value})), "edited.json", words)
        moved = record | {"mechanism": record["mechanism"] | {"file": "moved.yaml"}}
        self.assert_refused(bimetal("reactor", "--state", self.edited(moved)), "moved.yaml")
        self.assertEqual(self.replay(self.edited(moved), "--mechanism", MECHANISM)["solved"], 2)
        record["reactors"][0]["Y"]["XY2"] = 0.1
        self.assert_refused(bimetal("reactor", "--state", self.edited(record)), "XY2")

    def test_options_of_one_reactor_and_of_a_record_do_not_mix(self):
        self.assert_refused(bimetal("reactor", "--state", "x.json", "--fuel", "H2"), "--fuel excludes --state")
        self.assert_refused(bimetal("reactor", "--mechanism", MECHANISM, "--cell", 3), "--cell requires --state")
        self.assert_refused(bimetal("reactor", "--mechanism", MECHANISM, "--temperature", 1000), "--fuel is required")

    def test_a_run_without_trouble_says_so(self):
        self.assert_done(self.run_case())
        self.assertEqual(summary(self.out)["chemistry"]["retries"], 0)
        self.assertEqual(list(self.out.glob("failed_reactors*")), [])


class UnsoundState(Trouble):
    def test_a_cell_that_is_not_a_number_is_named_alike_on_any_number_of_ranks(self):
        sentences = set()
        for ranks in (1, 2, 4):
            result = self.run_case(ranks, out=self.folder / str(ranks), faults__state_nan_at=2)
            sentences.add(self.assert_failed(result, "step 2:", "T [K] is nan", "cell 528 (i, j, k = 16, 16, 0)",
                                             "there is no checkpoint yet"))
        self.assertEqual(len(sentences), 1, sentences)

    def test_the_last_good_checkpoint_is_named(self):
        result = self.run_case(2, faults__state_nan_at=3, output__checkpoint_every=2)
        self.assert_failed(result, "step 3:", "the last good checkpoint is", "checkpoint_000002.h5")

    def test_trouble_inside_a_step_tells_the_step(self):
        self.assert_failed(self.run_case(time__step="1e-5", time__end="1e-4"), "bimetal: step ", "Courant number")


if __name__ == "__main__":
    unittest.main()
