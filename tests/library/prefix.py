"""An installed Bimetal, as somebody else's solver finds it: outside of source and build folder."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
EXAMPLES = SOURCE / "docs" / "examples"
_ranks = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMP_NUM_THREADS": "1",
          "OPENBLAS_NUM_THREADS": "1"}


def call(*command, timeout=300, **options):
    """Runs a command that must succeed; its output is in the error if it does not."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=timeout, check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout[-4000:]}")
    return done.stdout


class Prefix:
    """A temporary folder with the library in it, from the build folder BIMETAL_BUILD; programs are built beside it."""

    def __init__(self, build=None):
        self.folder = Path(tempfile.mkdtemp(prefix="bimetal_prefix_"))
        self.path = self.folder / "prefix"
        call("cmake", "--install", build or os.environ["BIMETAL_BUILD"], "--prefix", self.path, "--component",
             "library")

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def build(self, source, *settings):
        """Configures and builds a CMake project against the prefix; gives its build folder."""
        where = self.folder / Path(source).name
        call("cmake", "-S", source, "-B", where, f"-DCMAKE_PREFIX_PATH={self.path}", *settings)
        call("cmake", "--build", where, "--parallel", 2)
        return where

    def run(self, n_ranks, *command, timeout=300, environment=None):
        """Runs a program under mpirun; gives its exit code and what it printed."""
        done = subprocess.run(["mpirun", "--oversubscribe", "-n", str(n_ranks), *[str(word) for word in command]],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout,
                              cwd=self.folder, env={**os.environ, **_ranks, **(environment or {})}, check=False)
        return done.returncode, done.stdout


def counts(output):
    """What the closing lines say of the rows: how many there were, the share of the surrogate, audits and wrong ones."""
    total = int(re.search(r"active sub-problems +(\d+) of", output).group(1))
    share = float(re.search(r"surrogate answered +([\d.]+) %", output).group(1))
    audits, wrong = map(int, re.search(r"audits +(\d+) of them at random, (\d+) wrong", output).groups())
    return {"total": total, "share": share, "audits": audits, "wrong": wrong}


def bound(output):
    """The certificate [%]."""
    return float(re.search(r"certificate +at most ([\d.]+) %", output).group(1))
