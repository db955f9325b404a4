"""`bimetal reactor` against ignition delays computed with an independent code (Cantera 3.0.1, CVODE rtol 1e-10):
adiabatic, stoichiometric hydrogen-air (O2 + 3.76 N2) at 1 atm."""

import json
import unittest

from program import ROOT, ProgramTest, bimetal

CONSTANT_PRESSURE = {950: 0.000768647, 1000: 0.000251288, 1100: 9.47796e-05, 1200: 5.0455e-05, 1400: 2.02993e-05}
CONSTANT_VOLUME = {1000: 0.000245547, 1200: 4.93003e-05}


class Reactor(ProgramTest):
    def delay(self, temperature, constant):
        result = bimetal("reactor", "--mechanism", ROOT / "inputs/mechanisms/h2_burke2012.yaml", "--fuel", "H2", "--phi",
                         1, "--temperature", temperature, "--pressure", 101325, "--constant", constant, "--json")
        self.assert_done(result)
        return json.loads(result.stdout)["ignition_delay_s"]

    def test_ignition_delays_within_half_a_percent(self):
        for constant, table in (("pressure", CONSTANT_PRESSURE), ("volume", CONSTANT_VOLUME)):
            for temperature, reference in table.items():
                delay = self.delay(temperature, constant)
                print(f"constant {constant:8s} {temperature} K: {delay:.6e} s, reference {reference:.6e} s, "
                      f"{100 * (delay / reference - 1):+.3f} %")
                self.assertLess(abs(delay / reference - 1), 0.005)

    def test_burnt_temperature_is_plausible_and_text_output_agrees(self):
        arguments = ("reactor", "--mechanism", ROOT / "inputs/mechanisms/h2_burke2012.yaml", "--fuel", "H2",
                     "--temperature", 1000)
        temperature = json.loads(bimetal(*arguments, "--json").stdout)["final_temperature_K"]
        self.assertGreater(temperature, 2600)
        self.assertLess(temperature, 2800)
        self.assertIn(f"{temperature:.2f} K", bimetal(*arguments).stdout)


if __name__ == "__main__":
    unittest.main()
