#include "chemistry/mixture.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "core/error.hpp"
#include "reference_states.hpp"

namespace bimetal::chemistry {
namespace {

using testing::hydrogen;
using testing::methane;

TEST(Mixture, of_hydrogen_and_air_at_phi_one_is_two_to_one_to_nitrogen) {
  const auto Y = fuel_air_mixture(hydrogen(), "H2", 1.0);
  std::vector<double> X(Y.size());
  Thermodynamics(hydrogen()).mole_from_mass_fractions(Y, X);
  const double total = 2.0 + 1.0 + 3.76;
  EXPECT_NEAR(X[hydrogen().require_species("H2")], 2.0 / total, 1e-14);
  EXPECT_NEAR(X[hydrogen().require_species("O2")], 1.0 / total, 1e-14);
  EXPECT_NEAR(X[hydrogen().require_species("N2")], 3.76 / total, 1e-14);
  EXPECT_NEAR(std::accumulate(Y.begin(), Y.end(), 0.0), 1.0, 1e-15);
}

TEST(Mixture, scales_the_fuel_with_the_equivalence_ratio) {
  std::vector<double> X(methane().n_species());
  Thermodynamics(methane()).mole_from_mass_fractions(fuel_air_mixture(methane(), "CH4", 0.7), X);
  EXPECT_NEAR(X[methane().require_species("CH4")] / X[methane().require_species("O2")], 0.7 / 2.0, 1e-14);
  EXPECT_EQ(fuel_air_mixture(methane(), "CH4", 0.0), air(methane()));
}

TEST(Mixture, knows_the_oxygen_a_fuel_needs) {
  EXPECT_NEAR(stoichiometric_oxygen(methane(), "CH4"), 2.0 * 31.998 / 16.043, 1e-12);
  EXPECT_NEAR(stoichiometric_oxygen(methane(), "CH2O"), 31.998 / 30.026, 1e-12);
}

TEST(Mixture, refuses_what_cannot_burn) {
  EXPECT_THROW(fuel_air_mixture(hydrogen(), "H2O", 1.0), core::UserError);
  EXPECT_THROW(fuel_air_mixture(hydrogen(), "N2", 1.0), core::UserError);
  EXPECT_THROW(fuel_air_mixture(hydrogen(), "CH4", 1.0), core::UserError);
  EXPECT_THROW(fuel_air_mixture(hydrogen(), "H2", -1.0), core::UserError);
  EXPECT_THROW(fuel_air_mixture(hydrogen(), "H2", 0.0 / 0.0), core::UserError);
}

}  // namespace
}  // namespace bimetal::chemistry
