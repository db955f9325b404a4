// Fits of every model of the format, against the NIST-JANAF tables (4th ed., 1998), which hold at 1 bar.
#include "chemistry/thermo_reader.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "chemistry/thermodynamics.hpp"
#include "small_gas.hpp"

namespace bimetal::chemistry {
namespace {

using testing::expect_user_error;
using testing::replaced;
using testing::with;

// McBride, Zehe & Gordon, NASA/TP-2002-211556.
const std::string nasa9 =
    R"({model: NASA9, reference-pressure: 1 bar, temperature-ranges: [200, 1000, 6000, 20000], data: [
  [2.210371497e+04, -3.818461820e+02, 6.082738360e+00, -8.530914410e-03, 1.384646189e-05, -9.625793620e-09, 2.519705809e-12, 7.108460860e+02, -1.076003744e+01],
  [5.877124060e+05, -2.239249073e+03, 6.066949220e+00, -6.139685500e-04, 1.491806679e-07, -1.923105485e-11, 1.061954386e-15, 1.283210415e+04, -1.586640027e+01],
  [8.310139160e+08, -6.420733540e+05, 2.020264635e+02, -3.065092046e-02, 2.486903333e-06, -9.705954110e-11, 1.437538881e-15, 4.938707040e+06, -1.672099740e+03]]})";
// NIST Chemistry WebBook.
const std::string shomate =
    R"({model: Shomate, reference-pressure: 1 bar, temperature-ranges: [100, 500, 2000], data: [
  [28.98641, 1.853978, -9.647459, 16.63537, 0.000117, -8.671914, 226.4168],
  [19.50583, 19.88705, -8.598535, 1.369784, 0.527601, -4.935202, 212.3900]]})";
const std::string constant =
    "{model: constant-cp, reference-pressure: 1 bar, T0: 298.15, h0: 0, s0: 191.609 J/mol/K, cp0: 29.124 J/mol/K}";
const std::string argon = "thermo: {model: NASA7, temperature-ranges: [200, 6000], data: [[2.5, 0, 0, 0, 0, 1, 1]]}}";

/// The small mechanism with nitrogen, of such a fit, in place of argon.
std::string nitrogen(const std::string& thermo) {
  return replaced(
      replaced(replaced(with(argon, "thermo: " + thermo + "}"), "composition: {Ar: 1}", "composition: {N: 2}"),
               "name: AR", "name: N2"),
      "[H, O, Ar]\n  species: [H, H2, O2, AR]", "[H, O, N]");
}

struct Row {
  double T;         // [K]
  double cp;        // [J/mol/K]
  double enthalpy;  // h - h(298.15 K) [kJ/mol]
  double entropy;   // [J/mol/K]
};
constexpr Row janaf[] = {
    {298.15, 29.124, 0.0, 191.609}, {800.0, 31.433, 15.046, 221.017}, {1500.0, 34.843, 38.405, 241.880}};

void expect_row(const std::string& thermo, const Row& row, double allowed) {
  const auto mechanism = parse_mechanism(nitrogen(thermo), "f");
  const Thermodynamics thermodynamics(mechanism);
  std::vector<double> Y(mechanism.n_species(), 0.0);
  Y.back() = 1.0;
  const double per_mole = mechanism.species.back().molecular_weight * 1e-3;  // [kg/mol]
  EXPECT_NEAR(thermodynamics.cp(row.T, Y) * per_mole, row.cp, 10.0 * allowed) << row.T;
  EXPECT_NEAR(thermodynamics.enthalpy(row.T, Y) * per_mole / 1e3, row.enthalpy, allowed) << row.T;
  EXPECT_NEAR(thermodynamics.entropy(row.T, 1e5, Y) * per_mole, row.entropy, 10.0 * allowed) << row.T;
  const double h = thermodynamics.enthalpy(row.T, Y);
  EXPECT_NEAR(thermodynamics.temperature_from_enthalpy(h, Y, 600.0), row.T, 1e-8);
  const double slope = (thermodynamics.cp(row.T + 0.01, Y) - thermodynamics.cp(row.T - 0.01, Y)) / 0.02;
  EXPECT_NEAR(thermodynamics.cp_slope(row.T, Y), slope, 1e-5 * std::abs(slope) + 1e-7);
}

TEST(ThermoReader, nine_coefficients_of_nitrogen_are_as_tabulated) {
  for (const auto& row : janaf) expect_row(nasa9, row, 0.005);
}

TEST(ThermoReader, shomate_coefficients_of_nitrogen_are_as_tabulated) {
  for (const auto& row : janaf) expect_row(shomate, row, 0.01);
}

TEST(ThermoReader, a_constant_heat_capacity_is_constant) {
  expect_row(constant, janaf[0], 1e-6);
  constexpr double T = 3000.0;
  expect_row(constant, {T, 29.124, 29.124e-3 * (T - 298.15), 191.609 + 29.124 * std::log(T / 298.15)}, 1e-6);
}

