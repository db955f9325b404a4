"""Bad input: one clear sentence, exit code 2, nothing lost."""

import os
import tempfile
import unittest
from pathlib import Path

from program import PROGRAM, ROOT, ProgramTest, bimetal, execute, settings

KERNEL = ROOT / "inputs/h2_kernel.yaml"
MECHANISM = ROOT / "inputs/mechanisms/h2_burke2012.yaml"


class BadInput(ProgramTest):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.folder = Path(self.directory.name)

    def write(self, text, name="input.yaml"):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def run_with(self, **values):
        return bimetal("run", KERNEL, "-o", self.folder / "out", *settings(**values))

    def test_missing_input_file(self):
        self.assert_refused(bimetal("run", "no_such.yaml"), "no_such.yaml", "No such file", "check the path")

    def test_missing_input_file_is_said_once_by_all_ranks_together(self):
        self.assert_refused(bimetal("run", "no_such.yaml", ranks=2), "no_such.yaml")

    def test_broken_yaml_with_its_line(self):
        self.assert_refused(bimetal("run", self.write("case: x\ngrid: [1, 2\ntime: 3\n")), "input.yaml:3", "YAML")

    def test_unknown_key_lists_the_valid_ones_and_the_nearest(self):
        text = KERNEL.read_text(encoding="utf-8").replace("  tolerance:", "  tolerence:")
        text = text.replace("mechanisms/h2_burke2012.yaml", str(MECHANISM))
        sentence = self.assert_refused(bimetal("run", self.write(text)), "switching.tolerence", "did you mean tolerance?",
                                       "wrong_fraction", "confidence")
        line = next(i for i, each in enumerate(text.splitlines(), 1) if "tolerence" in each)
        self.assertIn(f"input.yaml:{line}:", sentence)

    def test_unknown_key_by_set(self):
        self.assert_refused(self.run_with(grid__cels="[8]"), "--set", "grid.cels", "did you mean cells?")
        # This one is optional, and has no default.
        self.assert_refused(self.run_with(switching__runtolerance=1), "did you mean run_tolerance?")

    def test_negative_cell_count(self):
        self.assert_refused(self.run_with(grid__cells="[-4, 8]"), "grid.cells", "-4", "at least 1")

    def test_too_few_cells_for_the_ranks(self):
        result = bimetal("run", KERNEL, "-o", self.folder / "out", *settings(grid__cells="[3, 3]"), ranks=4)
        self.assert_refused(result, "3")

    def test_end_that_is_no_whole_number_of_steps(self):
        self.assert_refused(self.run_with(time__end=2.5e-6), "time.end", "whole number")

    def with_text(self, before, after):
        """The kernel's input with one text replaced by another."""
        text = KERNEL.read_text(encoding="utf-8")
        self.assertIn(before, text)
        text = text.replace(before, after).replace("mechanisms/h2_burke2012.yaml", str(MECHANISM))
        return bimetal("run", self.write(text), "-o", self.folder / "out")

    def test_neither_a_step_nor_its_limit(self):
        self.assert_refused(self.with_text("  step: 1.0e-6", "  #"), "time.step", "time.largest_step")

    def test_boundaries_that_do_not_fit(self):
        boundary = "{x: outflow, y: outflow}"
        for given, words in (("{x: {lower: periodic, upper: outflow}}", ("periodic along x at one end only",)),
                             ("{x: [wall, outflow]}", ("grid.boundary.x", "lower: NAME")),
                             ("{x: {lower: wall}}", ("grid.boundary.x.upper", "missing")),
                             ("{x: {lower: inflow, upper: outflow}}", ("flow.inflow.x_lower.velocity", "missing"))):
            with self.subTest(given):
                self.assert_refused(self.with_text(boundary, given), *words)

    def test_time_step_beyond_stability_ends_the_run_with_the_step_that_would_do(self):
        result = self.run_with(time__step="1e-5", time__end="1e-4")
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertIn("Courant number", result.stderr)
        self.assertIn("time.step not above", result.stderr)

    def test_mechanism_that_lacks_the_fuel(self):
        self.assert_refused(self.run_with(initial__fuel="CH4"), "CH4", "h2_burke2012")

    def test_mechanism_file_that_is_missing_or_none(self):
        self.assert_refused(self.run_with(chemistry__mechanism="nowhere.yaml"), "mechanism file", "nowhere.yaml")
        self.assert_refused(self.run_with(chemistry__mechanism=str(KERNEL)), "h2_kernel.yaml")

    def test_unknown_policy(self):
        self.assert_refused(self.run_with(switching__policy="allways"), "switching.policy", "did you mean always?", "never")

    def test_network_without_a_layer(self):
        self.assert_refused(self.run_with(surrogate__layers="[]"), "surrogate.layers", "at least")

    def test_learning_rate_beyond_reason(self):
        self.assert_refused(self.run_with(training__learning_rate="5e96"), "training.learning_rate", "between 0 and 1")

    def test_what_no_memory_holds_is_refused_before_it_is_tried(self):
        layers = "[" + ", ".join(["65536"] * 20) + "]"  # 3 TB
        for command in ("run", "check"):
            result = bimetal(command, KERNEL, *settings(surrogate__layers=layers, output__directory=self.folder / "out"))
            self.assert_refused(result, "memory", "GB", "surrogate")

    def test_unknown_scale(self):
        self.assert_refused(self.run_with(switching__scales="{Y_OHH: 1.0}"), "Y_OHH", "did you mean Y_OH?")

    def test_output_directory_that_cannot_be_made(self):
        blocker = self.write("a file", "blocker")
        self.assert_refused(bimetal("run", KERNEL, "-o", blocker / "out"), "blocker")
        self.assert_refused(bimetal("run", KERNEL, "-o", blocker), "blocker")
        self.assert_refused(bimetal("run", KERNEL, "-o", "/proc/bimetal"), "/proc/bimetal")

    @unittest.skipIf(os.getuid() == 0 and execute(["runuser", "-u", "nobody", "true"]).returncode != 0,
                     "root may write anywhere, and cannot become anyone else here")
    def test_output_directory_without_permission(self):
        locked = self.folder / "locked"
        locked.mkdir(mode=0o555)
        self.folder.chmod(0o755)
        user = ["runuser", "-u", "nobody", "--"] if os.getuid() == 0 else []
        if execute([*user, PROGRAM, "--version"]).returncode != 0:
            self.skipTest("another user cannot reach the program here")
        self.assert_refused(execute([*user, PROGRAM, "run", KERNEL, "-o", locked / "out"]), "locked", "ermission")

    def test_run_in_the_output_directory_is_kept_unless_told(self):
        out = self.folder / "out"
        short = settings(time__end=2e-6, grid__cells="[8, 8]", switching__policy="never")
        self.assert_done(bimetal("run", KERNEL, "-o", out, *short))
        (out / "notes.md").write_text("mine", encoding="utf-8")
        before = (out / "summary.json").read_bytes()
        self.assert_refused(bimetal("run", KERNEL, "-o", out, *short), str(out), "--overwrite")
        self.assertEqual((out / "summary.json").read_bytes(), before)
        self.assert_done(bimetal("run", KERNEL, "-o", out, "--overwrite", *short))
        self.assertEqual((out / "notes.md").read_text(encoding="utf-8"), "mine")

    def test_bad_input_leaves_no_output_directory(self):
        self.assert_refused(self.run_with(initial__stratification=5.0))
        self.assertFalse((self.folder / "out").exists())

    def test_command_line(self):
        self.assert_refused(bimetal())
        self.assert_refused(bimetal("walk"))
        self.assert_refused(bimetal("run"))
        self.assert_refused(bimetal("run", KERNEL, "--outptu", "x"), "--outptu")
        self.assert_refused(bimetal("run", KERNEL, "--set", "novalue"), "key.path=value")
        self.assert_refused(bimetal("reactor", "--mechanism", MECHANISM, "--fuel", "H2"), "--temperature")
        self.assert_refused(bimetal("reactor", "--mechanism", MECHANISM, "--fuel", "XX", "--temperature", "1000"), "XX")
        self.assert_refused(bimetal("reactor", "--mechanism", MECHANISM, "--fuel", "H2", "--temperature", "hot"), "hot")

    def test_petsc_options_that_no_solver_knows(self):
        for words, advice in ((["-pressure_ksp_tpye", "cg"], "did you mean -pressure_ksp_type?"),
                              (["-ksp_rtol", "1e-9"], "begins with -pressure_ in a flow"),
                              (["-diffusion_pc_type", "none"], "this run has no such solver")):
            result = bimetal("run", KERNEL, "-o", self.folder / "out", *words)
            self.assert_refused(result, f"No solver of this run knows the PETSc option {words[0]}; ", advice)
        self.assertFalse((self.folder / "out").exists())

    def test_help_and_version(self):
        for word in ("--help", "--version"):
            self.assert_done(bimetal(word))
        self.assertIn("--set", bimetal("run", "--help").stdout)


if __name__ == "__main__":
    unittest.main()
