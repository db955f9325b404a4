"""VTK opens the field files of 1-, 2- and 3-dimensional runs, and fields.xdmf points at what is in them.

Usage: test_vtk_reads_fields.py WRITE_FIELDS...   where WRITE_FIELDS is the command line that writes the sample fields
(tests/io/write_fields.cpp), mpirun included; a directory and the number of dimensions are appended.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import h5py
import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkIOHDF import vtkHDFReader

LOWER = (0.25, -1.0, 0.0)  # x, y, z
SPACING = (1.0, 0.5, 0.1)
NUMPY_TYPE = {("Float", "8"): "float64", ("Int", "4"): "int32", ("UChar", "1"): "uint8"}

write_command: list[str] = []


class FieldFiles:
    """The tests; the classes below say for how many dimensions."""

    cells: tuple[int, int, int]  # x, y, z
    dimensions: int
    directory: Path

    @classmethod
    def setUpClass(cls) -> None:
        temporary = tempfile.TemporaryDirectory(prefix="bimetal_vtk_")
        cls.addClassCleanup(temporary.cleanup)
        cls.directory = Path(temporary.name)
        subprocess.run([*write_command, temporary.name, str(cls.dimensions)], check=True)

    def expected(self) -> dict[str, np.ndarray]:
        """The sample fields, [nz, ny, nx]."""
        ids = np.arange(np.prod(self.cells)).reshape(self.cells[::-1])
        return {"T": 300 + 1.5 * ids, "Y_OH": 1 / (1 + ids), "answerer": ids % 4, "version": ids - 1,
                "score": -0.5 * ids}

    def image(self):
        reader = vtkHDFReader()
        name = str(self.directory / "fields_000050.h5")
        self.assertTrue(reader.CanReadFile(name))
        reader.SetFileName(name)
        reader.Update()
        return reader.GetOutput()

    def test_vtk_sees_every_value_at_the_centre_of_its_cell(self) -> None:
        image = self.image()
        self.assertEqual(image.GetClassName(), "vtkImageData")
        data = image.GetPointData()
        self.assertEqual({data.GetArrayName(a) for a in range(data.GetNumberOfArrays())}, set(self.expected()))
        for name, values in self.expected().items():
            seen = vtk_to_numpy(data.GetArray(name))
            for k, j, i in np.ndindex(*values.shape):
                centre = [LOWER[axis] + (index + 0.5) * SPACING[axis] for axis, index in enumerate((i, j, k))]
                # A flat axis has points at the faces of its one cell.
                inside = [x - 0.4 * h if n == 1 else x for x, h, n in zip(centre, SPACING, self.cells)]
                self.assertEqual(seen[image.FindPoint(inside)], values[k, j, i], name)

    def test_vtk_sees_a_flat_axis_as_thick_as_its_cell_with_equal_faces(self) -> None:
        image = self.image()
        points = [2 if n == 1 else n for n in self.cells]
        self.assertEqual(list(image.GetDimensions()), points)
        bounds = image.GetBounds()
        for axis, n in enumerate(self.cells):
            margin = 0.0 if n == 1 else 0.5 * SPACING[axis]
            self.assertAlmostEqual(bounds[2 * axis], LOWER[axis] + margin)
            self.assertAlmostEqual(bounds[2 * axis + 1], LOWER[axis] + n * SPACING[axis] - margin)
        seen = vtk_to_numpy(image.GetPointData().GetArray("T")).reshape(points[::-1])
        np.testing.assert_array_equal(seen, np.broadcast_to(self.expected()["T"], points[::-1]))

    def test_the_file_names_time_step_box_and_units(self) -> None:
        with h5py.File(self.directory / "fields_000050.h5") as file:
            self.assertEqual(file.attrs["dimensions"], self.dimensions)
            np.testing.assert_allclose(file.attrs["lower"], LOWER)
            np.testing.assert_allclose(file.attrs["upper"], np.add(LOWER, np.multiply(SPACING, self.cells)))
            self.assertEqual((file.attrs["time"], file.attrs["step"]), (2.5e-5, 50))
            self.assertEqual(file["fields/T"].attrs["unit"], b"K")

    def test_xdmf_describes_times_and_grid(self) -> None:
        steps = self.xdmf_steps()
        self.assertEqual([float(step.find("Time").get("Value")) for step in steps], [0.0, 2.5e-5])
        for step in steps:
            nodes = step.find("Topology").get("Dimensions").split()
            self.assertEqual(nodes, [str(n + 1) for n in reversed(self.cells)])
            origin, spacing = (item.text.split() for item in step.findall("Geometry/DataItem"))
            np.testing.assert_allclose([float(x) for x in origin], LOWER[::-1])
            np.testing.assert_allclose([float(x) for x in spacing], SPACING[::-1])

    def test_xdmf_points_at_datasets_of_the_shape_and_type_it_claims(self) -> None:
        for step in self.xdmf_steps():
            attributes = step.findall("Attribute")
            self.assertEqual({attribute.get("Name") for attribute in attributes}, set(self.expected()))
            for attribute in attributes:
                item = attribute.find("DataItem")
                name, path = item.text.strip().split(":")
                with h5py.File(self.directory / name) as file:
                    dataset = file[path]
                    self.assertEqual([str(n) for n in dataset.shape], item.get("Dimensions").split())
                    claimed = NUMPY_TYPE[item.get("NumberType"), item.get("Precision")]
                    self.assertEqual(dataset.dtype, np.dtype(claimed), attribute.get("Name"))
                    np.testing.assert_array_equal(dataset, self.expected()[attribute.get("Name")])

    def xdmf_steps(self) -> list[ElementTree.Element]:
        root = ElementTree.parse(self.directory / "fields.xdmf").getroot()
        return root.findall("./Domain/Grid[@CollectionType='Temporal']/Grid")


class FieldFilesIn1D(FieldFiles, unittest.TestCase):
    cells, dimensions = (7, 1, 1), 1


class FieldFilesIn2D(FieldFiles, unittest.TestCase):
    cells, dimensions = (7, 5, 1), 2


class FieldFilesIn3D(FieldFiles, unittest.TestCase):
    cells, dimensions = (7, 5, 3), 3


if __name__ == "__main__":
    write_command = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
