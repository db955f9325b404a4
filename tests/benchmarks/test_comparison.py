"""What compare.py works out: the best physics, ratios of times, the step at which a hybrid breaks even."""

from __future__ import annotations

import unittest

import numpy as np
from comparison import LADDER, Errors, best_rung, break_even, median_curve, median_ratio, without_chemistry


def errors(T: float, OH: float | None, flame: float = 0.0) -> Errors:
    return Errors(T, T / 2, OH, None if OH is None else OH / 2, flame)


class BestPhysics(unittest.TestCase):
    def test_is_the_loosest_that_is_no_worse_in_T_and_in_OH(self) -> None:
        table = {1e-2: errors(5.0, 1e-5), 3e-3: errors(1.0, 3e-4), 1e-3: errors(1.0, 1e-4), 3e-4: errors(0.1, 1e-6)}
        self.assertEqual(best_rung(errors(2.0, 1e-4), table.get), (1e-3, True))

    def test_is_sought_from_the_loose_end_and_no_further_than_needed(self) -> None:
        asked = []

        def at(rtol: float) -> Errors:
            asked.append(rtol)
            return errors(rtol, rtol)

        self.assertEqual(best_rung(errors(1e-3, 1e-3), at), (1e-3, True))
        self.assertEqual(asked, list(LADDER[:3]))

    def test_skips_a_rung_that_failed(self) -> None:
        self.assertEqual(best_rung(errors(2.0, 1.0), lambda rtol: None if rtol > 2e-3 else errors(1.0, 1.0)),
                         (1e-3, True))

    def test_says_if_no_rung_is_as_good(self) -> None:
        self.assertEqual(best_rung(errors(1e-9, 1e-9), lambda rtol: errors(1.0, 1.0)), (LADDER[-1], False))

    def test_goes_by_T_alone_without_OH(self) -> None:
        self.assertTrue(errors(1.0, None).no_worse_than(errors(1.0, None)))
        self.assertFalse(errors(1.1, None).no_worse_than(errors(1.0, None)))

    def test_an_error_that_is_not_a_number_is_never_good_enough(self) -> None:
        self.assertFalse(errors(float("nan"), 1.0).no_worse_than(errors(1.0, 1.0)))


class Times(unittest.TestCase):
    def test_the_ratio_is_the_median_of_the_turns_not_the_ratio_of_medians(self) -> None:
        self.assertEqual(median_ratio([10.0, 40.0, 90.0], [10.0, 10.0, 30.0]), 3.0)
        self.assertIsNone(median_ratio([], []))

    def test_turns_must_pair(self) -> None:
        with self.assertRaises(ValueError):
            median_ratio([1.0, 2.0], [1.0])

    def test_the_limit_is_what_is_left_without_chemistry(self) -> None:
        self.assertEqual(without_chemistry({"total": 10.0, "physics": 6.0, "balance": 1.5, "transport": 2.0}), 2.5)

    def test_curves_are_cut_to_the_shortest(self) -> None:
        self.assertEqual(median_curve([np.array([1.0, 2, 3]), np.array([3.0, 4]), np.array([2.0, 9, 9])]).tolist(),
                         [2.0, 4.0])


class Break(unittest.TestCase):
    physics = np.arange(1.0, 11.0)  # a second a step

    def test_a_hybrid_that_learns_first_breaks_even_later(self) -> None:
        hybrid = np.cumsum([3, 3, 2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])  # 5 s behind after step 3
        found = break_even(hybrid, self.physics)
        self.assertEqual(found.gaining_from, 4)
        self.assertEqual(found.ahead_from, 9)

    def test_a_lead_that_is_lost_again_does_not_count(self) -> None:
        hybrid = np.cumsum([0.5, 0.5, 4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])
        self.assertEqual(break_even(hybrid, self.physics).ahead_from, 6)

    def test_a_hybrid_that_is_always_ahead_is_so_from_the_first_step(self) -> None:
        found = break_even(0.5 * self.physics, self.physics)
        self.assertEqual((found.ahead_from, found.gaining_from), (1, 1))

    def test_a_hybrid_that_loses_has_no_such_step(self) -> None:
        found = break_even(2 * self.physics, self.physics)
        self.assertEqual((found.ahead_from, found.gaining_from), (None, None))

    def test_one_that_gains_too_late_is_still_behind(self) -> None:
        found = break_even(np.cumsum([5.0] * 5 + [0.5] * 5), self.physics)
        self.assertEqual((found.ahead_from, found.gaining_from), (None, 6))


if __name__ == "__main__":
    unittest.main()
