"""The examples of docs/examples, built and run from an installed prefix as their reader would."""

import sys
import unittest

from prefix import EXAMPLES, Prefix, bound, counts

CELLS, STEPS = 400, 150  # enough for the surrogate to take over


class Waves(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.prefix = Prefix()
        cls.addClassCleanup(cls.prefix.remove)
        cls.programs = cls.prefix.build(EXAMPLES / "embed")

    def command(self, language):
        if language == "python":
            return [sys.executable, EXAMPLES / "embed" / "wave.py"]
        return [self.programs / f"wave_{language}"]

    def run_wave(self, language, n_ranks, *arguments):
        environment = {"PYTHONPATH": str(self.prefix.path / "lib" / "python3" / "site-packages")}
        code, output = self.prefix.run(n_ranks, *self.command(language), *arguments, environment=environment)
        self.assertEqual(code, 0, output)
        return output

    def check(self, language):
        for n in (1, 2):
            output = self.run_wave(language, n, CELLS, STEPS)
            found = counts(output)
            self.assertEqual(found["total"], CELLS * STEPS, output)
            self.assertGreater(found["share"], 10.0, output)
            self.assertGreater(found["audits"], 100, output)
            self.assertLessEqual(bound(output), 100.0, output)
            self.assertRegex(output, r"net speed-up +[\d.]+ of the sub-problems")

    def test_cpp(self):
        self.check("cpp")

    def test_c(self):
        self.check("c")

    def test_fortran(self):
        self.check("fortran")

    def test_python(self):
        self.check("python")

    def test_all_languages_pose_the_same_problem(self):
        """Without a surrogate's answers they count the same; with them decisions hang on the last bit of an answer."""
        audits = {language: counts(self.run_wave(language, 1, 100, 40)) for language in ("c", "cpp", "fortran")}
        self.assertEqual(audits["c"], audits["cpp"])
        self.assertLess(abs(audits["c"]["share"] - audits["fortran"]["share"]), 20.0, audits)

    def test_a_restart_equals_no_restart(self):
        for language in ("c", "cpp", "fortran"):
            whole = self.run_wave(language, 2, CELLS, 100, f"{language}_whole.h5")
            self.run_wave(language, 2, CELLS, 60, f"{language}_part.h5")
            again = self.run_wave(language, 2, CELLS, 40, f"{language}_part.h5")
            self.assertEqual(counts(again), counts(whole))
            self.assertEqual(bound(again), bound(whole))


if __name__ == "__main__":
    unittest.main()
