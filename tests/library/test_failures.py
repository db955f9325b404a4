"""What a caller does wrong is said on every rank, with rank and row; nothing hangs."""

import unittest
from pathlib import Path

from prefix import Prefix

PATIENCE = 60.0  # seconds after which a program hangs for sure; it takes one or two


def told(output, fault):
    """What the ranks print of a fault, without their number."""
    start = f"{fault}: rank "
    return [line.removeprefix(start).split(": ", 1)[1] for line in output.splitlines() if line.startswith(start)]


class Failures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.prefix = Prefix()
        cls.addClassCleanup(cls.prefix.remove)
        cls.programs = cls.prefix.build(Path(__file__).parent / "programs")

    def run_program(self, n_ranks, program, *arguments):
        return self.prefix.run(n_ranks, self.programs / program, *arguments, timeout=PATIENCE)

    def expect(self, status, *, n_ranks=(2,), code=0, **faults):
        """Every rank is told the same of each fault, with these words; one program runs into all of them."""
        for n in n_ranks:
            exit_code, output = self.run_program(n, "trouble", *faults)
            self.assertEqual(exit_code, status if len(faults) == 1 else 0, output)
            for fault, said in faults.items():
                with self.subTest(fault=fault, ranks=n):
                    lines = told(output, fault)
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
        self.expect(3, n_ranks=(1, 2), code=7,
                    call_fails=("step 4", "solved by rank {rank}", "the table of rates ends here", "code 7", "x = "))

    def test_what_a_reference_must_not_do(self):
        self.expect(3, code=-1, answers_nan=("step 4", "solved by rank {rank}", "x = nan", "no number"),
                    writes_to_input=("solved by rank {rank}", "wrote to the rows"),
                    remembers=("step 0", "must depend on the row alone"))

    def test_a_row_that_fails_leaves_the_others_answered_and_the_run_going(self):
        for n in (1, 2):
            exit_code, output = self.run_program(n, "trouble", "row_fails")
            self.assertEqual(exit_code, 0, output)
            self.assertIn("done:", output)
            lines = told(output, "row_fails")
            self.assertEqual(len(lines), n, output)
            for line in lines:
                self.assertIn("status 3 code 42 answered 1:", line)

    def test_bad_descriptions_and_options(self):
        self.expect(2, scale=("input x has scale 0",),
                    nature=("plane", "plain, temperature, mass_fraction or positive"),
                    continues=("output y continues yy, which is no input", "did you mean y?"),
                    invariant=("3 coefficients", "2 outputs"),
                    no_reference=("has no reference",),
                    law_of_a_gate=("two laws are called out of bounds",),
                    letters=("not printable",),
                    option=("option: unknown key switching.tolerence", "tolerance"),
                    option_value=("option: switching.wrong_fraction is 5",),
                    options_file=("no_such.yaml",),
                    dedicated=("training.placement", "in_situ or off"))

    def test_ranks_that_describe_different_things(self):
        self.expect(2, unlike=("rank 1 describes the sub-problem", "give every rank the same"),
                    invariants_unlike=("rank 1 describes the sub-problem",),
                    option_unlike=("rank 1 has the options", "seed=2"))

    def test_bad_calls(self):
        self.expect(2, solves_before_start=("call bimetal_start first",),
                    describes_after_start=("before bimetal_start",),
                    input_nan=("on rank {rank}", "input y of row 3 is nan"),
                    wrong_step=("different steps",),
                    negative=("on rank {rank}", "number of rows is -1"),
                    no_table=("on rank {rank}", "in has 0 values for 20 rows, not 40"),
                    in_place=("on rank {rank}", "same memory"),
                    number=("no number speed.net_speed",),
                    restores_nothing=("no_such.h5",),
                    next_alone=("must follow a first one",),
                    next_of_another=("on rank {rank}", "must follow a first one"),
                    neither=("on rank {rank}", "must be first or next"),
                    no_path=("was given the path",),
                    damaged_file=("damaged.h5 cannot be restored",),
                    damaged_state=("state cannot be restored", "rank {rank} is damaged"))

    def test_a_fault_alone_ends_the_program_with_its_status(self):
        self.expect(2, n_ranks=(1, 2), scale=("input x has scale 0",))

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
