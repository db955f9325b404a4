"""The Python package on an installed library: that of BIMETAL_PREFIX, or one that is made of the build folder
BIMETAL_BUILD."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from collections import defaultdict
from pathlib import Path

from prefix import SOURCE, Prefix

PROGRAMS = SOURCE / "tests/library/python_programs.py"
PACKAGE = SOURCE / "src/python/bimetal"
FILE = "libbimetal.so"
ENVIRONMENT = os.environ | {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_plm_rsh_agent": "",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}
HANGS_AFTER = 60  # [s]
STEPS = 80  # in which the surrogate takes over
RANKS = (1, 2)


def setUpModule():
    prefix = os.environ.get("BIMETAL_PREFIX")
    if not prefix:
        made = Prefix()
        unittest.addModuleCleanup(made.remove)
        prefix = made.path
    library = next(path for path in Path(prefix).glob(f"lib*/{FILE}"))
    installed = Path(prefix) / "lib/python3/site-packages"
    if (installed / "bimetal").is_dir():
        ENVIRONMENT.pop("BIMETAL_LIBRARY", None)
    else:
        installed = PACKAGE.parent
        ENVIRONMENT["BIMETAL_LIBRARY"] = str(library)
    ENVIRONMENT["PYTHONPATH"] = str(installed)
    Library.file = library


def execute(ranks, *words):
    return subprocess.run(["mpirun", "--oversubscribe", "-n", str(ranks), sys.executable, *map(str, words)],
                          capture_output=True, text=True, timeout=HANGS_AFTER, env=ENVIRONMENT, check=False)


class PythonTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.folder = Path(directory.name)

    def program(self, ranks, *words):
        """What a program has told, and its output."""
        result = execute(ranks, PROGRAMS, *words)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")], result.stdout

    def cases(self, ranks, *words):
        """Case -> what each rank has told of it."""
        found = defaultdict(lambda: [None] * ranks)
        for line in self.program(ranks, *words)[0]:
            found[line["case"]][line["rank"]] = line
        return found

    def assert_raised(self, told, kind, *words):
        """On every rank, with the same sentence, which has all the words."""
        for line in told:
            self.assertIsNotNone(line, told)
            self.assertEqual(line["raised"], kind, line)
            self.assertEqual(line["text"], told[0]["text"])
            for word in words:
                self.assertIn(word, line["text"])


class Run(PythonTest):
    def test_the_surrogate_takes_over_and_the_certificate_covers_it(self):
        counts = []
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                told, out = self.program(ranks, "run", STEPS)
                report = told[0]["report"]
                rows, bound = report["subproblems"], report["certificate"]["upper_bound"]
                by = [sum(line["by"][k] for line in told) for k in range(4)]
                wrong = sum(line["wrong"] for line in told)
                print(f"{ranks} ranks: {rows['accepted']} of {rows['total']} rows accepted, {rows['audited']} audited, "
                      f"{wrong} wrong; certificate: {100 * bound:.2f} %")
                self.assertEqual(rows["total"], STEPS * 400)
                self.assertEqual(rows["accepted"] + rows["rejected"], rows["total"])
                self.assertEqual(by, [0, rows["rejected"], rows["accepted"] - rows["audited"], rows["audited"]])
                self.assertGreater(rows["accepted"], rows["total"] / 4)
                self.assertEqual(sum(line["wrong_by_reference"] for line in told), 0)
                self.assertLessEqual(wrong, bound * rows["accepted"])
                self.assertLessEqual(bound, 0.05)
                self.assertRegex(out, r"certificate +at most 0\.\d+ % of its answers were wrong")
                counts.append(rows)
        self.assertEqual(*counts)

    def test_ranks_report_alike(self):
        told, _ = self.program(2, "run", 20)
        self.assertEqual(told[0]["report"], told[1]["report"])

    def test_a_run_in_two_parts_is_the_run_in_one_to_the_bit(self):
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                told, _ = self.program(ranks, "restart", self.folder, STEPS // 2)
                whole = [line for line in told if "how" in line]
                self.assertEqual(len(whole), 2 * ranks)
                for line in whole:
                    self.assertTrue(line["same"], line)
                    self.assertEqual(line["accepted_here"], line["accepted"])
                    self.assertGreater(line["accepted"], 0, "nothing was tested")
                for case in ("fingerprint", "no file"):
                    self.assert_raised([line for line in told if line.get("case") == case], "BadInput")

    def test_a_model_is_handed_on(self):
        told, _ = self.program(2, "models", self.folder, STEPS)
        self.assert_raised([line for line in told if "case" in line], "BadInput")
        report = [line for line in told if "report" in line][0]["report"]
        self.assertEqual((report["surrogate"]["version"], report["surrogate"]["updates"]), (0, 0))
        self.assertGreater(report["subproblems"]["accepted"], 0)

    def test_a_law_stops_answers_and_is_counted(self):
        told, _ = self.program(2, "laws", STEPS)
        runs, broken = [line for line in told if "gates" in line], [line for line in told if "case" in line]
        self.assertGreater(runs[0]["gates"]["x is small"], 0)
        for line in runs:
            self.assertEqual(line["large"][2:], [0, 0], "an answer was committed against the law")
            self.assertGreater(line["by"][2], 0, "nothing was tested")
        self.assert_raised(broken, "Failure", "is broken", "IndexError")


class Failing(PythonTest):
    def test_an_exception_on_one_rank_ends_the_program_on_all_and_is_told(self):
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                result = execute(ranks, PROGRAMS, "uncaught", self.folder)
                end = time.time()
                self.assertNotEqual(result.returncode, 0)
                raised_at = min(json.loads(line)["at"] for line in result.stdout.splitlines() if line.startswith("{"))
                self.assertLess(end - raised_at, 10)
                said = [(self.folder / f"said_by_{rank}.txt").read_text(encoding="utf-8") for rank in range(ranks)]
                for rank, text in enumerate(said):
                    sentences = [line for line in text.splitlines() if "PhysicsFailure: " in line]
                    self.assertEqual(len(sentences), 1, text)
                    for word in (f"rank {ranks - 1}", "row ", "step 3", "the pivot is zero"):
                        self.assertIn(word, sentences[0])
                    self.assertEqual(text.count("ZeroDivisionError: the pivot is zero\n\n"), rank == ranks - 1,
                                     "the exception itself is to be shown where it happened, and there alone")

    def test_failures_of_the_reference_are_told_and_survived(self):
        found = self.cases(2, "failures")
        self.assert_raised(found["raise"], "PhysicsFailure", "rank 1", "the pivot is zero")
        self.assertEqual([line["cause"] for line in found["raise"]],
                         [None, "ZeroDivisionError: the pivot is zero"])
        self.assertEqual([line["raised"] for line in found["interrupt"]], ["PhysicsFailure", "KeyboardInterrupt"])
        self.assert_raised(found["call"], "PhysicsFailure", "rank 0", "must not use the Hybrid")
        self.assert_raised(found["write"], "PhysicsFailure", "rank 0", "read-only")
        self.assertIn("ValueError", found["write"][0]["cause"])
        self.assert_raised(found["unlock"], "PhysicsFailure", "WRITEABLE")
        self.assert_raised(found["words"], "PhysicsFailure", "rank 0", "too cold to burn")
        self.assert_raised(found["code"], "PhysicsFailure", "rank 0", "42")
        self.assert_raised(found["minus one"], "PhysicsFailure", "rank 0")
        for how, code in (("words", -1), ("code", 42), ("minus one", -1), ("nan", -1)):
            self.assertEqual([line["code"] for line in found[how]], [code, code])
        self.assert_raised(found["nan"], "PhysicsFailure", "rank 0", "nan")
        self.assertEqual(found["after all"][0]["raised"], None)
        self.assert_raised(found["mixed"], "PhysicsFailure", "rank 0", "4 row(s)")  # two a call
        for how in ("words", "code", "minus one", "mixed", "nan"):
            for line in found[f"{how}: rows"]:
                self.assertTrue(line["finite"])
                self.assertGreater(line["not_right"], 0)
                self.assertLess(line["not_right"], 5)

    def test_mistakes_are_refused_on_all_ranks(self):
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                found = self.cases(ranks, "refusals")
                self.assert_raised(found["no such key"], "BadInput", "switching.tolerence", "did you mean", "tolerance")
                self.assert_raised(found["no number"], "BadInput", "switching.tolerance")
                self.assert_raised(found["no text"], "BadInput", "object")
                self.assert_raised(found["one rank"], "BadInput", f"rank {ranks - 1}")
                if ranks > 1:
                    self.assert_raised(found["ranks differ"], "BadInput", "switching.tolerance")
                self.assert_raised(found["not finite"], "BadInput", f"rank {ranks - 1}")
                for case, words in {"width": "[200, 1]", "one row": "[2]", "complex": "complex", "too few ids": "ids",
                                    "ids by halves": "ids", "single out": "float64", "Fortran out": "C-contiguous",
                                    "out is rows": "memory", "iteration": "second", "closed": "closed"}.items():
                    for line in found[case]:
                        self.assertEqual(line["raised"], "BadInput", line)
                    self.assertIn(words.replace("200", str(400 // ranks)), found[case][-1]["text"])
                for case in ("a list", "Fortran rows", "no rows", "first", "next", "closed again"):
                    for line in found[case]:
                        self.assertIsNone(line["raised"], line)


class Library(PythonTest):
    """Where the package looks for the library."""

    def imported(self, path, **environment):
        values = {key: value for key, value in ENVIRONMENT.items() if key != "BIMETAL_LIBRARY"}
        return subprocess.run([sys.executable, "-c", "import bimetal; print(bimetal.__version__)"], cwd=self.folder,
                              capture_output=True, text=True, timeout=HANGS_AFTER, check=False,
                              env=values | {"PYTHONPATH": str(path)} | environment)

    def test_it_is_found_in_a_wheel_and_in_an_install(self):
        for packages, place in (("wheel", "wheel/bimetal/lib"), ("prefix/lib/python3/site-packages", "prefix/lib"),
                                ("other/lib/python3/site-packages", "other/lib64")):
            with self.subTest(place):
                shutil.copytree(PACKAGE, self.folder / packages / "bimetal")
                (self.folder / place).mkdir(exist_ok=True)
                (self.folder / place / FILE).symlink_to(self.file)
                result = self.imported(self.folder / packages)
                self.assertRegex(result.stdout, r"^\d+\.\d+\.\d+\n$", result.stderr)

    def test_where_it_was_looked_for_is_told(self):
        result = self.imported(PACKAGE.parent, BIMETAL_LIBRARY=f"/nowhere/{FILE}")
        self.assertIn(f"ImportError: /nowhere/{FILE} cannot be loaded", result.stderr)
        shutil.copytree(PACKAGE, self.folder / "lib/python3/bimetal")
        result = self.imported(self.folder / "lib/python3")
        if result.returncode:  # the system may have one
            for place in (f"lib/python3/bimetal/lib/{FILE}", f"lib/{FILE}", f"lib64/{FILE}"):
                self.assertIn(f"{self.folder / place}", result.stderr)


if __name__ == "__main__":
    unittest.main()
