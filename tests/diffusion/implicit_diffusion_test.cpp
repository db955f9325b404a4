#include "diffusion/implicit_diffusion.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "../support/petsc_environment.hpp"
#include "petsc/rows.hpp"

namespace bimetal::diffusion {
namespace {

using bimetal::testing::world;

const grid::GridOptions box{.cells = {16, 8},
                            .lower = {0.0, 0.0},
                            .upper = {1.0, 0.5},
                            .boundary = {grid::Boundary::wall, grid::Boundary::wall}};

/// cos(pi x) cos(2 pi y) is an eigenvector of the discrete operator, too.
TEST(ImplicitDiffusion, damps_a_mode_as_the_discrete_operator_does) {
  const grid::StructuredGrid grid(box, 1, world());
  ImplicitDiffusion diffusion(grid, {});
  const auto& e = grid.extents();
  core::RowTable K(2, e.n_owned());
  for (std::int64_t cell = 0; cell < K.size(); ++cell) {
    K[cell][0] = 0.7;
    K[cell][1] = 0.2;
  }
  const std::vector<double> storage(static_cast<std::size_t>(e.n_owned()), 2.0);
  const auto from = grid.create_global(), to = grid.create_global();
  constexpr double dt = 0.05, pi = std::numbers::pi;
  {
    const petsc::VecRows view(from.get(), 1);
    std::int64_t cell = 0;
    grid::for_owned_cells(e, [&](auto i, auto j, auto) {
      view.rows()[cell++][0] = std::cos(pi * e.centre(0, i)) * std::cos(2.0 * pi * e.centre(1, j));
    });
  }
  diffusion.solve(dt, K.rows(), storage, from.get(), to.get());
  const auto eigenvalue = [](double k, double wave, double h) {
    return k * 2.0 / (h * h) * (1.0 - std::cos(wave * h));
  };
  const double damping =
      1.0 / (1.0 + dt / 2.0 * (eigenvalue(0.7, pi, e.spacing(0)) + eigenvalue(0.2, 2.0 * pi, e.spacing(1))));
  const petsc::ConstVecRows before(from.get(), 1), after(to.get(), 1);
  for (std::int64_t cell = 0; cell < K.size(); ++cell)
    EXPECT_NEAR(after.rows()[cell][0], damping * before.rows()[cell][0], 1e-10);
  EXPECT_EQ(diffusion.inflow(dt, to.get()), 0.0);
}

/// Two layers across x; u is held near the corner: what is lost leaves through the sink.
TEST(ImplicitDiffusion, loses_what_leaves_through_the_sink) {
  const grid::StructuredGrid grid(box, 1, world());
  ImplicitDiffusion diffusion(grid, {.length = 0.25, .value = 0.1});
  const auto& e = grid.extents();
  core::RowTable K(2, e.n_owned());
  std::vector<double> storage;
  grid::for_owned_cells(e, [&](auto i, auto j, auto) {
    const auto cell = std::ssize(storage);
    K[cell][0] = i < 8 ? 1.0 : 0.1;
    K[cell][1] = j < 4 ? 0.3 : 0.0;
    storage.push_back(1.0 + 0.1 * static_cast<double>(i));
  });
  const auto from = grid.create_global(), to = grid.create_global();
  VecSet(from.get(), 0.5);
  diffusion.solve(0.01, K.rows(), storage, from.get(), to.get());
  const petsc::ConstVecRows after(to.get(), 1);
  double gained = 0.0, least = 1.0;
  for (std::size_t cell = 0; cell < storage.size(); ++cell) {
    gained += storage[cell] * (after.rows().flat()[cell] - 0.5) * e.spacing(0) * e.spacing(1);
    least = std::min(least, after.rows().flat()[cell]);
  }
  gained = world().sum(gained);
  EXPECT_LT(gained, -1e-4);
  EXPECT_NEAR(gained, diffusion.inflow(0.01, to.get()), 1e-11);
  EXPECT_GT(world().min(least), 0.1);
}

}  // namespace
}  // namespace bimetal::diffusion
