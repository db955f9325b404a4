"""What compare.py works out from times and errors; no run, no file.

Times are paired: the runs of one turn were made one after the other on the same machine in the same mood, so that
ratios are formed turn by turn, and their median is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

# Tolerances of physics from loose to tight; the loosest that serves is the best physics. atol is ATOL_SHARE of rtol.
LADDER = (1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 3e-6, 1e-6)
ATOL_SHARE = 1e-4


@dataclass(frozen=True)
class Errors:
    """Of the last fields, against the tight run."""

    T_max: float  # [K]
    T_mean: float
    Y_OH_max: float | None  # [1]; None if the mechanism has no OH
    Y_OH_mean: float | None
    flame: float | None  # of the flame's position, relative, with its sign

    def no_worse_than(self, other: Errors) -> bool:
        """The criterion of "best physics": neither the largest error of T nor that of Y_OH is larger."""
        pairs = [(self.T_max, other.T_max)]
        if self.Y_OH_max is not None and other.Y_OH_max is not None:
            pairs.append((self.Y_OH_max, other.Y_OH_max))
        return all(mine <= others for mine, others in pairs)


def best_rung(hybrid: Errors, errors_at: Callable[[float], Errors | None],
              ladder: Sequence[float] = LADDER) -> tuple[float, bool]:
    """The loosest rtol at which physics is no worse than the hybrid, and whether there is one: else the tightest.

    `errors_at` runs physics at an rtol, None if that failed; it is asked from the loose end, no further than needed.
    """
    for rtol in ladder:
        errors = errors_at(rtol)
        if errors is not None and errors.no_worse_than(hybrid):
            return rtol, True
    return ladder[-1], False


def median_ratio(of: Sequence[float], to: Sequence[float]) -> float | None:
    """Median over turns of of/to: above 1 if `to` is the faster one."""
    return float(np.median([a / b for a, b in zip(of, to, strict=True)])) if of and to else None


def median_curve(curves: Sequence[np.ndarray]) -> np.ndarray:
    """Cumulative seconds by step, the median over turns; as long as the shortest."""
    n = min(map(len, curves))
    return np.median([curve[:n] for curve in curves], axis=0)


@dataclass(frozen=True)
class BreakEven:
    ahead_from: int | None  # step from which on the hybrid has taken less time in all; None: it is behind at the end
    gaining_from: int | None  # step from which on it makes up for its largest lag; None: it is losing to the end


def break_even(hybrid: np.ndarray, physics: np.ndarray) -> BreakEven:
    """From cumulative seconds after steps 1, 2, ..., as long as the shorter of the two."""
    n = min(len(hybrid), len(physics))
    lag = np.asarray(hybrid[:n]) - np.asarray(physics[:n])
    behind = np.flatnonzero(lag >= 0)
    last_behind = int(behind[-1]) + 1 if len(behind) else 0  # step
    slowest = int(np.argmax(lag)) + 1  # step
    gaining = slowest + 1 if lag[slowest - 1] > 0 else 1
    return BreakEven(last_behind + 1 if last_behind < n else None, gaining if gaining <= n else None)


def without_chemistry(wall_s: dict[str, float]) -> float:
    """Seconds that would be left of a physics run if chemistry cost nothing, from `wall_s` of its summary."""
    return wall_s["total"] - wall_s["physics"] - wall_s["balance"]
