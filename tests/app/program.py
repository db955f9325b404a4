"""Runs the built program for the tests: as it is, or on several ranks."""

import csv
import json
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

import h5py
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/acceptance"))

from launch import processes_below as children_of  # noqa: E402, F401  (found through the line above; for the tests)

PROGRAM = Path(os.environ.get("BIMETAL_PROGRAM", ROOT / "build/release/bin/bimetal"))
MPIRUN = ["mpirun", "--oversubscribe", "-n"]
HANGS_AFTER = 240  # [s]; what takes seconds on a quiet machine takes less than that on a busy one, unless it hangs
ENVIRONMENT = os.environ | {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_plm_rsh_agent": "",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def execute(command, timeout=HANGS_AFTER, cwd=None):
    """Runs a command to its end; a hang is a failure."""
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=timeout,
                          env=ENVIRONMENT, cwd=cwd, check=False)


def bimetal(*arguments, ranks=None, **keywords):
    """bimetal ARGUMENTS; under mpirun if a number of ranks is given."""
    launcher = [] if ranks is None else [*MPIRUN, ranks]
    return execute([*launcher, PROGRAM, *arguments], **keywords)


def settings(**values):
    """--set options from keyword arguments; '__' stands for the dot: time__end=1e-5."""
    words = []
    for key, value in values.items():
        words += ["--set", f"{key.replace('__', '.')}={value}"]
    return words


def story_of(said):
    """The lines of a run's output before its closing summary, without those that show the progress."""
    return [line for line in said.partition("\n\n")[0].splitlines() if not re.match(r" *\d+ %", line)]


def logged(directory):
    """The lines of its log before the closing summary, without the times."""
    text = (Path(directory) / "log.txt").read_text(encoding="utf-8")
    return story_of("\n".join(line.partition("  ")[2] for line in text.splitlines()))


def summary(directory):
    return json.loads((Path(directory) / "summary.json").read_text(encoding="utf-8"))


def history(directory):
    """Its complete lines: the file may be growing."""
    text = (Path(directory) / "history.csv").read_text(encoding="utf-8")
    lines = text[:text.rfind("\n") + 1].splitlines()
    return [{key: float(value) for key, value in line.items()} for line in csv.DictReader(lines)]


def last_fields(directory):
    """Name -> array of the last snapshot."""
    with h5py.File(sorted(Path(directory).glob("fields_*.h5"))[-1]) as file:
        return {name: np.asarray(data) for name, data in file["fields"].items()}


class ProgramTest(unittest.TestCase):
    """Assertions on runs of the program."""

    def assert_done(self, result):
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def assert_refused(self, result, *words):
        """Exit code 2 and one sentence on stderr that contains all the words."""
        self.assertEqual(result.returncode, 2, result.stdout + result.stderr)
        sentences = [line for line in result.stderr.splitlines() if line.startswith("bimetal: ")]
        self.assertEqual(len(sentences), 1, result.stderr)
        for word in words:
            self.assertIn(word, sentences[0])
        self.assertNotIn("Traceback", result.stderr)
        self.assertNotIn("terminate called", result.stderr)
        return sentences[0]
