"""Ranks that were started differently, or that find different files, end together by one sentence that names the rank."""

import shlex
import tempfile
import unittest
from pathlib import Path

from program import MPIRUN, PROGRAM, ROOT, ProgramTest, execute, settings

KERNEL = ROOT / "inputs/h2_kernel.yaml"
CASE = settings(grid__cells="[32, 32]", time__step="2e-6", time__end="4e-6")


class RanksDisagree(ProgramTest):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.folder = Path(directory.name)
        self.here, self.there = self.folder / "here", self.folder / "there"
        self.here.mkdir()
        self.there.mkdir()

    def start(self, arguments, others, ranks=2, other_directory=None):
        """Rank 0 and its like with some arguments in one directory, the last rank with others in another one."""
        def in_directory(directory, words):
            return f"cd {shlex.quote(str(directory))} && exec {shlex.join(map(str, [PROGRAM, *words]))}"

        # A shell on every rank, and not mpirun's own way to start two programs, at which that of Open MPI 5.0.7 crashes.
        chosen = (f"if [ $OMPI_COMM_WORLD_RANK = {ranks - 1} ]; then {in_directory(other_directory or self.here, others)}; "
                  f"else {in_directory(self.here, arguments)}; fi")
        return execute([*MPIRUN, ranks, "sh", "-c", chosen])  # it ends by itself: what hangs raises an exception

    def in_two_directories(self, *arguments, ranks=2):
        arguments = ["run", KERNEL, "-o", "out", *CASE, *arguments]
        return self.start(arguments, arguments, ranks, self.there)

    def test_about_the_input(self):
        self.assert_refused(self.start(["run", "a.yaml"], ["run", "b.yaml"]), "rank 1 was started as",
                            "'bimetal run b.yaml', but rank 0 'bimetal run a.yaml'", "the same arguments")

    def test_about_a_setting_or_an_option_of_petsc(self):
        run = ["run", KERNEL, "-o", self.folder / "out", *CASE]
        for extra in (settings(time__end="8e-6"), ["-pressure_ksp_rtol", "1e-3"], ["--overwrite"]):
            with self.subTest(extra):
                self.assert_refused(self.start(run, run + extra, ranks=4), "rank 3 was started as")
        self.assertFalse((self.folder / "out").exists())

    def test_about_the_command(self):
        for arguments in (["info"], ["--help"], ["nonsense"], []):
            with self.subTest(arguments):
                self.assert_refused(self.start(["run", KERNEL], arguments), "rank 1 was started as", "'bimetal")

    def test_about_the_output_directory(self):
        self.assert_refused(self.in_two_directories(), "'out' of rank 1 is not that of rank 0", "-o")
        # Nor is it the same if there is one of that name.
        for folder in (self.here, self.there):
            (folder / "out").mkdir(exist_ok=True)
        self.assert_refused(self.in_two_directories(ranks=4), "'out' of rank 3 is not that of rank 0")

    def test_about_the_model_which_one_of_them_cannot_read(self):
        (self.here / "model.pt").write_bytes(b"some model")
        model = settings(surrogate__model="model.pt")
        for ranks in (2, 4):
            self.assert_refused(self.in_two_directories(*model, ranks=ranks),
                                f"model.pt' cannot be read on rank {ranks - 1}")

    def test_about_what_is_in_the_model(self):
        (self.here / "model.pt").write_bytes(b"some model")
        (self.there / "model.pt").write_bytes(b"some other")
        self.assert_refused(self.in_two_directories(*settings(surrogate__model="model.pt")),
                            "of rank 1 is not that of rank 0")

    def test_about_where_to_go_on_from(self):
        (self.here / "out").mkdir()
        (self.here / "out/checkpoint_000001.h5").write_bytes(b"some state")
        self.assert_refused(self.in_two_directories("--restart", "out"), "--restart out", "on rank 1")


if __name__ == "__main__":
    unittest.main()
