"""Mechanisms as their authors publish them, and mixtures as users ask for them: `bimetal reactor` and `bimetal run` on edits
of the shipped mechanisms. The values are those of an integrator that shares nothing with the program (BDF and Radau, rtol
1e-8, in Python, with rates of its own), at 1 atm and phi 1."""

import json
import re
import tempfile
import unittest
from pathlib import Path

from program import ROOT, ProgramTest, bimetal, settings, summary

HYDROGEN = (ROOT / "inputs/mechanisms/h2_burke2012.yaml").read_text(encoding="utf-8")
METHANE = (ROOT / "inputs/mechanisms/ch4_gri30_21.yaml").read_text(encoding="utf-8")
KERNEL = ROOT / "inputs/h2_kernel.yaml"
ALLOWED = 3e-5  # of a delay; both integrations are at rtol 1e-8, and find the steepest rise from their own steps
DELAY = {950: 7.68645e-4, 1100: 9.47677e-5}  # hydrogen in air

# An excited OH whose two ranges differ by 9.87 K at 1000 K, with rates of round numbers.
EXCITED_OH = """
- name: OHV
  composition: {H: 1, O: 1}
  thermo:
    model: NASA7
    temperature-ranges: [300.0, 1000.0, 6000.0]
    data:
    - [3.46084428, 5.01872172e-04, -2.00254474e-06, 3.18901984e-09, -1.35451838e-12, 5.07349466e+04, 1.73976415]
    - [2.75582920, 1.39848756e-03, -4.19428493e-07, 6.33453282e-11, -3.56042218e-15, 5.09377200e+04, 5.62581429]
  transport: {model: gas, geometry: linear, well-depth: 80.0, diameter: 2.75}
"""
EXCITED_RATES = """
- {equation: H + O + M <=> OHV + M, rate-constant: {A: 1.0e+14, b: 0.0, Ea: 10000.0}}
- {equation: OHV + M <=> OH + M, rate-constant: {A: 1.0e+13, b: 0.0, Ea: 0.0}}
"""
REAL_GAS = """- name: dense
  thermo: Redlich-Kwong
  elements: [H, O, N]
  species: [H, H2, O, OH, H2O, O2, HO2, H2O2, N2]
  kinetics: gas
"""


def change(text, pattern, other, count=1):
    """`text` with what matches the pattern replaced; fails if nothing does."""
    changed, n = re.subn(pattern, other, text, count=count, flags=re.MULTILINE)
    if n == 0:
        raise AssertionError(f"the test replaces what is not there: {pattern}")
    return changed


def fit_of(text, species):
    """Where the coefficients of a species' two ranges are: a pair of match objects."""
    start = text.index(f"- name: {species}\n")
    return list(re.finditer(r"^    - \[([^\]]*)\]", text[start:], re.MULTILINE))[:2], start


def with_upper_range(text, species, edit):
    """The coefficients of the upper range, passed through `edit` (list of floats -> list of floats)."""
    (_, upper), start = fit_of(text, species)
    numbers = edit([float(word) for word in upper.group(1).split(",")])
    line = "    - [" + ", ".join(repr(number) for number in numbers) + "]"
    return text[:start + upper.start()] + line + text[start + upper.end():]


def with_excited_oh():
    text = change(HYDROGEN, r"H2O2, N2\]", "H2O2, N2, OHV]")
    return change(text, r"^reactions:\n", (EXCITED_OH + "\nreactions:\n").lstrip("\n")) + EXCITED_RATES


def raised(by):
    """Adds so many kelvins to the enthalpy of a range, over the gas constant."""
    return lambda a: [*a[:5], a[5] + by, a[6]]


class MechanismTest(ProgramTest):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.folder = Path(directory.name)

    def write(self, text, name="mechanism.yaml"):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def reactor(self, text, temperature, *arguments, fuel="H2"):
        return bimetal("reactor", "--mechanism", self.write(text), "--fuel", fuel, "--temperature", temperature, "--json",
                       *arguments)

    def burn(self, *arguments, **keywords):
        result = self.reactor(*arguments, **keywords)
        self.assert_done(result)
        return json.loads(result.stdout), result.stderr

    def assert_delay(self, report, reference, temperature=None, allowed=ALLOWED):
        self.assertLess(abs(report["ignition_delay_s"] / reference - 1), allowed, report)
        if temperature:
            self.assertLess(abs(report["final_temperature_K"] - temperature), 0.05, report)


