"""bimetal compare and bimetal info: what other programs read."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from program import MPIRUN, PROGRAM, ROOT, ProgramTest, bimetal, execute, settings

KERNEL = ROOT / "inputs/h2_kernel.yaml"
CASE = settings(grid__cells="[12,12]", time__end="4e-6", switching__policy="never", output__checkpoint_every=2,
                output__data="true")
NO_LOCKS = os.environ.get("BIMETAL_NO_LOCKS")


class Compare(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.directory.cleanup)
        cls.folder = Path(cls.directory.name)
        for name, more in (("a", []), ("same", []), ("warmer", settings(initial__temperature=310))):
            result = bimetal("run", KERNEL, "-o", cls.folder / name, *CASE, *more)
            assert result.returncode == 0, result.stderr

    def compare(self, first, second, **keywords):
        result = bimetal("compare", self.folder / first, self.folder / second, "--json", **keywords)
        self.assert_done(result)
        return json.loads(result.stdout)

    def test_runs_stand_for_their_last_common_snapshot(self):
        found = self.compare("a", "same")
        self.assertTrue(found["first"].endswith("a/fields_000004.h5"))
        self.assertIn("fields/T", found["datasets"])
        self.assertTrue(all(each["same_bits"] for each in found["datasets"].values()))
        (self.folder / "same/fields_000004.h5").rename(self.folder / "same/away.h5")
        self.assertTrue(self.compare("a", "same")["second"].endswith("same/fields_000000.h5"))
        (self.folder / "same/away.h5").rename(self.folder / "same/fields_000004.h5")

    def test_differences_are_those_of_the_runs(self):
        T = self.compare("a", "warmer")["datasets"]["fields/T"]
        self.assertFalse(T["same_bits"])
        self.assertGreater(T["largest"], 9.9)
        self.assertGreater(T["mean"], 5)
        self.assertLess(T["mean"], T["largest"])
        self.assertGreater(T["range"], 1000)

    def test_checkpoints_can_be_compared_as_well_and_on_several_ranks(self):
        found = self.compare("a/checkpoint_000004.h5", "warmer/checkpoint_000004.h5", ranks=2)
        self.assertFalse(found["datasets"]["simulation/pde/flow/state"]["same_bits"], sorted(found["datasets"]))

    def test_people_can_read_it(self):
        said = bimetal("compare", self.folder / "a", self.folder / "warmer").stdout
        self.assertRegex(said, r"fields/T +\d")
        self.assertRegex(bimetal("compare", self.folder / "a", self.folder / "same").stdout, "fields/T +the same")

    @unittest.skipUnless(NO_LOCKS, "BIMETAL_NO_LOCKS names a library that takes file locks away")
    def test_files_are_read_where_there_are_no_locks(self):
        environment = {name: value for name, value in os.environ.items() if name != "HDF5_USE_FILE_LOCKING"}
        environment["LD_PRELOAD"] = NO_LOCKS
        a, same = self.folder / "a", self.folder / "same"
        load = "import dataset, pathlib, sys; dataset.load([pathlib.Path(sys.argv[1])])"
        for command in ([PROGRAM, "compare", a, same], [sys.executable, ROOT / "postprocess/compare_runs.py", a, same],
                        [sys.executable, "-c", load, a / "data.h5"]):
            result = subprocess.run([str(word) for word in command], env=environment, cwd=ROOT / "models",
                                    capture_output=True, text=True, check=False)
            self.assert_done(result)
        opened = subprocess.run([sys.executable, "-c", f"import h5py; h5py.File('{a / 'data.h5'}', locking=True)"],
                                env=environment, capture_output=True, text=True, check=False)
        self.assertIn("unable to lock file", opened.stderr)  # there are none

    def test_what_cannot_be_compared_is_refused(self):
        (self.folder / "empty").mkdir()
        for first, second, word in (("a", "empty", "no snapshot of a common step"), ("a", "nowhere", "does not exist"),
                                    ("a/fields_000004.h5", "a/config.yaml", "config.yaml cannot be compared"),
                                    ("a/nothing.h5", "a/fields_000004.h5", "nothing.h5")):
            for ranks in (None, 2):
                self.assert_refused(bimetal("compare", self.folder / first, self.folder / second, ranks=ranks), word)


class Info(ProgramTest):
    def test_says_the_same_to_programs_and_people(self):
        facts = json.loads(bimetal("info", "--json").stdout)
        for name in ("bimetal", "nodes", "processor", "system", "build", "MPI", "PETSc", "LibTorch", "BLAS", "BLAS core",
                     "HDF5", "SUNDIALS", "compiler"):
            self.assertTrue(facts[name], name)
        said = execute(["env", "OMP_NUM_THREADS=16", PROGRAM, "info"]).stdout  # a run does not ask it
        for name, value in facts.items():
            self.assertIn(f"{name:<10s} {value}\n", said)

    def test_counts_ranks_and_names_a_library_that_is_there(self):
        facts = json.loads(execute([*MPIRUN, 3, PROGRAM, "info", "--json"]).stdout)
        self.assertIn("3 rank(s)", facts["MPI"])
        self.assertTrue(facts["nodes"].startswith(f"1 with {os.sysconf('SC_NPROCESSORS_ONLN')} core(s) and "), facts)
        self.assertRegex(facts["threads"], r"^1 on a rank that solves, \d+ on")
        self.assertTrue(Path(facts["BLAS"]).is_file(), facts["BLAS"])


if __name__ == "__main__":
    unittest.main()
