"""data.h5: which rows a run keeps of what physics answered."""

import json
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

from job import run_until_it_answers
from program import ROOT, ProgramTest, bimetal, history, settings

KERNEL = ROOT / "inputs/h2_kernel.yaml"
SMALL = {"grid__cells": "[24, 24]", "time__end": "2e-5", "output__data": "true"}
TABLES = ("in", "out", "id", "step", "held_out")


def data_set(directory):
    """The tables, by step and cell, and the signature."""
    with h5py.File(Path(directory) / "data.h5") as file:
        tables = {name: np.asarray(file[name]) for name in TABLES}
        signature = json.loads(file.attrs["signature"].decode())
    order = np.lexsort((tables["id"], tables["step"]))
    return {name: table[order] for name, table in tables.items()}, signature


class DataSet(ProgramTest):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.folder = Path(self.directory.name)

    def run_kernel(self, name, ranks=None, **values):
        out = self.folder / name
        self.assert_done(bimetal("run", KERNEL, "-o", out, *settings(**(SMALL | values)), ranks=ranks))
        return out

    def test_the_set_of_rows_does_not_depend_on_the_number_of_ranks(self):
        few = {"switching__policy": "never", "output__data_rows": 20, "training__perturbed": 0}
        alone, _ = data_set(self.run_kernel("alone", **few))
        for ranks in (1, 2):
            found, _ = data_set(self.run_kernel(f"on_{ranks}", ranks, **few))
            for name in ("id", "step", "held_out"):
                np.testing.assert_array_equal(found[name], alone[name])
            np.testing.assert_allclose(found["in"], alone["in"], rtol=1e-6, atol=1e-9)
        _, counts = np.unique(alone["step"], return_counts=True)
        answered = [min(step["rejected"], 20) for step in history(self.folder / "alone")]
        self.assertEqual(list(counts), answered)
        self.assertEqual(max(counts), 20)

    def test_rows_are_those_that_physics_answered_and_their_balances_hold(self):
        out = self.folder / "hybrid"
        self.assert_done(run_until_it_answers(
            KERNEL, out, further=5, **SMALL, switching__policy="always", switching__audit_fraction=0.5,
            switching__tolerance=0.05, training__promote_every=5, training__updates_per_step=20))
        rows, signature = data_set(out)
        steps = history(out)
        self.assertGreater(sum(step["accepted"] for step in steps), 0, "the surrogate must have answered")
        for number, step in enumerate(steps):
            answered = step["rejected"] + step["audited"]
            own = np.count_nonzero((rows["step"] == number) & (rows["id"] >= 0))  # not the moved copies
            self.assertEqual(own, min(answered, 2000))
        names = list(zip(rows["step"], rows["id"]))
        self.assertEqual(len(set(names)), len(names))
        self.assertAlmostEqual(np.mean(rows["held_out"]), 0.2, delta=0.03)

        change = rows["out"] - rows["in"][:, :rows["out"].shape[1]]
        self.assertGreater(np.max(np.abs(change[:, 0])), 10.0, "temperatures must have changed")
        self.assertLess(np.max(np.abs(change @ np.array(signature["invariants"]).T)), 1e-12)
        inputs = [column["name"] for column in signature["inputs"]]
        self.assertEqual(inputs[0], "T")
        self.assertEqual(len(inputs), rows["in"].shape[1])
        self.assertEqual(len(signature["predicted"]) + len(signature["invariants"]) + 1, len(signature["outputs"]))
        self.assertEqual(signature["kind"], "reactor")

    def test_moved_copies_come_with_the_rows_they_are_copies_of(self):
        some = {"switching__policy": "never", "output__data_rows": 100, "training__perturbed": 0.3}
        alone, _ = data_set(self.run_kernel("alone", **some))
        found, signature = data_set(self.run_kernel("on_2", 2, **some))
        for name in ("id", "step", "held_out"):
            np.testing.assert_array_equal(found[name], alone[name])
        moved = alone["id"] < 0
        # Copies of cold gas, which no surrogate is asked about, and unphysical ones are left out.
        self.assertTrue(0.1 < np.count_nonzero(moved) / np.count_nonzero(~moved) < 0.35)
        origin = {(step, cell): row for row, (step, cell) in enumerate(zip(alone["step"], alone["id"]))}
        for row in np.flatnonzero(moved):
            original = origin[alone["step"][row], -1 - alone["id"][row]]
            self.assertEqual(alone["held_out"][row], alone["held_out"][original])
            self.assertGreater(np.max(np.abs(alone["in"][row] - alone["in"][original])), 0.0)
        change = alone["out"] - alone["in"][:, :alone["out"].shape[1]]
        self.assertLess(np.max(np.abs(change[moved] @ np.array(signature["invariants"]).T)), 1e-12)

    def test_without_being_asked_for_there_is_none(self):
        out = self.run_kernel("without", output__data="false", switching__policy="never", time__end="2e-6")
        self.assertFalse((out / "data.h5").exists())


if __name__ == "__main__":
    unittest.main()