class Mechanisms(MechanismTest):
    def test_a_small_seam_is_closed_and_said(self):
        for temperature, reference in DELAY.items():
            report, said = self.burn(with_excited_oh(), temperature)
            self.assert_delay(report, reference, allowed=1e-4)  # the rates of OHV are not quite those of the reference
            self.assertEqual(said.count("warning"), 1, said)
            self.assertRegex(said, r"OHV \(-9\.87 K at 1000 K\)")

    def test_a_gross_seam_is_refused_with_species_and_step(self):
        text = with_upper_range(HYDROGEN, "HO2", raised(-189.0 * 5.7))  # cp/R of HO2 is 5.7 there
        self.assert_refused(self.reactor(text, 1100), "species \"HO2\"", "differ by -18", "at 1000 K")

    def test_a_heat_capacity_that_fails_beyond_flames_is_a_warning(self):
        # -T^3 beyond what is there: no change at 1000 K but in digits, and below 0 from about 4300 K.
        slope = 1.5e-10
        text = with_upper_range(HYDROGEN, "H2O2", lambda a: [*a[:3], a[3] - slope, *a[4:]])
        report, said = self.burn(text, 1100)
        self.assert_delay(report, DELAY[1100], allowed=1e-3)
        self.assertIn("H2O2 (above ", said)

    def test_names_of_species_in_another_case(self):
        text = METHANE
        for name in ("O2", "N2", "CH4", "H2O", "CO2"):
            text = re.sub(rf"(?<![\w(]){name}(?![\w(])", name.lower(), text)
        for fuel in ("CH4", "ch4"):
            report, _ = self.burn(text, 1400, fuel=fuel)
            self.assert_delay(report, 3.44799e-3, 2711.26)

    def test_two_species_of_one_name_but_for_the_case(self):
        text = change(HYDROGEN, r"H2O2, N2\]", "H2O2, N2, n2]")
        copy = re.search(r"^- name: N2\n(?:  .*\n)+", text, re.MULTILINE).group(0).replace("name: N2", "name: n2")
        text = change(text, r"^- name: N2\n", copy + "- name: N2\n")
        self.burn(text, 1100)  # air holds N2, exactly
        self.assert_refused(self.reactor(text.replace("N2", "Nn").replace("n2", "nN"), 1100, "--oxidizer", "O2:1,nn:3"),
                            "\"nn\"", "\"Nn\"", "\"nN\"")

    def test_an_ideal_gas_that_is_not_the_first_phase(self):
        text = change(HYDROGEN, r"^phases:\n", "phases:\n" + REAL_GAS)
        report, said = self.burn(text, 950)
        self.assert_delay(report, DELAY[950])
        self.assertIn("\"dense\" (Redlich-Kwong)", said)
        self.assertEqual(self.burn(text, 950, "--phase", "h2_burke2012"), (report, ""))
        self.assert_refused(self.reactor(text, 950, "--phase", "dense"), "Redlich-Kwong", "\"h2_burke2012\" (ideal-gas)")

    def test_species_from_another_file(self):
        start = HYDROGEN.index("species:\n- name")
        self.write("units: {length: cm, time: s, quantity: mol, activation-energy: cal/mol}\n" + HYDROGEN[start:],
                   "library.yaml")
        head = change(HYDROGEN[:start], r"^  species: \[(.*)\]", r"  species: [{library.yaml/species: [\1]}]\n"
                      r"  reactions: [library.yaml/reactions]")
        report, _ = self.burn(head, 950)
        self.assert_delay(report, DELAY[950])
        self.assert_done(bimetal("run", KERNEL, "-o", self.folder / "out", *settings(
            chemistry__mechanism=self.folder / "mechanism.yaml", grid__cells="[8, 8]", time__end=2e-6,
            switching__policy="never"), ranks=2))


