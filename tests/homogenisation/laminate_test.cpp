// Laminates, whose fluxes are known: along the layers both phases see the same gradient, across them the same flux.
#include <gtest/gtest.h>

#include <cmath>

#include "cells.hpp"

namespace bimetal::homogenisation {
namespace {

using testing::flux_of;
using testing::relative_error;

/// Flux (-q) of a phase whose gradient has the magnitude's other part `across`² besides g.
double s_of(const PhaseLaw& law, double T, double g, double other2) {
  const double x = 1.0 + (g * g + other2) / (law.g0 * law.g0);
  return law.conductivity(T) * std::pow(x, 0.5 * (law.p - 2.0)) * g;
}

/// By bisection for the gradient in the matrix at which both phases carry the same flux across the layers.
Vector exact_flux(const PhaseLaw& matrix, const PhaseLaw& inclusion, double f, double T, const Vector& G) {
  const double other2 = G[1] * G[1] + G[2] * G[2];
  double low = 0.0, high = G[0] / (1.0 - f);
  for (int i = 0; i < 200; ++i) {
    const double g = 0.5 * (low + high), in_inclusion = (G[0] - (1.0 - f) * g) / f;
    (s_of(matrix, T, g, other2) < s_of(inclusion, T, in_inclusion, other2) ? low : high) = g;
  }
  const double g_m = low, g_i = (G[0] - (1.0 - f) * g_m) / f;
  const auto along = [&](const PhaseLaw& law, double g) {
    return law.conductivity(T) * std::pow(1.0 + (g * g + other2) / (law.g0 * law.g0), 0.5 * (law.p - 2.0));
  };
  const double a = f * along(inclusion, g_i) + (1.0 - f) * along(matrix, g_m);
  return {-s_of(matrix, T, g_m, other2), -a * G[1], -a * G[2]};
}

TEST(Laminate, is_exact_in_every_direction) {
  struct Case {
    const char* name;
    double p_matrix, p_inclusion;
  };
  for (const auto& [name, p_matrix, p_inclusion] :
       {Case{"linear", 2.0, 2.0}, Case{"2.5 and 1.6", 2.5, 1.6}, Case{"1.3 and 4", 1.3, 4.0}})
    for (const Vector& direction :
         {Vector{1.0, 0.0, 0.0}, Vector{0.0, 1.0, 0.0}, Vector{1.0, 0.7, 0.0}, Vector{0.5, -1.0, 2.0}})
      for (double g : {10.0, 1500.0})
        for (int n : {16, 12, 15}) {
          PhaseLaw matrix = testing::matrix, inclusion = testing::inclusion;
          matrix.p = p_matrix;
          inclusion.p = p_inclusion;
          const double f = n == 15 ? 0.2 : n == 12 ? 0.3 : 0.25;  // 0.3: the border is within a pixel
          const Vector G{g * direction[0], g * direction[1], g * direction[2]};
          CellProblem problem(n, matrix, inclusion, {.rtol = 1e-9});
          const auto flux = flux_of(problem, Shape::laminate, 1.0, 350.0, G, f, 0.0, n);
          EXPECT_LT(relative_error(flux, exact_flux(matrix, inclusion, f, 350.0, G)), 1e-9)
              << name << ", direction " << direction[0] << ' ' << direction[1] << ' ' << direction[2] << ", g " << g
              << ", n " << n;
        }
}

}  // namespace
}  // namespace bimetal::homogenisation
