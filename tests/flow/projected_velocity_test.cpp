#include "flow/projected_velocity.hpp"

#include <cmath>
#include <cstdio>
#include <numbers>

#include "fields.hpp"

namespace bimetal::flow {
namespace {

using testing::box;
using testing::observed_order;
using testing::world;

constexpr double density = 1.2, viscosity = 0.06, end_time = 0.5, drift_x = 0.9, drift_y = 0.4;

/// The decaying vortices of G. I. Taylor & A. E. Green, Proc. R. Soc. Lond. A 158 (1937) 499, on a box of one turn,
/// carried along by a uniform wind, since at rest their advection is a gradient and hides errors:
///   u = U + sin x' cos y' f, v = V - cos x' sin y' f, p = rho / 4 (cos 2x' + cos 2y') f^2,
///   x' = x - U t, y' = y - V t, f = exp(-2 nu t).
struct Vortices {
  grid::StructuredGrid grid;
  ProjectedVelocity flow;
  double dt;
  int iterations = 0;       // the most after the first step
  double divergence = 0.0;  // the largest residual

  Vortices(std::int64_t n, int n_steps)
      : grid(box({n, n}, grid::Boundary::periodic, 2.0 * std::numbers::pi), 1, world()),
        flow(grid, {}),
        dt(end_time / n_steps) {
    const auto cells = static_cast<std::size_t>(grid.extents().n_owned());
    const std::vector<double> rho(cells, density), mu(cells, viscosity), none(cells, 0.0);
    const auto start = [](const Position& x) {
      return std::array<double, 3>{drift_x + std::sin(x[0]) * std::cos(x[1]),
                                   drift_y - std::cos(x[0]) * std::sin(x[1]), 0.0};
    };
    flow.initialise(start, none);
    for (int step = 0; step < n_steps; ++step) {
      const auto report = flow.advance(dt, rho, mu, none);
      if (step > 0) iterations = std::max(iterations, report.iterations);
      divergence = std::max(divergence, report.divergence);
    }
  }

  /// Root mean square error of u at the centres. A mean over two faces is off by h^2/8 of the second derivative,
  /// which is not the solver's doing.
  double error_of_u() const {
    const double mean = std::cos(0.5 * grid.extents().spacing(0)),
                 f = std::exp(-2.0 * viscosity / density * end_time);
    const auto centres = at_centres(flow.faces(), grid.extents());
    double sum = 0.0;
    testing::for_rows(grid.extents(), [&](std::int64_t row, std::span<const double> x) {
      const double exact =
          drift_x + mean * std::sin(x[0] - drift_x * end_time) * std::cos(x[1] - drift_y * end_time) * f;
      sum += std::pow(centres[row][0] - exact, 2);
    });
    return std::sqrt(world().sum(sum) / static_cast<double>(grid.extents().n_cells()));
  }
  /// The same of p, half a step before the end.
  double error_of_p() const {
    const double t = end_time - 0.5 * dt, f = std::exp(-2.0 * viscosity / density * t);
    const auto p = flow.pressure();
    double sum = 0.0;
    testing::for_rows(grid.extents(), [&](std::int64_t row, std::span<const double> x) {
      const double exact =
          0.25 * density * f * f * (std::cos(2.0 * (x[0] - drift_x * t)) + std::cos(2.0 * (x[1] - drift_y * t)));
      sum += std::pow(p.rows()[row][0] - exact, 2);
    });
    return std::sqrt(world().sum(sum) / static_cast<double>(grid.extents().n_cells()));
  }
};

TEST(ProjectedVelocity, solves_the_taylor_green_vortex_with_second_order) {
  if (world().is_root())
    std::printf("%6s %6s %11s %6s %11s %6s %11s\n", "cells", "steps", "u error", "order", "p error", "order",
                "iterations");
  double u_before = 0.0, p_before = 0.0;
  for (const int n : {64, 128, 256}) {
    const Vortices run(n, n / 4);
    const double u = run.error_of_u(), p = run.error_of_p();
    const double u_order = u_before > 0.0 ? observed_order(u_before, u) : 2.0;
    const double p_order = p_before > 0.0 ? observed_order(p_before, p) : 2.0;
    if (world().is_root())
      std::printf("%4d^2 %6d %11.3e %6.2f %11.3e %6.2f %11d\n", n, n / 4, u, u_order, p, p_order, run.iterations);
    EXPECT_GT(u_order, 1.9);
    EXPECT_GT(p_order, 1.9);
    EXPECT_LE(run.iterations, 12);
    EXPECT_LT(run.divergence, 1e-5);
    u_before = u;
    p_before = p;
  }
}

}  // namespace
}  // namespace bimetal::flow
