#include "homogenisation/symmetry.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "cells.hpp"
#include "homogenisation/conduction_cell_solver.hpp"

namespace bimetal::homogenisation {
namespace {

ConductionCellSolver solver_of(int dimensions, int pixels) {
  return ConductionCellSolver(ConductionCell({.dimensions = dimensions,
                                              .pixels = pixels,
                                              .aspect = testing::aspect,
                                              .matrix = testing::matrix,
                                              .inclusion = testing::inclusion}),
                              {.rtol = 1e-8});
}

void solve(ConductionCellSolver& solver, std::span<const double> row, std::span<double> flux) {
  const std::int64_t id = 0;
  subproblem::Batch batch{
      .in = {row.data(), 1, std::ssize(row)}, .out = {flux.data(), 1, std::ssize(flux)}, .id = {&id, 1}};
  ASSERT_TRUE(solver.solve(batch).failures.empty());
}

TEST(Symmetry, a_cell_is_answered_by_its_representative) {
  for (int d : {2, 3})
    for (int n : {16, 15}) {
      auto solver = solver_of(d, n);
      const auto size = static_cast<std::size_t>(d);
      for (std::uint64_t i = 0; i < 40; ++i) {
        auto one = testing::draw(i);
        one.angle = 2.0 * (one.angle - 1.0);  // outside of [0, pi) as well
        const std::span<const double> gradient(one.gradient.data(), size);
        std::vector<double> row{one.T}, canonical(size + 3), flux(size), there(size), back(size);
        row.insert(row.end(), gradient.begin(), gradient.end());
        row.insert(row.end(), {one.fraction, one.angle});
        const auto frame = to_canonical(one.T, gradient, one.fraction, one.angle, canonical);
        EXPECT_GE(canonical.back(), 0.0);
        EXPECT_LE(canonical.back(), 0.25 * std::numbers::pi);
        EXPECT_GE(canonical[1], 0.0);
        EXPECT_TRUE(d == 2 || canonical[3] >= 0.0);

        solve(solver, row, flux);
        std::vector<double> dq_dg(size * size), dq_dT(size), dq_dg_there(size * size), dq_dT_there(size);
        solver.tangent(row, dq_dg, dq_dT);
        solve(solver, canonical, there);
        solver.tangent(canonical, dq_dg_there, dq_dT_there);
        from_canonical(frame, there, back);
        std::vector<double> dq_dg_back(size * size), dq_dT_back(size);
        tangent_from_canonical(frame, dq_dg_there, dq_dT_there, dq_dg_back, dq_dT_back);
        const double flux_size = std::hypot(flux[0], flux[1], d == 3 ? flux[2] : 0.0);
        for (std::size_t k = 0; k < size; ++k) {
          EXPECT_NEAR(back[k], flux[k], 1e-7 * flux_size) << "row " << i;
          EXPECT_NEAR(dq_dT_back[k], dq_dT[k], 1e-4 * flux_size / one.T) << "row " << i;
        }
        for (std::size_t k = 0; k < size * size; ++k)
          EXPECT_NEAR(dq_dg_back[k], dq_dg[k], 1e-4 * std::abs(dq_dg[0] + dq_dg[size + 1])) << "row " << i;
      }
    }
}

TEST(Symmetry, all_mirror_images_have_the_same_representative) {
  std::vector<double> first(5), other(5);
  to_canonical(300.0, std::vector{3.0, 1.0}, 0.2, 0.3, first);
  const double pi = std::numbers::pi;
  struct Case {
    double gx, gy, angle;
  };
  for (const auto& [gx, gy, angle] :
       {Case{-3.0, -1.0, 0.3}, Case{3.0, -1.0, -0.3}, Case{-3.0, 1.0, pi - 0.3}, Case{1.0, 3.0, 0.5 * pi - 0.3},
        Case{-1.0, 3.0, 0.5 * pi + 0.3}, Case{3.0, 1.0, 0.3 + 5.0 * pi}}) {
    to_canonical(300.0, std::vector{gx, gy}, 0.2, angle, other);
    for (std::size_t k = 0; k < 5; ++k) EXPECT_NEAR(other[k], first[k], 1e-12) << gx << ' ' << gy << ' ' << angle;
  }
}

}  // namespace
}  // namespace bimetal::homogenisation
