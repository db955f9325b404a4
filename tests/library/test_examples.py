"""The examples of docs/examples, built and run from an installed prefix as their reader would."""

import difflib
import sys
import unittest

from prefix import EXAMPLES, Prefix, bound, counts

CELLS, STEPS = 1000, 36  # enough for the surrogate to take over


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.prefix = Prefix()
        cls.addClassCleanup(cls.prefix.remove)
        cls.programs = cls.prefix.build(EXAMPLES / "embed")
        cls.legacy = cls.prefix.build(EXAMPLES / "legacy")

    def command(self, language):
        if language == "python":
            return [sys.executable, EXAMPLES / "embed" / "wave.py"]
        return [self.programs / f"wave_{language}"]

    def run_wave(self, language, n_ranks, *arguments):
        environment = {"PYTHONPATH": str(self.prefix.path / "lib" / "python3" / "site-packages")}
        code, output = self.prefix.run(n_ranks, *self.command(language), *arguments, environment=environment)
        self.assertEqual(code, 0, output)
        return output

    def check(self, language, closing="$"):
        """On 1 and 2 ranks; and a run in two parts is the run in one. `closing`: what it says itself at its end."""
        outputs = [self.run_wave(language, 1, CELLS, STEPS),
                   self.run_wave(language, 2, CELLS, STEPS, f"{language}_whole.h5")]
        for output in outputs:
            found = counts(output)
            self.assertEqual(found["total"], CELLS * STEPS, output)
            self.assertGreater(found["share"], 5.0, output)
            self.assertGreater(found["audits"], 100, output)
            self.assertLess(bound(output), 50.0, output)
            self.assertRegex(output, r"net speed-up +[\d.]+ of the sub-problems")
            self.assertRegex(output, closing)
            self.assertRegex(output, r"time +physics [\d.]+ s, inference [\d.]+ s, training [\d.]+ s")
        self.run_wave(language, 2, CELLS, STEPS - 20, f"{language}_part.h5")
        again = self.run_wave(language, 2, CELLS, 20, f"{language}_part.h5")
        self.assertEqual(counts(again), counts(outputs[1]))
        self.assertEqual(bound(again), bound(outputs[1]))
        return counts(again)

    def test_c_and_cpp_which_agree_to_the_last_audit(self):
        self.assertEqual(self.check("c"), self.check("cpp"))

    def test_fortran(self):
        self.check("fortran")

    def test_python(self):
        self.check("python", r"certificate: at most [\d.]+ % wrong\nnet speed-up: [\d.]+")

    def test_a_solver_of_somebody_else_takes_bimetal_in_twenty_lines(self):
        before, after = ((EXAMPLES / "legacy" / f"reactive_transport{name}.f90").read_text(encoding="utf-8").splitlines()
                         for name in ("", "_bimetal"))
        changes = list(difflib.unified_diff(before, after, n=0))[2:]
        for sign in "+-":
            self.assertLessEqual(sum(line.startswith(sign) for line in changes), 20)

        (self.prefix.folder / "plume.nml").write_text("&plume nx = 32, ny = 16, n_steps = 100, n_print = 100, "
                                                      "length = 4.0, width = 2.0 /\n", encoding="utf-8")
        profiles = []
        for name, ranks in (("reactive_transport", 2), ("reactive_transport_bimetal", 1),
                            ("reactive_transport_bimetal", 2)):
            code, output = self.prefix.run(ranks, self.legacy / name, "plume.nml")
            self.assertEqual(code, 0, output)
            profiles.append(profile(self.prefix.folder / "profile.txt"))
            if name.endswith("bimetal"):
                found = counts(output)
                self.assertEqual(found["total"], 32 * 16 * 100, output)
                self.assertGreater(found["share"], 10.0, output)
                for is_row, should in zip(profiles[-1], profiles[0]):
                    for value, truth, scale in zip(is_row, should, (4.0, 5e-3, 2e-2, 5e-2, 2.0, 1.0)):
                        self.assertLess(abs(value - truth), 0.05 * scale, (is_row, should))


def profile(path):
    """Distance, totals, pH and saturation along the middle of the plume."""
    return [list(map(float, line.split())) for line in path.read_text(encoding="utf-8").splitlines()
            if line.split() and not line.lstrip().startswith(("#", "x", "!"))]


if __name__ == "__main__":
    unittest.main()
