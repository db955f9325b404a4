"""What a caller does wrong is said on every rank, with rank and row; nothing hangs."""

import unittest
from pathlib import Path

from prefix import Prefix

PATIENCE = 60.0  # seconds after which a program hangs for sure; it takes one or two


class Failures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.prefix = Prefix()
        cls.addClassCleanup(cls.prefix.remove)
        cls.programs = cls.prefix.build(Path(__file__).parent / "programs")

    def run_program(self, n_ranks, program, fault):
        return self.prefix.run(n_ranks, self.programs / program, fault, timeout=PATIENCE)

    def expect(self, fault, status, *said, n_ranks=(2,), code=0, program="trouble"):
        """Every rank is told the same, and the program ends with this status."""
        for n in n_ranks:
            with self.subTest(fault=fault, ranks=n):
                exit_code, output = self.run_program(n, program, fault)
                self.assertEqual(exit_code, status, output)
                lines = [line.split(": ", 1)[1] for line in output.splitlines() if line.startswith("rank ")]
                self.assertEqual(len(lines), n, output)
                self.assertEqual(len(set(lines)), 1, output)
                self.assertIn(f"status {status} code {code}:", lines[0])
                for words in said:
                    self.assertIn(words.format(rank=n - 1), lines[0])

    def test_a_run_without_fault_ends_well(self):
        for n in (1, 2):
            code, output = self.run_program(n, "trouble", "none")
            self.assertEqual(code, 0, output)
            self.assertIn(f"done: {200 * n} rows", output)

    def test_a_reference_that_fails_gives_its_code_and_its_words(self):
        self.expect("call_fails", 3, "step 4", "solved by rank {rank}", "the table of rates ends here", "code 7",
                    "x = ", code=7, n_ranks=(1, 2))

    def test_an_answer_that_is_no_number_is_a_failure_of_physics(self):
        self.expect("answers_nan", 3, "step 4", "solved by rank {rank}", "x = nan", "no number", code=-1)

    def test_a_reference_must_not_write_to_its_input(self):
        self.expect("writes_to_input", 3, "solved by rank {rank}", "wrote to the rows", code=-1)

    def test_a_reference_must_not_remember(self):
        self.expect("remembers", 3, "step 0", "must depend on the row alone", code=-1)

    def test_a_row_that_fails_leaves_the_others_answered_and_the_run_going(self):
        for n in (1, 2):
            exit_code, output = self.run_program(n, "trouble", "row_fails")
            self.assertEqual(exit_code, 0, output)
            self.assertIn("done:", output)
            lines = [line for line in output.splitlines() if line.startswith("rank ")]
            self.assertEqual(len(lines), n, output)
            for line in lines:
                self.assertIn("status 3 code 42 answered 1:", line)

    def test_bad_descriptions_and_options(self):
        self.expect("scale", 2, "input x has scale 0")
        self.expect("nature", 2, "plane", "plain, temperature, mass_fraction or positive")
        self.expect("continues", 2, "output y continues yy, which is no input", "did you mean y?")
        self.expect("invariant", 2, "3 coefficients", "2 outputs")
        self.expect("no_reference", 2, "has no reference")
        self.expect("law_of_a_gate", 2, "two laws are called out of bounds")
        self.expect("letters", 2, "not printable")
        self.expect("option", 2, "option: unknown key switching.tolerence", "tolerance")
        self.expect("option_value", 2, "option: switching.wrong_fraction is 5")
        self.expect("options_file", 2, "no_such.yaml")
        self.expect("dedicated", 2, "training.placement", "in_situ or off")

    def test_ranks_that_describe_different_things(self):
        self.expect("unlike", 2, "rank 1 describes the sub-problem", "give every rank the same")
        self.expect("invariants_unlike", 2, "rank 1 describes the sub-problem")
        self.expect("option_unlike", 2, "rank 1 has the options", "seed=2")

    def test_bad_calls(self):
        self.expect("solves_before_start", 2, "call bimetal_start first")
        self.expect("describes_after_start", 2, "before bimetal_start")
        self.expect("input_nan", 2, "on rank {rank}", "input y of row 3 is nan")
        self.expect("wrong_step", 2, "different steps")
        self.expect("negative", 2, "on rank {rank}", "number of rows is -1")
        self.expect("no_table", 2, "on rank {rank}", "in has 0 values for 20 rows, not 40")
        self.expect("in_place", 2, "on rank {rank}", "same memory")
        self.expect("number", 2, "no number speed.net_speed")
        self.expect("restores_nothing", 2, "no_such.h5")
        self.expect("next_alone", 2, "must follow a first one")
        self.expect("next_of_another", 2, "on rank {rank}", "must follow a first one")
        self.expect("neither", 2, "on rank {rank}", "must be first or next")
        self.expect("no_path", 2, "was given the path")
        self.expect("damaged_file", 2, "damaged.h5 cannot be restored")
        self.expect("damaged_state", 2, "state cannot be restored", "rank {rank} is damaged")

    def test_the_fortran_module_hands_over_what_it_is_given(self):
        if not (self.programs / "interface").exists():
            self.skipTest("there is no Fortran compiler")
        for n in (1, 2, 4):
            code, output = self.run_program(n, "interface", "")
            self.assertEqual(code, 0, output)

    def test_a_failure_of_one_rank_alone_ends_the_job(self):
        code, output = self.run_program(2, "trouble", "alone")
        self.assertNotEqual(code, 0, output)
        self.assertIn("bimetal: rank 1: input x has scale 0", output)

    def test_mpi_must_be_there(self):
        code, output = self.run_program(1, "trouble", "starts_before_mpi")
        self.assertIn("status 2: MPI is not initialised", output)
        self.assertNotEqual(code, 0)

    def test_an_exception_of_the_reference_reaches_every_rank(self):
        for n in (1, 2):
            code, output = self.run_program(n, "throwing", "reference")
            self.assertEqual(code, 3, output)
            lines = [line.split(": ", 1)[1] for line in output.splitlines() if line.startswith("rank ")]
            self.assertEqual(len(lines), n, output)
            self.assertEqual(len(set(lines)), 1, output)
            self.assertIn(f"physics failed on rank {n - 1}", lines[0])
            self.assertIn("beyond the table", lines[0])

    def test_an_exception_of_a_law_reaches_every_rank(self):
        code, output = self.run_program(2, "throwing", "law")
        self.assertEqual(code, 1, output)
        self.assertEqual(output.count("law throws threw: no such law"), 2, output)


if __name__ == "__main__":
    unittest.main()
