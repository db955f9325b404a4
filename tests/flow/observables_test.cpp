#include "flow/observables.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "chemistry/kinetics.hpp"
#include "chemistry/mechanism_reader.hpp"
#include "chemistry/mixture.hpp"
#include "core/error.hpp"
#include "subproblem/burnt_gas.hpp"
#include "subproblem/cvode.hpp"
#include "subproblem/reactor_equations.hpp"
#include "test_gas.hpp"

namespace bimetal::flow {
namespace {

using bimetal::testing::wet_hydrogen;

constexpr double room = 300.0;           // [K]
constexpr double atmosphere = 101325.0;  // [Pa]

const chemistry::Mechanism& hydrogen() {
  static const auto mechanism =
      chemistry::read_mechanism(std::string(BIMETAL_SOURCE_DIR) + "/inputs/mechanisms/h2_burke2012.yaml");
  return mechanism;
}

Flame hydrogen_flame(double phi) {
  return flame_of(hydrogen(), "H2", room, atmosphere, chemistry::fuel_air_mixture(hydrogen(), "H2", phi));
}

TEST(FlameObservables, add_up_mass_elements_and_enthalpy) {
  FlameObservables observed(wet_hydrogen(), 0);
  const std::vector<double> fuel{400.0, 1.0, 0.0, 0.0, 0.0}, steam{1000.0, 0.0, 0.0, 1.0, 0.0};  // T, H2, O2, H2O, N2
  observed.add_state(2.0, fuel);
  observed.add_state(3.0, steam);
  EXPECT_DOUBLE_EQ(observed.mass(), 5.0);
  ASSERT_EQ(observed.element_masses().size(), 3u);  // H, O, N
  EXPECT_NEAR(observed.element_masses()[0], 2.0 + 3.0 * 2.016 / 18.015, 1e-12);
  EXPECT_NEAR(observed.element_masses()[1], 3.0 * 15.999 / 18.015, 1e-12);
  EXPECT_EQ(observed.element_masses()[2], 0.0);
  // h = R/W (a T + b T^2 / 2), as test_gas.hpp makes its species.
  const auto h = [](double W, double a, double b, double T) {
    return chemistry::gas_constant / W * (a * T + 0.5 * b * T * T);
  };
  const double enthalpy = 2.0 * h(2.016, 3.4, 3e-4, 400.0) + 3.0 * h(18.015, 3.7, 1.2e-3, 1000.0);
  EXPECT_NEAR(observed.enthalpy() / enthalpy, 1.0, 1e-12);
  EXPECT_EQ(observed.highest_temperature(), 1000.0);
}

TEST(FlameObservables, ignore_columns_beyond_the_species) {
  FlameObservables observed(wet_hydrogen(), 0);
  observed.add_state(1.0, std::vector{400.0, 0.0, 0.0, 0.0, 1.0, 101325.0});
  EXPECT_DOUBLE_EQ(observed.element_masses()[2], 1.0);
}

TEST(FlameObservables, measure_a_given_consumption_as_a_speed) {
  FlameObservables observed(wet_hydrogen(), 0);
  const Flame flame{.reactant = 0, .consumed = 0.02, .density = 1.0};
  // 5 mg of gas lose 1 % of their mass in hydrogen within 1 us: 50 g/s.
  const std::vector<double> before{1500.0, 0.015, 0.2, 0.0, 0.785}, after{1500.0, 0.005, 0.2, 0.01, 0.785};
  observed.add_reaction(5e-6, before, after, 1e-6);
  EXPECT_NEAR(observed.consumption(), 0.05, 1e-15);
  EXPECT_NEAR(consumption_speed(observed, flame, 0.5), 5.0, 1e-12);
  observed.add_reaction(5e-6, after, after, 1e-6);
  EXPECT_NEAR(observed.consumption(), 0.05, 1e-15);
}

TEST(FlameObservables, measure_the_thermal_thickness_by_the_steepest_pair) {
  FlameObservables observed(wet_hydrogen(), 0);
  const Flame flame{.unburnt_temperature = room};
  EXPECT_EQ(thermal_thickness(observed, flame), 0.0);
  observed.add_state(1.0, std::vector{2300.0, 0.0, 0.0, 1.0, 0.0});
  observed.add_neighbours(300.0, 700.0, 1e-4);
  observed.add_neighbours(1300.0, 800.0, 1e-4);
  observed.add_neighbours(900.0, 900.0, 1e-4);
  EXPECT_DOUBLE_EQ(observed.steepest_gradient(), 5e6);
  EXPECT_DOUBLE_EQ(thermal_thickness(observed, flame), 4e-4);
}

TEST(FlameObservables, are_the_same_whether_summed_by_one_or_by_two) {
  FlameObservables whole(wet_hydrogen(), 0), left(wet_hydrogen(), 0), right(wet_hydrogen(), 0);
  const std::vector<double> cold{300.0, 0.02, 0.2, 0.0, 0.78}, hot{1800.0, 0.001, 0.05, 0.169, 0.78};
  for (auto* one : {&whole, &left}) {
    one->add_state(1.0, cold);
    one->add_reaction(1.0, cold, hot, 1e-6);
  }
  for (auto* one : {&whole, &right}) {
    one->add_state(0.25, hot);
    one->add_neighbours(300.0, 1800.0, 1e-4);
  }
  for (std::size_t i = 0; i < left.sums().size(); ++i) left.sums()[i] += right.sums()[i];
  for (std::size_t i = 0; i < left.maxima().size(); ++i)
    left.maxima()[i] = std::max(left.maxima()[i], right.maxima()[i]);
  EXPECT_EQ(left.mass(), whole.mass());
  EXPECT_EQ(left.consumption(), whole.consumption());
  EXPECT_EQ(left.heat_release(), whole.heat_release());
  EXPECT_EQ(left.enthalpy(), whole.enthalpy());
  EXPECT_EQ(left.highest_temperature(), whole.highest_temperature());
  EXPECT_EQ(left.steepest_gradient(), whole.steepest_gradient());
  whole.clear();
  for (double sum : whole.sums()) EXPECT_EQ(sum, 0.0);
  for (double maximum : whole.maxima()) EXPECT_EQ(maximum, 0.0);
}

/// Reacts for dt; heat released per mass and time [W/kg].
double released(std::span<const double> state, double dt) {
  subproblem::Cvode cvode(std::make_unique<subproblem::ReactorEquations>(
      hydrogen(), subproblem::Constraint::constant_pressure, atmosphere));
  cvode.start(state, dt, {.rtol = 1e-12, .atol = 1e-16, .max_steps = 100'000});
  EXPECT_FALSE(cvode.finish());
  FlameObservables observed(hydrogen(), 0);
  observed.add_reaction(1.0, state, cvode.state(), dt);
  return observed.heat_release();
}

TEST(FlameObservables, heat_release_is_that_of_the_kinetics_and_of_the_heated_gas) {
  // Half-burnt hydrogen-air on its way.
  const auto Y = chemistry::fuel_air_mixture(hydrogen(), "H2", 1.0);
  subproblem::Cvode cvode(std::make_unique<subproblem::ReactorEquations>(
      hydrogen(), subproblem::Constraint::constant_pressure, atmosphere));
  std::vector<double> start{1300.0};
  start.insert(start.end(), Y.begin(), Y.end());
  cvode.start(start, 1.0, {.rtol = 1e-10, .atol = 1e-16});
  while (cvode.state()[0] < 1900.0) ASSERT_FALSE(cvode.step());
  const std::vector<double> state(cvode.state().begin(), cvode.state().end());
  const auto Y_now = std::span(state).subspan(1);

  const chemistry::Thermodynamics thermodynamics(hydrogen());
  chemistry::Kinetics kinetics(hydrogen());
  std::vector<double> omega(Y.size());
  kinetics.net_production_rates(state[0], atmosphere, Y_now, omega);
  const double density = thermodynamics.density(state[0], atmosphere, Y_now);
  const double exact = kinetics.heat_release(state[0], omega) / density;
  EXPECT_NEAR(released(state, 1e-10) / exact, 1.0, 1e-4);

  // Over a long step it is the rise of the mixture's sensible enthalpy at its mean composition.
  constexpr double dt = 2e-5;
  cvode.start(state, dt, {.rtol = 1e-10, .atol = 1e-16});
  ASSERT_FALSE(cvode.finish());
  const auto end = cvode.state();
  std::vector<double> mean(Y.size());
  for (std::size_t k = 0; k < mean.size(); ++k) mean[k] = 0.5 * (Y_now[k] + end[1 + k]);
  const double sensible = thermodynamics.enthalpy(end[0], mean) - thermodynamics.enthalpy(state[0], mean);
  EXPECT_GT(end[0] - state[0], 300.0);
  EXPECT_NEAR(released(state, dt) * dt / sensible, 1.0, 5e-4);
}

TEST(Flame, is_measured_by_what_burns_up) {
  const auto H2 = hydrogen().require_species("H2"), O2 = hydrogen().require_species("O2");
  const Flame lean = hydrogen_flame(0.5), rich = hydrogen_flame(2.0);
  EXPECT_EQ(lean.reactant, H2);
  EXPECT_NEAR(lean.burnt_temperature, 1646.51, 0.05);
  EXPECT_NEAR(lean.consumed / chemistry::fuel_air_mixture(hydrogen(), "H2", 0.5)[H2], 1.0, 2e-3);
  const double weight = (2.016 + 31.998 + 3.76 * 28.014) / 5.76;  // of H2 + O2 + 3.76 N2 [kg/kmol]
  EXPECT_NEAR(lean.density, atmosphere * weight / (chemistry::gas_constant * room), 1e-5);
  const auto stoichiometric = chemistry::fuel_air_mixture(hydrogen(), "H2", 1.0);
  const auto burnt = subproblem::burnt_gas(hydrogen(), room, atmosphere, stoichiometric);
  const Flame hottest = hydrogen_flame(1.0);
  EXPECT_GT(burnt[1 + hottest.reactant], 0.02 * stoichiometric[hottest.reactant]);  // dissociated
  EXPECT_NEAR(hottest.consumed, stoichiometric[hottest.reactant] - burnt[1 + hottest.reactant], 1e-12);
  EXPECT_EQ(rich.reactant, O2);
  EXPECT_NEAR(rich.consumed / chemistry::fuel_air_mixture(hydrogen(), "H2", 2.0)[O2], 1.0, 2e-3);
}

TEST(Flame, of_a_blend_is_measured_by_what_takes_most_oxygen) {
  chemistry::Blend blend;  // nitrogen takes none
  blend.parts = {{"N2", 5.0}, {"H2", 1.0}};
  const auto Y = chemistry::reactant_mixture(hydrogen(), {.fuel = blend}, 0.8);
  EXPECT_EQ(flame_of(hydrogen(), blend, 500.0, atmosphere, Y).reactant, hydrogen().require_species("H2"));
  EXPECT_EQ(flame_of(hydrogen(), "h2", 500.0, atmosphere, Y).reactant, hydrogen().require_species("H2"));
}

TEST(Flame, needs_a_mixture_that_burns) {
  EXPECT_THROW(hydrogen_flame(0.0), core::UserError);
  EXPECT_THROW(hydrogen_flame(0.01), core::UserError);
  const auto Y = chemistry::fuel_air_mixture(hydrogen(), "H2", 1.0);
  EXPECT_THROW(flame_of(hydrogen(), "OH", room, atmosphere, Y), core::UserError);
  EXPECT_THROW(flame_of(hydrogen(), "CH4", room, atmosphere, Y), core::UserError);
}

}  // namespace
}  // namespace bimetal::flow
