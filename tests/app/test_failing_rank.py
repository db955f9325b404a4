"""A failure is the same on every rank, or it ends the job; nobody ever waits for a rank that is gone."""

import os
import time
import unittest

from program import MPIRUN, ProgramTest, execute

FAILING_RANK = os.environ["BIMETAL_FAILING_RANK"]


class FailingRank(ProgramTest):
    def provoke(self, how, ranks=2):
        start = time.monotonic()
        result = execute([*MPIRUN, ranks, FAILING_RANK, how], timeout=60)
        self.assertLess(time.monotonic() - start, 20, "it must end soon by itself")
        return result

    def test_no_failure_is_exit_code_zero(self):
        self.assert_done(self.provoke("not"))

    def test_user_error_on_all_ranks_is_one_sentence(self):
        self.assert_refused(self.provoke("user_error_on_all", 4), "all ranks agree")
        self.assert_refused(self.provoke("agreed", 4), "the last rank objects")

    def test_runtime_failure_on_all_ranks_is_exit_code_one(self):
        result = self.provoke("failure_on_all")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr.count("all ranks failed"), 1)

    def test_error_on_one_rank_ends_the_job(self):
        result = self.provoke("user_error_on_one")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("only one rank objects", result.stderr)

    def test_bug_on_one_rank_ends_the_job_and_names_the_rank(self):
        result = self.provoke("bug_on_one", 4)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("rank 3: a bug on one rank", result.stderr)


if __name__ == "__main__":
    unittest.main()