TEST(ThermoReader, an_energy_without_a_unit_is_in_that_of_the_file) {
  const auto text =
      replaced(nitrogen("{model: constant-cp, h0: 1000, cp0: 7}"), "{length: cm", "{energy: cal, length: cm");
  const auto fit = parse_mechanism(text, "f").species.back().thermo;
  EXPECT_NEAR(fit.ranges[0].a[0], 7.0 * 4184.0 / gas_constant, 1e-12);
  EXPECT_NEAR(fit.ranges[0].a[5] + fit.ranges[0].a[0] * 298.15, 1000.0 * 4184.0 / gas_constant, 1e-9);
}

TEST(ThermoReader, refuses_what_is_no_fit) {
  const auto refuse = [](const std::string& thermo, const std::string& reason) {
    expect_user_error([&] { parse_mechanism(nitrogen(thermo), "f"); }, {"species \"N2\"", reason});
  };
  refuse(replaced(nasa9, "2.210371497e+04, ", ""), "has 9 coefficients, here are 8");
  refuse(replaced(nasa9, "200, 1000, ", "1000, "), "one or more ranges, here are 3 temperatures and 3 ranges");
  refuse(replaced(shomate, "28.98641, ", ""), "has 7 coefficients");
  refuse(replaced(constant, "T0: 298.15", "T0: 0"), "T0 must be positive");
  refuse(replaced(constant, "cp0: 29.124 J/mol/K", "cp0: 29.124 J/mol"), "has not the dimensions of cp0");
  refuse("{model: constant-cp}", "heat capacity");
}

/// The two ranges of H2 with a step of so many kelvins between them, at 1000 K.
std::string with_step(double kelvins) {
  return with("[3.5, 0, 0, 0, 0, 1, 1]]}\n- name: O2",
              fmt::format("[3.5, 0, 0, 0, 0, {}, 1]]}}\n- name: O2", 1.0 + 3.5 * kelvins));
}

TEST(FitCheck, moves_the_upper_range_to_where_the_lower_one_ends) {
  for (double step : {-39.9, -9.87, 0.8, 9.87, 39.9}) {
    const auto mechanism = parse_mechanism(with_step(step), "f");
    EXPECT_NEAR(mechanism.species[1].thermo.ranges[1].a[5], 1.0, 1e-9) << step;
    ASSERT_EQ(mechanism.remarks.size(), 1u) << step;
    EXPECT_NE(mechanism.remarks[0].find(fmt::format("H2 ({:+.3g} K at 1000 K)", step)), std::string::npos)
        << mechanism.remarks[0];
  }
  const auto fine = parse_mechanism(with_step(0.4), "f");  // a matter of round-off: blended, and not worth a word
  EXPECT_TRUE(fine.remarks.empty());
  EXPECT_NE(fine.species[1].thermo.ranges[1].a[5], 1.0);
  expect_user_error([] { parse_mechanism(with_step(-189.0), "f"); },
                    {"species \"H2\"", "differ by -189 K at 1000 K"});
}

TEST(FitCheck, names_all_species_of_a_file_in_one_remark) {
  auto text = with_step(-9.87);
  text = replaced(text, "[2.5, 0, 0, 0, 0, 1, 1]]}\n- name: H2", "[2.5, 0, 0, 0, 0, 51, 1]]}\n- name: H2");
  const auto mechanism = parse_mechanism(text, "f");
  ASSERT_EQ(mechanism.remarks.size(), 1u);
  EXPECT_NE(mechanism.remarks[0].find("H (+20 K at 1000 K), H2 (-9.87 K at 1000 K)"), std::string::npos)
      << mechanism.remarks[0];
}

TEST(FitCheck, ends_a_fit_whose_heat_capacity_fails_far_from_flames) {
  // cp/R = 3.5 - 1e-3 (T - 1000 K) vanishes at 4500 K.
  const auto text = with("[3.5, 0, 0, 0, 0, 1, 1]]}\n- name: O2", "[4.5, -1e-3, 0, 0, 0, -499, 1]]}\n- name: O2");
  const auto mechanism = parse_mechanism(text, "f");
  const auto& fit = mechanism.species[1].thermo;
  EXPECT_LT(fit.T_max(), 4500.0);
  EXPECT_GT(fit.T_max(), 4300.0);
  ASSERT_EQ(mechanism.remarks.size(), 1u);
  EXPECT_NE(mechanism.remarks[0].find("H2 (above 4"), std::string::npos) << mechanism.remarks[0];
  std::vector<double> cp(mechanism.n_species());
  Thermodynamics(mechanism).species_cp(5500.0, cp);
  EXPECT_GT(cp[1], 0.0);
  // The same at 3000 K, where it would matter.
  expect_user_error(
      [&] { parse_mechanism(replaced(text, "[4.5, -1e-3, 0, 0, 0, -499", "[5.25, -1.75e-3, 0, 0, 0, -874"), "f"); },
      {"species \"H2\"", "heat capacity at 3"});
}

}  // namespace
}  // namespace bimetal::chemistry
