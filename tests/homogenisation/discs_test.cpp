// The linear limit, p = 2: square arrays of discs, whose conductivity is known.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "cells.hpp"

namespace bimetal::homogenisation {
namespace {

/// Conductivity of the array of discs that conduct `contrast` times as well as what is around them.
double conductivity(int n, double fraction, double contrast) {
  CellProblem problem(n, {.k = 1.0}, {.k = contrast}, {.rtol = 1e-8});
  return -testing::flux_of(problem, Shape::ellipse, 1.0, 300.0, {1.0, 0.0, 0.0}, fraction, 0.0, n)[0];
}

/// Perrins, McKenzie & McPhedran, Proc. R. Soc. Lond. A 369 (1979) 207: square array, to the third order of the
/// lattice sums. At perfect conduction it gives 1.860, 3.080 for fractions of 0.3, 0.5, as their table does.
double perrins(double fraction, double contrast) {
  const double T = (1.0 + contrast) / (1.0 - contrast), f4 = std::pow(fraction, 4), f8 = f4 * f4;
  return 1.0 - 2.0 * fraction / (T + fraction - 0.305827 * f4 * T / (T * T - 1.402958 * f8) - 0.013362 * f8 / T);
}

TEST(Discs, conduct_as_lattice_sums_say) {
  EXPECT_NEAR(perrins(0.3, 1e12), 1.860, 5e-4);
  EXPECT_NEAR(perrins(0.5, 1e12), 3.080, 5e-4);
  std::printf("fraction contrast: error at n = 16, 32, 64, 128\n");
  for (double fraction : {0.1, 0.3, 0.5})
    for (double contrast : {10.0, 0.1}) {
      std::printf("%8g %8g:", fraction, contrast);
      double largest = 4e-3;  // halved from grid to grid
      for (int n : {16, 32, 64, 128}) {
        const double error = conductivity(n, fraction, contrast) / perrins(fraction, contrast) - 1.0;
        std::printf(" %9.2e", error);
        EXPECT_LT(std::abs(error), largest);
        largest *= 0.5;
      }
      std::printf("\n");
    }
}

TEST(Discs, lie_between_the_bounds_of_hashin_and_shtrikman) {
  for (double fraction : {0.05, 0.2, 0.4, 0.6})
    for (double contrast : {3.0, 30.0, 0.05}) {
      const double f = fraction, k = contrast;
      const double about_matrix = 1.0 + f / (1.0 / (k - 1.0) + (1.0 - f) / 2.0);
      const double about_inclusion = k + (1.0 - f) / (1.0 / (1.0 - k) + f / (2.0 * k));
      const double found = conductivity(64, fraction, contrast);
      // The one around the matrix is very nearly reached; pixels count.
      EXPECT_GT(found, std::min(about_matrix, about_inclusion) * 0.99) << fraction << ' ' << contrast;
      EXPECT_LT(found, std::max(about_matrix, about_inclusion) * 1.03) << fraction << ' ' << contrast;
    }
}

TEST(Discs, obey_kellers_theorem) {
  // k(a, b) k(b, a) = a b of two phases in a square array: J. Math. Phys. 5 (1964) 548. Laminates obey it as well.
  for (int n : {16, 32, 64, 128}) {
    const double error = std::abs(conductivity(n, 0.4, 20.0) * 20.0 * conductivity(n, 0.4, 1.0 / 20.0) / 20.0 - 1.0);
    std::printf("Keller, n = %d: %.2e\n", n, error);
    EXPECT_LT(error, n == 16 ? 1e-3 : 3e-5);
  }
}

}  // namespace
}  // namespace bimetal::homogenisation
