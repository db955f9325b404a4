"""Every command in a shell block of the documentation is run, shortened. Those that cannot be are in a list, with the reason."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
from collections import Counter
from pathlib import Path

from program import ENVIRONMENT, HANGS_AFTER, PROGRAM, ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "models/README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TEXT = {str(page.relative_to(ROOT)): page.read_text(encoding="utf-8") for page in PAGES}
FOLDERS = ("docs", "inputs", "models", "postprocess", "scripts", "slurm", "tests")

NOT_RUN = {  # how a command begins -> why it is not run
    r"git clone ": "needs the network",
    r"cd ": "every command begins in the same folder",
    r"scripts/(install_dependencies|demo|test)\.sh": "installs packages and builds everything",
    r"cmake ": "builds everything",
    r"ctest ": "runs all tests",
    r"sbatch |LEVEL=\S+ .*sbatch ": "needs a cluster; tests/slurm submits each script",
    r"tests/slurm/cluster\.sh ": "starts a cluster; tests/slurm/test_cluster.py does",
    r"tests/acceptance/accept\.py ": "takes minutes; acceptance.quick runs it",
    r"tests/benchmarks/(compare|closed_loop)\.py ": "takes minutes; tests/benchmarks/test_comparison.py tries it",
    r"build/release/tests/benchmarks/learning ": "learns for seconds from the rows of a long run",
    r"(mpirun -n 4 )?(spack|apptainer) ": "not a package of Debian",
    r"python3 -m venv |torch/bin/pip ": "downloads LibTorch",
    r"mpicc |mpif90 |mpirun -n 2 \./solver ": "needs the library installed; tests/library/test_examples.py installs and builds",
    r"doxygen ": "tests/library/test_doxygen.py runs it",
    r".* --set surrogate\.device=cuda": "needs a GPU",
    r"xdg-open |paraview ": "opens a window",
}
PREPARED = {  # what a page takes for granted
    "docs/report.md": ["bimetal run inputs/h2_kernel.yaml -o out/demo",
                       "cp -r out/demo out/mine", "cp -r out/demo out/pure", "cp -r out/demo out/loose"],
    "docs/restart.md": ["bimetal init reacting_flow > case.yaml"],
    "docs/should-i-use-this.md": ["bimetal init reacting_flow > case.yaml"],
    "models/README.md#2": ["cp out/first/data.h5 data.h5"],
}
LEARNS = {"docs/tutorial.md"}  # pages whose runs must come to a version of the surrogate


def commands_of(block):
    """Its commands, one a line, without comments; of `a && b` both."""
    lines = re.sub(r"\\\n\s*", " ", block).splitlines()
    lines = [re.sub(r"(^|\s)#.*", "", line).strip() for line in lines]
    return [part for line in lines if line for part in line.split(" && ")]


def blocks_of(text):
    """Pairs of language and content of the fenced blocks."""
    return [(language, textwrap.dedent(content))
            for language, content in re.findall(r"^ *```(\w*)\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)]


def reason_not_to_run(command):
    return next((start for start in NOT_RUN if re.match(start, command)), None)


def help_of(script):
    return subprocess.run([sys.executable, ROOT / script, "--help"], capture_output=True, text=True, timeout=HANGS_AFTER,
                          env=ENVIRONMENT, check=True).stdout


def looked_up(test, command):
    """Whether something in a command that is not run could be looked up; that it is not there is a failure."""
    found = False
    words = command.split()
    script = next((word for word in words if word.split("/")[0] in FOLDERS and "." in word), None)
    for word in words:
        if word.split("/")[0] in FOLDERS:
            test.assertTrue((ROOT / word).exists(), f"{command}: there is no {word}")
            found = True
    if script and script.endswith(".py"):
        known = help_of(script)
        for option in re.findall(r"(?<= )--[a-z-]+", command):
            test.assertIn(option, known, command)
    if script and script.endswith(".sbatch"):
        knobs = (ROOT / script).read_text(encoding="utf-8") + (ROOT / "slurm/environment.sh").read_text(encoding="utf-8")
        for knob in re.findall(r"\b([A-Z]+)=", command):
            test.assertIn(knob, knobs, command)
    if words[0] == "cmake" or words[0] == "ctest":
        for preset in re.findall(r"--preset (\w+)", command):
            test.assertIn(f'"name": "{preset}"', (ROOT / "CMakePresets.json").read_text(encoding="utf-8"), command)
            found = True
    return found


class Scratch:
    """A folder that looks like a clone with a release build, whose programs are short: a context manager."""

    def __init__(self, learns):
        self._place = tempfile.TemporaryDirectory()
        self.root = Path(self._place.name) / "bimetal"
        programs = Path(self._place.name) / "programs"
        programs.mkdir()
        (self.root / "build/release/bin").mkdir(parents=True)
        for folder in FOLDERS:
            (self.root / folder).symlink_to(ROOT / folder)
        (self.root / "inputs").unlink()
        shutil.copytree(ROOT / "inputs", self.root / "inputs")  # what is relative to an input must not leave the copy
        (self.root / "mechanisms").symlink_to(ROOT / "inputs/mechanisms")  # where `bimetal init` looks for one
        (programs / "python3").symlink_to(sys.executable)
        for place in (programs, self.root / "build/release/bin"):
            self._write(place / "bimetal", f'exec {sys.executable} {ROOT}/tests/app/short_bimetal.py "$@"')
        # On one rank, which needs no launcher; on two if one of them is to train.
        self._write(programs / "mpirun", f"""[[ $1 == -n ]] || {{ echo "mpirun: -n comes first" >&2; exit 2; }}
