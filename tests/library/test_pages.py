"""The code that the pages about the library show is whole programs that a compiler accepts."""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "docs" / name for name in ("library.md", "from-your-solver-to-a-certificate.md")]
HEADERS = f"-I{ROOT / 'src/library/include'}"
MODULE = ROOT / "src/fortran/bimetal.f90"
WARNINGS = ["-Wall", "-Wextra", "-Werror"]
COMPILERS = {  # by the language of a block: the ending of its file, and the command
    "c": ("c", ["mpicc", "-std=c11", *WARNINGS, HEADERS]),
    "cpp": ("cpp", ["mpicxx", "-std=c++20", *WARNINGS, HEADERS, "-DOMPI_SKIP_MPICXX", "-DMPICH_SKIP_MPICXX"]),
    "fortran": ("f90", ["mpif90", "-std=f2018", "-Wall"]),
}


def programs(language):
    """The blocks of a language on each page that has some, one behind the other, by the page's name."""
    found = {page.name: re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
             for page in PAGES}
    return {page: "\n".join(blocks) for page, blocks in found.items() if blocks}


class Pages(unittest.TestCase):
    def check(self, language):
        ending, command = COMPILERS[language]
        if not shutil.which(command[0]):
            self.skipTest(f"there is no {command[0]}")
        self.assertTrue(programs(language))
        for page, program in programs(language).items():
            with tempfile.TemporaryDirectory() as place:
                source = Path(place) / f"program.{ending}"
                source.write_text(program, encoding="utf-8")
                if language == "fortran":
                    self.compile(page, [*command, "-c", MODULE], place)
                self.compile(page, [*command, "-fsyntax-only", source], place)

    def compile(self, page, command, place):
        result = subprocess.run(command, cwd=place, text=True, capture_output=True)
        self.assertEqual(result.returncode, 0, f"{page}:\n{result.stderr}")

    def test_show_the_legacy_code_as_it_is(self):
        legacy = ROOT / "docs/examples/legacy"
        sources = {sign: (legacy / name).read_text(encoding="utf-8").splitlines()
                   for sign, name in (("-", "reactive_transport.f90"), ("+", "reactive_transport_bimetal.f90"))}
        shown = "\n".join(block for page in PAGES
                          for block in re.findall(r"```diff\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))
        self.assertTrue(shown)
        for line in shown.splitlines():
            if line[0] in sources:
                self.assertIn(line[1:], sources[line[0]])

    def test_show_programs_in_c(self):
        self.check("c")

    def test_show_programs_in_cpp(self):
        self.check("cpp")

    def test_show_programs_in_fortran(self):
        if not MODULE.exists():
            self.skipTest("there is no Fortran module")
        self.check("fortran")

    def test_show_programs_in_python(self):
        self.assertTrue(programs("python"))
        for page, program in programs("python").items():
            compile(program, page, "exec")

    def test_have_no_line_that_is_too_long(self):
        for page in PAGES:
            for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
                self.assertLessEqual(len(line), 130, f"{page.name}:{number}")


if __name__ == "__main__":
    unittest.main()
