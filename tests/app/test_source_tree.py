"""The folders of src/ depend on each other in one direction only, and the pure ones stay pure."""

import re
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src"
ALLOWED = {
    "core": set(),
    "parallel": {"core"},
    "config": {"core", "parallel"},
    "chemistry": {"core"},
    "subproblem": {"core", "chemistry"},
    "surrogate": {"core", "parallel"},
    "control": {"core"},
    "hybrid": {"core", "subproblem", "surrogate", "control", "parallel"},
    "petsc": {"core", "parallel"},
    "homogenisation": {"core", "subproblem"},
    "precipitation": {"core", "subproblem", "homogenisation"},
    "grid": {"core", "parallel", "petsc"},
    "flow": {"core", "parallel", "grid", "petsc", "chemistry", "subproblem"},
    "conduction": {"core", "parallel", "grid", "petsc", "subproblem"},
    "diffusion": {"core", "parallel", "grid", "petsc", "subproblem", "precipitation"},
    "io": {"core", "parallel", "grid"},
    "library": {"core", "parallel", "config", "subproblem", "surrogate", "hybrid", "io", "bimetal"},
    "app": {"core", "parallel", "config", "chemistry", "subproblem", "surrogate", "control", "hybrid", "petsc", "grid",
            "flow", "conduction", "diffusion", "homogenisation", "precipitation", "io", "library"},
}
PURE = ("core", "chemistry", "subproblem", "homogenisation", "precipitation", "control")
FOREIGN = re.compile(r'#include\s*<(mpi|petsc\w*|torch/.*|ATen/.*|hdf5|H5\w*)(\.h)?>')


class SourceTree(unittest.TestCase):
    def files(self, folder="*"):
        found = [path for path in SOURCE.glob(f"{folder}/*") if path.suffix in (".hpp", ".cpp")]
        self.assertTrue(found)
        return found

    def test_includes_follow_the_direction_of_dependence(self):
        for path in self.files():
            for used in re.findall(r'#include\s*"(\w+)/', path.read_text(encoding="utf-8")):
                if used != path.parent.name:
                    self.assertIn(used, ALLOWED[path.parent.name], f"{path.relative_to(SOURCE)} includes {used}/")

    def test_pure_folders_know_no_parallel_library(self):
        for folder in PURE:
            for path in self.files(folder):
                self.assertIsNone(FOREIGN.search(path.read_text(encoding="utf-8")), path)

    def test_libtorch_stays_inside_the_surrogate_and_out_of_what_others_include(self):
        outside = [path for path in self.files() if path.parent.name != "surrogate"]
        public = [SOURCE / "surrogate" / name for name in ("surrogate.hpp", "options.hpp", "library.hpp")]
        for path in outside + public:
            self.assertNotRegex(path.read_text(encoding="utf-8"), r"#include\s*<(torch|ATen|c10)/", str(path))

    def test_the_public_headers_need_nothing_but_mpi_and_the_language(self):
        headers = list((SOURCE / "library" / "include" / "bimetal").glob("*.h*"))
        self.assertTrue(headers)
        for path in headers:
            for included in re.findall(r'#include\s*[<"]([^>"]+)[>"]', path.read_text(encoding="utf-8")):
                self.assertRegex(included, r"^(mpi\.h|bimetal/\w+\.h|std\w+\.h|[a-z]+)$", str(path))

    def test_every_header_guards_itself(self):
        for path in self.files():
            if path.suffix == ".hpp":
                self.assertTrue(path.read_text(encoding="utf-8").startswith("#pragma once"), path)


if __name__ == "__main__":
    unittest.main()
