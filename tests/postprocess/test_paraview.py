"""paraview_open.py shows what a run has written; with a ParaView on the path it also draws."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import matplotlib.image
import numpy as np
from synthetic_run import SCRIPTS, call, write_snapshot

sys.path.insert(0, str(SCRIPTS))

import paraview_open  # noqa: E402  (the path comes first)
from field_panels import ANSWERER_COLOURS  # noqa: E402

SOURCES = SCRIPTS.parent / "src/app"
FIELDS = {"T": ("Float", 8), "Y_OH": ("Float", 8), "answerer": ("UChar", 1)}
STEPS = (0, 50, 100)


def write_xdmf(directory: Path, cells: tuple[int, int, int]) -> None:
    """As src/io/xdmf.cpp writes it."""
    nx, ny, nz = cells
    grids = ""
    for step in STEPS:
        attributes = "".join(
            f'<Attribute Name="{name}" AttributeType="Scalar" Center="Cell"><DataItem Format="HDF" '
            f'Dimensions="{nz} {ny} {nx}" NumberType="{kind}" Precision="{size}">fields_{step:06d}.h5:/fields/{name}'
            "</DataItem></Attribute>" for name, (kind, size) in FIELDS.items())
        grids += (f'<Grid Name="step {step}" GridType="Uniform"><Time Value="{1e-6 * step}"/>'
                  f'<Topology TopologyType="3DCoRectMesh" Dimensions="{nz + 1} {ny + 1} {nx + 1}"/>'
                  '<Geometry GeometryType="ORIGIN_DXDYDZ"><DataItem Format="XML" Dimensions="3">0 0 0</DataItem>'
                  f'<DataItem Format="XML" Dimensions="3">0.001 0.001 0.001</DataItem></Geometry>{attributes}</Grid>')
    (directory / "fields.xdmf").write_text(
        '<?xml version="1.0"?><Xdmf Version="3.0"><Domain><Grid Name="fields" GridType="Collection" '
        f'CollectionType="Temporal">{grids}</Grid></Domain></Xdmf>')


def drawing_command() -> list[str] | None:
    """What runs ParaView's Python where it finds a display."""
    pvpython = shutil.which("pvpython")
    if not pvpython or os.environ.get("DISPLAY"):
        return pvpython and [pvpython]
    return [shutil.which("xvfb-run"), "-a", pvpython] if shutil.which("xvfb-run") else None


class ParaViewTest(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory(prefix="bimetal_paraview_")
        self.addCleanup(temporary.cleanup)
        self.run_directory = Path(temporary.name)

    def test_reads_what_there_is_to_show(self) -> None:
        for cells, dimensions in (((40, 1, 1), 1), ((24, 16, 1), 2), ((12, 10, 8), 3)):
            write_xdmf(self.run_directory, cells)
            series = paraview_open.read_series(self.run_directory)
            self.assertEqual((series.n_snapshots, series.dimensions, series.n_layers), (3, dimensions, cells[2]))
            self.assertEqual((series.names, series.coloured, series.answerer), (tuple(FIELDS), "T", "answerer"))

    def test_knows_the_units_of_all_fields(self) -> None:
        found = 0
        for source in SOURCES.glob("*_pde.cpp"):
            for name, unit in re.findall(r'io::(?:column|member)\((?:std::string\()?"(\w+)".*?, "([^"]+)"', source.read_text()):
                found += 1
                expected = name.rstrip("_") if unit == "1" else f"{name.rstrip('_')} [{unit}]"
                self.assertEqual(paraview_open.title(name.rstrip("_")), expected)
        self.assertGreater(found, 10)
        self.assertEqual(paraview_open.title("velocity_x"), "velocity_x [m/s]")

    def test_names_and_colours_answerers_as_the_other_scripts(self) -> None:
        self.assertEqual(paraview_open.ANSWERERS, {int(who): (who.name.lower(), colour) for who, colour in ANSWERER_COLOURS.items()})

    def test_refuses_in_one_sentence(self) -> None:
        for words in ("has no fields.xdmf", "not a series of fields"):
            result = call("paraview_open.py", self.run_directory)
            self.assertEqual((result.returncode, len(result.stderr.splitlines())), (2, 1), result.stderr)
            self.assertIn(words, result.stderr)
            (self.run_directory / "fields.xdmf").write_text("<Xdmf><Domain>")
        write_xdmf(self.run_directory, (24, 16, 1))
        result = call("paraview_open.py", self.run_directory, path="/nowhere")
        self.assertEqual(result.returncode, 2)
        self.assertIn("install ParaView", result.stderr)

    def test_draws_the_last_snapshot(self) -> None:
        command = drawing_command()
        if not command:
            self.skipTest("there is no pvpython, or no display for it")
        for step in STEPS:
            write_snapshot(self.run_directory, step, (24, 16, 1))
        write_xdmf(self.run_directory, (24, 16, 1))
        picture = self.run_directory / "picture.png"
        subprocess.run([*command, SCRIPTS / "paraview_open.py", self.run_directory, "-o", picture], check=True,
                       capture_output=True, timeout=600)
        pixels = matplotlib.image.imread(picture)[:, :, :3]
        left, right = pixels[100:600, 250:550], pixels[100:600, 1050:1350]
        hot, surrogate = np.array([0.95, 0.95, 0.4]), np.array(paraview_open.rgb(paraview_open.ANSWERERS[2][1]))
        self.assertGreater(np.mean(np.abs(left - hot).max(axis=2) < 0.3), 0.02, "a burning kernel")
        self.assertGreater(np.mean(left.max(axis=2) < 0.1), 0.2, "in cold gas")
        self.assertGreater(np.mean(np.abs(right - surrogate).max(axis=2) < 0.02), 0.02, "answered by the surrogate")


if __name__ == "__main__":
    unittest.main()
