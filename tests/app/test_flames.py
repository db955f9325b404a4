"""Steady one-dimensional laminar flames of `bimetal run` against flames computed with an independent code: Cantera
3.0.1, FreeFlame, mixture-averaged without Soret effect, refined to ratio 2, slope 0.03, curve 0.06; fuel and air (O2 +
3.76 N2) at 300 K and 1 atm. One cheap flame always; all of them, each on two grids, if BIMETAL_LONG=1."""

import csv
import os
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from program import ROOT, ProgramTest, bimetal, settings, summary

LONG = os.environ.get("BIMETAL_LONG") == "1"
TIMEOUT = 1500  # [s] of one run


@dataclass(frozen=True)
class Values:
    """Of a flame, or what their relative errors may be."""

    speed: float  # [m/s]
    thickness: float  # thermal [m]
    burnt: float  # temperature [K]

    def errors(self, reference):
        return Values(self.speed / reference.speed - 1, self.thickness / reference.thickness - 1,
                      self.burnt / reference.burnt - 1)


ALLOWED = Values(0.03, 0.05, 0.005)
STEADY = 0.003  # of the speed in the last tenth of the run


@dataclass(frozen=True)
class Flame:
    """What a flame should be, and the coarser of its two grids; the finer one has twice the cells."""

    fuel: str
    phi: float
    reference: Values
    inflow: float  # [m/s]
    length: float  # of the box [m]
    cells: int
    end: float  # [s]
    steps: tuple  # [s], on the two grids
    allowed: Values = ALLOWED


# At 0.5 it is the reference that is in doubt. Its burnt gas is 20 K below the adiabatic 1646.5 K, which a steady planar
# flame must reach. The likely cause: on a graded grid Cantera's differences do not conserve elements where species
# diffuse at different speeds. The same differences, applied to our profiles on a grid refined by the same criteria,
# lose 2.0 % of the hydrogen (0.5 % at a ratio of 0.7, less in richer gas). Our flame with 2 % less hydrogen is 6.8 %
# slower and 20 K colder; the reference is 4.3 % slower than ours and 20 K colder. So the burnt gas is compared with the
# adiabatic temperature, and the speed may be off by what 2 % of the hydrogen make.
LEAN_ALLOWED = Values(0.068, 0.05, 0.005)

FLAMES = (
    Flame("H2", 0.5, Values(0.5098, 0.43844e-3, 1646.51), 0.53, 0.0068, 168, 8e-3, (1e-6, 5e-7), LEAN_ALLOWED),
    Flame("H2", 0.7, Values(1.3489, 0.35547e-3, 2005.9), 1.35, 0.015, 450, 3e-3, (1e-6, 5e-7)),
    Flame("H2", 1.0, Values(2.3427, 0.36629e-3, 2382.8), 2.34, 0.028, 800, 2.5e-3, (5e-7, 2.5e-7)),
    Flame("H2", 1.5, Values(3.0456, 0.34066e-3, 2250.2), 3.05, 0.035, 1200, 2.4e-3, (5e-7, 2.5e-7)),
    Flame("CH4", 0.8, Values(0.2807, 0.51425e-3, 2002.3), 0.28, 0.013, 265, 12e-3, (1e-6, 1e-6)),
    Flame("CH4", 1.0, Values(0.3835, 0.43244e-3, 2228.7), 0.375, 0.0185, 440, 9e-3, (1e-6, 1e-6)),
    Flame("CH4", 1.2, Values(0.3284, 0.46933e-3, 2137.1), 0.325, 0.016, 352, 10e-3, (1e-6, 1e-6)),
)
CHEAPEST = FLAMES[1]
COARSE, FINE = 0, 1


@dataclass(frozen=True)
class Result:
    flame: Flame
    cells: int
    found: Values
    unsteadiness: float  # relative change of the speed in the last tenth of the run
    seconds: float

    def line(self):
        reference = self.flame.reference
        error = self.found.errors(reference)
        per_thickness = reference.thickness / (self.flame.length / self.cells)
        return (f"{self.flame.fuel:>4s} {self.flame.phi:4.1f} {self.cells:6d} {per_thickness:9.1f}"
                f" {self.found.speed:8.4f} {100 * error.speed:+7.2f}"
                f" {1e3 * self.found.thickness:8.4f} {100 * error.thickness:+7.2f}"
                f" {self.found.burnt:8.1f} {100 * error.burnt:+7.2f}"
                f" {100 * self.unsteadiness:8.3f} {self.seconds:6.0f}")


HEADER = ("fuel  phi  cells thickness  S [m/s]     [%]   d [mm]     [%] T_b [K]      [%] steady %   wall s\n"
          "                      [dx]")


def last_tenth(directory, column):
    with (Path(directory) / "observables.csv").open(encoding="utf-8") as file:
        lines = [{key: float(value) for key, value in line.items()} for line in csv.DictReader(file)]
    return [line[column] for line in lines if line["time_s"] >= 0.9 * lines[-1]["time_s"]]


class Flames(ProgramTest):
    def burn(self, flame, grid):
        cells = flame.cells * (1, 2)[grid]
        values = settings(grid__cells=f"[{cells}]", grid__upper=f"[{flame.length}]", time__end=flame.end,
                          time__step=flame.steps[grid], flow__velocity__amplitude=flame.inflow,
                          flow__inflow__x_lower__velocity=flame.inflow, initial__equivalence_ratio=flame.phi)
        with tempfile.TemporaryDirectory() as out:
            result = bimetal("run", ROOT / f"inputs/flame_1d_{flame.fuel.lower()}.yaml", "-o", out, *values,
                             timeout=TIMEOUT)
            self.assert_done(result)
            whole = summary(out)
            speeds = last_tenth(out, "flame_speed_m_s")
        found = whole["observables"]["flame"]
        return Result(flame, cells, Values(found["speed_m_s"], found["thickness_m"], found["burnt_temperature_K"]),
                      (max(speeds) - min(speeds)) / abs(speeds[-1]), whole["wall_s"]["total"])

    def check(self, result):
        with self.subTest(fuel=result.flame.fuel, phi=result.flame.phi, cells=result.cells):
            error, allowed = result.found.errors(result.flame.reference), result.flame.allowed
            self.assertLess(abs(error.speed), allowed.speed)
            self.assertLess(abs(error.thickness), allowed.thickness)
            self.assertLess(abs(error.burnt), allowed.burnt)
            self.assertLess(result.unsteadiness, STEADY)

    def test_a_hydrogen_flame_has_its_speed_thickness_and_burnt_temperature(self):
        result = self.burn(CHEAPEST, COARSE)
        print(HEADER, result.line(), sep="\n")
        self.check(result)

    @unittest.skipUnless(LONG, "minutes; BIMETAL_LONG=1 runs it")
    def test_every_flame_does_on_two_grids(self):
        cases = [(flame, grid) for grid in (FINE, COARSE) for flame in FLAMES]  # the longest first
        with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
            results = list(pool.map(lambda case: self.burn(*case), cases))
        results.sort(key=lambda result: (FLAMES.index(result.flame), result.cells))
        print(HEADER, *(result.line() for result in results), sep="\n")
        for result in results:
            self.check(result)


if __name__ == "__main__":
    unittest.main()