shift 2; [[ $1 == --oversubscribe ]] && shift
case "$*" in *dedicated*) exec {shutil.which("mpirun")} --oversubscribe -n 2 "$@" ;; *) exec "$@" ;; esac""")
        self._environment = ENVIRONMENT | {"BIMETAL_PROGRAM": str(PROGRAM), "BIMETAL_LEARNS": str(int(learns)),
                                           "PATH": f"{programs}:{os.environ['PATH']}"}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._place.cleanup()

    @staticmethod
    def _write(path, script):
        path.write_text(f"#!/bin/bash\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def execute(self, command):
        """Runs a command of a page; no training off line takes longer than a second."""
        short = re.sub(r" --seconds \d+", "", command)
        short = re.sub(r"(models/train\.py .*)", r"\1 --seconds 1", short)
        return subprocess.run(["bash", "-c", short], cwd=self.root, env=self._environment, capture_output=True, text=True,
                              timeout=HANGS_AFTER, check=False)


class DocCommands(unittest.TestCase):
    def try_page(self, page, counts):
        shown = 0
        with Scratch(page in LEARNS) as scratch:
            for language, content in blocks_of(TEXT[page]):
                if named := re.match(r"# (\w+\.(?:yaml|py))\n", content):  # a file to write
                    (scratch.root / named[1]).write_text(content, encoding="utf-8")
                if language not in ("sh", "bash"):
                    continue
                shown += 1
                prepared = PREPARED.get(page if shown == 1 else f"{page}#{shown}", [])
                for command in prepared + commands_of(content):
                    if start := reason_not_to_run(command):
                        self.used.add(start)
                        counts["looked up" if looked_up(self, command) else "listed"] += 1
                        continue
                    result = scratch.execute(command)
                    self.assertEqual(result.returncode, 0, f"{page}: {command}\n{result.stdout[-2000:]}{result.stderr[-2000:]}")
                    counts["run"] += command not in prepared

    def test_commands_work(self):
        self.used, total = set(), Counter()
        for page in TEXT:
            counts, begun = Counter(), time.process_time() + sum(os.times()[2:4])
            self.try_page(page, counts)
            if counts:
                seconds = time.process_time() + sum(os.times()[2:4]) - begun
                print(f"{page}: {dict(counts)}, {seconds:.1f} s", flush=True)
            total += counts
        print(f"commands {dict(total)}")
        self.assertEqual(set(NOT_RUN) - self.used, set(), "of the list of what is not run nothing begins so")

    def test_commands_are_in_blocks_of_a_shell(self):
        # Others would not be tried.
        for page, text in TEXT.items():
            prose = re.sub(r"^ *```(?:sh|bash)\n.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)
            lines = re.findall(r"^ {4}(?:\S*/)?(?:bimetal|mpirun|sbatch|accept\.py|cmake|\w+=\w+) .*", prose, re.MULTILINE)
            self.assertEqual([line for line in lines if "──>" not in line], [], page)


if __name__ == "__main__":
    unittest.main()
