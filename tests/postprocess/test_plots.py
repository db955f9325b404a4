"""plot_fields.py and plot_run.py draw what a run wrote, and say in one sentence what they cannot."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import h5py
from matplotlib import image
from synthetic_run import call, write_history, write_snapshot, write_summary

CELLS = {1: (40, 1, 1), 2: (24, 16, 1), 3: (12, 10, 8)}


class PlotTest(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory(prefix="bimetal_plot_")
        self.addCleanup(temporary.cleanup)
        self.run_directory = Path(temporary.name) / "run"
        self.run_directory.mkdir()

    def assert_drawn(self, path: Path) -> None:
        """More than a handful of different colours: not a blank picture."""
        pixels = image.imread(path)[..., :3]
        self.assertGreater(len({tuple(pixel) for row in pixels[::7, ::7] for pixel in row}), 10)

    def assert_refused(self, words: str, script: str, *arguments: object) -> None:
        result = call(script, *arguments)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn(words, result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)


class PlotFields(PlotTest):
    def test_draws_every_kind_of_field_in_any_number_of_dimensions(self) -> None:
        for dimensions, cells in CELLS.items():
            with self.subTest(dimensions=dimensions):
                write_snapshot(self.run_directory, 50, cells)
                picture = self.run_directory / f"picture_{dimensions}.png"
                fields = ("u", "answerer", "audited_error")
                if dimensions == 2:
                    fields = ("T", "OH", *fields, "version")
                result = call("plot_fields.py", self.run_directory, "--field", *fields, "-o", picture)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                self.assert_drawn(picture)

    def test_draws_the_last_snapshot_into_the_run_directory_unless_told_otherwise(self) -> None:
        for step in (0, 50, 100):
            write_snapshot(self.run_directory, step, CELLS[2])
        self.assertEqual(call("plot_fields.py", self.run_directory).returncode, 0)
        self.assertEqual([path.name for path in self.run_directory.glob("*.png")], ["fields_000100.png"])

    def test_draws_one_picture_for_each_of_all_snapshots(self) -> None:
        for step in (0, 50):
            write_snapshot(self.run_directory, step, CELLS[1])
        call("plot_fields.py", self.run_directory, "--step", "all", "-o", self.run_directory / "flame.png")
        self.assertEqual(sorted(path.name for path in self.run_directory.glob("*.png")),
                         ["flame_000000.png", "flame_000050.png"])

    def test_draws_a_field_that_is_the_same_everywhere_or_nowhere(self) -> None:
        write_snapshot(self.run_directory, 0, CELLS[2])
        with h5py.File(self.run_directory / "fields_000000.h5", "r+") as file:
            file["fields/T"][...] = 300.0
            file["fields/audited_error"][...] = -1.0
        result = call("plot_fields.py", self.run_directory, "--field", "T", "audited_error")
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_a_medium_without_units_gets_none(self) -> None:
        """Matplotlib leaves texts in SVG files as comments."""
        write_snapshot(self.run_directory, 50, CELLS[2])
        picture = self.run_directory / "picture.svg"
        for without, seen, unseen in ((False, ("x [mm]", "T$ [K]", "50 µs"), ("porosity",)),
                                      (True, ("-- x --", "porosity", "physics", "t = 5e-05 "), ("[mm]", "µs"))):
            if without:
                with h5py.File(self.run_directory / "fields_000050.h5", "r+") as file:
                    del file["fields/T"]
                    file.move("fields/Y_H2", "fields/porosity")
                    for field in file["fields"].values():
                        field.attrs["unit"] = "1"
            self.assertEqual(call("plot_fields.py", self.run_directory, "-o", picture).returncode, 0)
            text = picture.read_text(encoding="utf-8")
            for word in seen:
                self.assertIn(word, text)
            for word in unseen:
                self.assertNotIn(word, text)

    def test_refuses_in_one_sentence(self) -> None:
        self.assert_refused("no directory", "plot_fields.py", self.run_directory / "missing")
        self.assert_refused("has no fields_*.h5", "plot_fields.py", self.run_directory)
        write_snapshot(self.run_directory, 50, CELLS[2])
        self.assert_refused("has no field 'NO2'", "plot_fields.py", self.run_directory, "--field", "NO2")
        self.assert_refused("no snapshot of step 7; it has: 50", "plot_fields.py", self.run_directory, "--step", "7")
        self.assert_refused("'first' is not a step", "plot_fields.py", self.run_directory, "--step", "first")
        self.assert_refused("cannot be written", "plot_fields.py", self.run_directory, "-o", "/no/such/picture.png")
        (self.run_directory / "fields_000060.h5").write_text("not HDF5")
        self.assert_refused("is not a bimetal field file", "plot_fields.py", self.run_directory)


class PlotRun(PlotTest):
    def test_draws_a_whole_run(self) -> None:
        write_history(self.run_directory, 1000)
        write_summary(self.run_directory, 12.0)
        result = call("plot_run.py", self.run_directory)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assert_drawn(self.run_directory / "run.png")

    def test_draws_what_there_is_of_a_run_that_goes_on(self) -> None:
        write_history(self.run_directory, 20)
        path = self.run_directory / "history.csv"
        keep = ("step", "temperature_max_K", "physics_s")
        header, *lines = [line.split(",") for line in path.read_text().splitlines()]
        columns = [header.index(name) for name in keep]
        rows = [",".join(row[column] for column in columns) for row in [header, *lines]]
        path.write_text("\n".join(rows) + "\n21,15")  # and half a line
        result = call("plot_run.py", self.run_directory)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assert_drawn(self.run_directory / "run.png")

    def test_draws_a_run_that_never_trained(self) -> None:
        text = "step,wall_s,accepted,rejected,audited,threshold,loss,version,physics_s\n"
        text += "".join(f"{step},{0.1 * step},0,100,0,nan,nan,-1,0.1\n" for step in (1, 2, 3))
        (self.run_directory / "history.csv").write_text(text)
        result = call("plot_run.py", self.run_directory)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_refuses_in_one_sentence(self) -> None:
        self.assert_refused("no history.csv", "plot_run.py", self.run_directory)
        (self.run_directory / "history.csv").write_text("step,loss\n1,much\n")
        self.assert_refused("something else than numbers", "plot_run.py", self.run_directory)
        write_history(self.run_directory, 5)
        (self.run_directory / "summary.json").write_text("{")
        self.assert_refused("is not JSON", "plot_run.py", self.run_directory)


if __name__ == "__main__":
    unittest.main()
