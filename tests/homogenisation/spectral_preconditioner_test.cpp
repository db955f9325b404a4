#include "homogenisation/spectral_preconditioner.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.hpp"
#include "homogenisation/linear_cell.hpp"

namespace bimetal::homogenisation {
namespace {

/// Random loads of the nodes, which sum to zero over those of either parity.
void draw_load(Field<float>& r) {
  const int n = r.n();
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i) {
      const float value = static_cast<float>(
          core::random_uniform(5, core::Purpose::data, static_cast<std::uint64_t>(j), static_cast<std::uint64_t>(i)));
      r.row(j)[i] += value;
      r.row((j + 2) % n)[(i + 4) % n] -= value;
    }
}

TEST(SpectralPreconditioner, is_the_inverse_of_a_homogeneous_cell) {
  for (int n : {8, 9, 15, 32, 50})
    for (const std::array<double, 3>& C : {std::array{1.0, 0.0, 1.0}, std::array{2.0, 0.7, 0.5}}) {
      LinearCell cell(n);
      cell.conductivity().A.fill(static_cast<float>(0.25 * (C[0] + 2.0 * C[1] + C[2])));
      cell.conductivity().B.fill(static_cast<float>(0.25 * (C[0] - C[2])));
      cell.conductivity().C.fill(static_cast<float>(0.25 * (C[0] - 2.0 * C[1] + C[2])));
      cell.preconditioner().set_medium(C);
      Field<float> r(n), x(n), z(n);
      draw_load(r);
      const double product = cell.preconditioner().apply(r, z);
      double sum = 0.0;
      for (int j = 0; j < n; ++j)
        for (int i = 0; i < n; ++i) sum += static_cast<double>(r.row(j)[i]) * static_cast<double>(z.row(j)[i]);
      EXPECT_NEAR(product / sum, 1.0, 1e-5) << n;

      // What it leaves is round-off: conjugate gradients are done in one step.
      const double size = cell.start(r);
      EXPECT_NEAR(size * size / sum, 1.0, 1e-5) << n;
      EXPECT_EQ(cell.solve(r, x, 1e-4 * size, 10), 1) << n;
    }
}

}  // namespace
}  // namespace bimetal::homogenisation
