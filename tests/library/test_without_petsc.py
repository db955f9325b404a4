"""The library builds where there is neither PETSc nor HDF5, and the examples work from what is installed then."""

import os
import shutil
import tempfile
import unittest
from pathlib import Path

from prefix import EXAMPLES, SOURCE, Prefix, call, counts


class WithoutPetsc(unittest.TestCase):
    def setUp(self):
        self.build = Path(tempfile.mkdtemp(prefix="bimetal_build_"))
        self.addCleanup(shutil.rmtree, self.build, ignore_errors=True)

    def install(self, *settings):
        call("cmake", "-S", SOURCE, "-B", self.build, "-G", "Ninja", "-DBIMETAL_WITH_PETSC=OFF", "-DBUILD_TESTING=OFF",
             *settings)
        call("cmake", "--build", self.build, "--parallel", os.cpu_count(), timeout=3600)
        prefix = Prefix(self.build)
        self.addCleanup(prefix.remove)
        return prefix

    def needed(self, prefix):
        return call("readelf", "-d", prefix.path / "lib" / "libbimetal.so")

    def test_examples_without_petsc_and_then_without_hdf5(self):
        prefix = self.install()
        self.assertNotIn("petsc", self.needed(prefix))
        self.assertIn("hdf5", self.needed(prefix))
        programs = prefix.build(EXAMPLES / "embed")
        for language in ("c", "cpp", "fortran"):
            for n in (1, 2):
                code, output = prefix.run(n, programs / f"wave_{language}", 1000, 60)
                self.assertEqual(code, 0, output)
                self.assertGreater(counts(output)["share"], 5.0, output)
        code, output = prefix.run(2, programs / "wave_c", 100, 5, "state.h5")
        self.assertEqual(code, 0, output)

        prefix = self.install("-DBIMETAL_WITH_HDF5=OFF")
        self.assertNotIn("hdf5", self.needed(prefix))
        programs = prefix.build(EXAMPLES / "embed")
        code, output = prefix.run(2, programs / "wave_c", 1000, 60)
        self.assertEqual(code, 0, output)
        self.assertGreater(counts(output)["share"], 5.0, output)
        code, output = prefix.run(2, programs / "wave_c", 100, 5, "state.h5")
        self.assertNotEqual(code, 0)
        self.assertIn("was built without HDF5", output)


if __name__ == "__main__":
    unittest.main()
