#include "chemistry/cold_gas.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "chemistry/kinetics.hpp"
#include "chemistry/mixture.hpp"
#include "reference_states.hpp"

namespace bimetal::chemistry {
namespace {

using testing::hydrogen;
using testing::methane;

std::vector<double> concentrations(const Mechanism& mechanism, double T, const std::vector<double>& Y) {
  const double density = Thermodynamics(mechanism).density(T, 101325.0, Y);
  std::vector<double> C(Y.size());
  for (std::size_t k = 0; k < C.size(); ++k) C[k] = density * Y[k] / mechanism.species[k].molecular_weight;
  return C;
}

TEST(ColdGas, bounds_the_rates_of_any_composition) {
  std::mt19937_64 engine(23);
  std::uniform_real_distribution<double> temperatures(250.0, 500.0), decades(-12.0, 0.0);
  for (const auto* mechanism : {&hydrogen(), &methane()}) {
    const ColdGas cold(*mechanism, 500.0);
    Kinetics kinetics(*mechanism);
    std::vector<double> omega(mechanism->n_species());
    for (int i = 0; i < 2000; ++i) {
      std::vector<double> Y(mechanism->n_species());
      double sum = 0.0;
      for (double& y : Y) sum += y = std::pow(10.0, decades(engine));
      for (double& y : Y) y /= sum;
      const double T = temperatures(engine);
      const auto C = concentrations(*mechanism, T, Y);
      kinetics.net_production_rates_of(T, C, omega);
      const double bound = cold.rate_bound(C);
      for (std::size_t k = 0; k < Y.size(); ++k)
        ASSERT_LE(std::abs(omega[k]) * mechanism->species[k].molecular_weight, bound * cold.largest_mass());
      ASSERT_LE(std::abs(kinetics.heat_release(T, omega)), bound * cold.largest_heat());
    }
  }
}

TEST(ColdGas, bound_of_unburnt_gas_is_next_to_nothing) {
  const ColdGas cold(hydrogen(), 500.0);
  auto Y = fuel_air_mixture(hydrogen(), "H2", 1.0);
  const double unburnt = cold.rate_bound(concentrations(hydrogen(), 300.0, Y));
  Y[hydrogen().require_species("H")] = 1e-4;
  const double with_radicals = cold.rate_bound(concentrations(hydrogen(), 300.0, Y));
  EXPECT_LT(unburnt, 1e-10);
  EXPECT_GT(with_radicals, 1e-2);
}

}  // namespace
}  // namespace bimetal::chemistry