class Mixtures(MechanismTest):
    def test_another_oxidiser(self):
        argon = re.sub(r"(?<![\w(])N2(?![\w(])", "AR", HYDROGEN).replace("elements: [H, O, N]", "elements: [H, O, Ar]")
        argon = argon.replace("composition: {N: 2}", "composition: {Ar: 1}")
        argon = with_upper_range(argon, "AR", lambda a: [2.5, 0, 0, 0, 0, -745.375, 4.366])
        (lower, _), start = fit_of(argon, "AR")
        argon = argon[:start + lower.start()] + "    - [2.5, 0, 0, 0, 0, -745.375, 4.366]" + argon[start + lower.end():]
        report, _ = self.burn(argon, 1100, "--oxidizer", "O2")
        self.assert_delay(report, 4.16693e-5, 3168.28, allowed=2e-3)  # colliders are those of N2
        self.assert_refused(self.reactor(argon, 1100), "no N2", "--oxidizer")

    def test_methane_in_oxygen_and_carbon_dioxide(self):
        report, _ = self.burn(METHANE, 1500, "--oxidizer", "O2:1,CO2:3", fuel="CH4")
        self.assert_delay(report, 1.29104e-3, 2474.79)
        self.assertEqual(report["oxidizer"], "O2:1,CO2:3")

    def test_a_blend_by_mole_is_one_by_mass(self):
        by_mole, _ = self.burn(METHANE, 1500, fuel="CH4:1,H2:1")
        by_mass, _ = self.burn(METHANE, 1500, "--oxidizer", "O2:31.998,N2:105.33264", "--basis", "mass",
                               fuel="CH4:16.043,H2:2.016")
        self.assert_delay(by_mass, by_mole["ignition_delay_s"], by_mole["final_temperature_K"])

    def test_a_run_takes_blends(self):
        result = bimetal("run", KERNEL, "-o", self.folder / "out", *settings(
            chemistry__mechanism=ROOT / "inputs/mechanisms/ch4_gri30_21.yaml", grid__cells="[8, 8]", time__end=2e-6,
            switching__policy="never", initial__fuel="{ch4: 0.7, H2: 0.3}", initial__oxidizer="{O2: 1, CO2: 3}"))
        self.assert_done(result)
        refused = bimetal("check", KERNEL, *settings(initial__fuel="{H2: 0}"))
        self.assert_refused(refused, "initial.fuel", "above 0")

    def test_mixing_alone_runs(self):
        text = change(HYDROGEN, r"^  kinetics: gas", "  reactions: none")
        values = {"chemistry__mechanism": self.write(text), "grid__cells": "[16, 16]", "time__end": "5e-6"}
        self.assert_done(bimetal("run", KERNEL, "-o", self.folder / "out", *settings(switching__policy="never", **values)))
        facts = summary(self.folder / "out")
        self.assertEqual(facts["chemistry"]["reactions"], 0)
        self.assertLess(facts["observables"]["temperature_max_K"], 1500.0)  # the kernel only cools
        # Where answers are to be judged the scales must be given.
        self.assert_refused(bimetal("check", KERNEL, *settings(**values)), "1300 K", "switching.scales")
        scales = "{T: 1500, " + ", ".join(f"Y_{name}: 0.1" for name in "H H2 O OH H2O O2 HO2 H2O2 N2".split()) + "}"
        self.assert_done(bimetal("check", KERNEL, *settings(switching__scales=scales, **values)))

    def test_a_fuel_without_a_lewis_number_is_named(self):
        known = METHANE.replace("C2H6", "C2H6x")  # which the table has not, but its molecular data are there
        unknown = change(known, r"(- name: C2H6x\n(?:  .*\n)*?)  transport:\n(?:    .*\n)*", r"\1")
        unknown = change(unknown, r"^  transport: mixture-averaged\n", "")
        for text, n in ((unknown, 1), (known, 0)):
            result = bimetal("check", KERNEL, *settings(chemistry__mechanism=self.write(text), initial__fuel="C2H6x",
                                                        flow__transport="constant_lewis", switching__policy="never"))
            self.assert_done(result)
            self.assertEqual(result.stdout.count("no Lewis number for C2H6x"), n, result.stdout)


class Reactor(MechanismTest):
    def test_units_of_quantities(self):
        plain, _ = self.burn(HYDROGEN, 1100, "--pressure", 20 * 101325)
        for pressure in ("20atm", "20 atm", "2.0265 MPa"):
            self.assertEqual(self.burn(HYDROGEN, "1100 K", "--pressure", pressure)[0], plain)
        self.assert_refused(self.reactor(HYDROGEN, 1100, "--pressure", "20 furlong"), "--pressure", "20 furlong", "unit of pressure")
        self.assert_refused(self.reactor(HYDROGEN, 1100, "--pressure", "0"), "--pressure", "must be greater than 0")
        self.assert_refused(self.reactor(HYDROGEN, 100), "--temperature", "must lie between 200 and 5000")

    def test_no_delay_is_null_and_said(self):
        report, _ = self.burn(HYDROGEN, 4500)
        self.assertIsNone(report["ignition_delay_s"])
        self.assertIn("did not rise by 100 K within 10 s, it changed by -1038 K", report["no_delay"])
        report, _ = self.burn(HYDROGEN, 950, "--end", "0.7 ms")
        self.assertIsNone(report["ignition_delay_s"])
        text = bimetal("reactor", "--mechanism", self.write(HYDROGEN), "--fuel", "H2", "--temperature", 950, "--end", 7e-4)
        self.assertIn("none: T did not rise", text.stdout)

    def test_radicals_that_begin_at_next_to_nothing(self):
        one_way = change(HYDROGEN, r"H \+ HO2 <=> H2 \+ O2", "H + HO2 => H2 + O2")
        report, _ = self.burn(one_way, 1000)
        self.assert_delay(report, 5.15439e-4)  # of this program at rtol 1e-10, atol 1e-30
        self.assertIsNone(self.burn(one_way, 1000, "--atol", 1e-14)[0]["ignition_delay_s"])

    def test_criteria(self):
        report, _ = self.burn(HYDROGEN, 1100, "--criterion", "OH")
        self.assertGreater(report["ignition_delay_s"], DELAY[1100])
        self.assert_refused(self.reactor(HYDROGEN, 1100, "--criterion", "pressure"), "constant volume")


if __name__ == "__main__":
    unittest.main()
