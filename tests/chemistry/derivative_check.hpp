#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "chemistry/kinetics.hpp"
#include "chemistry/mechanism.hpp"

namespace bimetal::chemistry::testing {

/// Compares the analytic derivatives with central differences, relative to the largest derivative of each species.
inline void expect_derivatives_match_differences(const Mechanism& mechanism, double T, std::vector<double> C) {
  const std::size_t n = mechanism.n_species();
  Kinetics kinetics(mechanism);
  std::vector<double> omega(n), omega_T(n), omega_C(n * n), plus(n), minus(n);
  kinetics.net_production_rates_and_derivatives(T, C, omega, omega_T, omega_C);

  const double dT = 1e-4 * T;
  kinetics.net_production_rates_of(T + dT, C, plus);
  kinetics.net_production_rates_of(T - dT, C, minus);
  for (std::size_t i = 0; i < n; ++i) {
    const double difference = (plus[i] - minus[i]) / (2.0 * dT);
    EXPECT_NEAR(omega_T[i], difference, 1e-5 * std::abs(difference) + 1e-9) << mechanism.species[i].name << " by T";
  }

  for (std::size_t j = 0; j < n; ++j) {
    const double C_j = C[j];
    const double dC = 1e-4 * C_j + 1e-9;
    C[j] = C_j + dC;
    kinetics.net_production_rates_of(T, C, plus);
    C[j] = C_j - dC;
    kinetics.net_production_rates_of(T, C, minus);
    C[j] = C_j;
    for (std::size_t i = 0; i < n; ++i) {
      const double difference = (plus[i] - minus[i]) / (2.0 * dC);
      // Cancellation in the difference leaves an error of round-off in omega over dC.
      const double noise = 1e-14 * (std::abs(plus[i]) + std::abs(omega_C[j * n + i]) * C_j) / dC;
      EXPECT_NEAR(omega_C[j * n + i], difference, 1e-5 * std::abs(difference) + 100.0 * noise + 1e-9)
          << mechanism.species[i].name << " by " << mechanism.species[j].name;
    }
  }
}

}  // namespace bimetal::chemistry::testing
