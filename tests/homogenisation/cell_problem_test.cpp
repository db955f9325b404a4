#include "homogenisation/cell_problem.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <vector>

#include "cells.hpp"

namespace bimetal::homogenisation {
namespace {

using testing::flux_of;
using testing::relative_error;

Vector flux_of(CellProblem& problem, const testing::Draw& one, int n) {
  return flux_of(problem, Shape::ellipse, testing::aspect, one.T, one.gradient, one.fraction, one.angle, n);
}

TEST(CellProblem, keeps_the_flux_within_its_tolerance) {
  constexpr int n = 24, n_rows = 150;
  for (double contrast : {100.0, 0.03}) {
    PhaseLaw inclusion = testing::inclusion;
    inclusion.k = contrast;
    CellProblem tight(n, testing::matrix, inclusion, {.rtol = 1e-10});
    std::array<Vector, n_rows> exact{};
    for (int i = 0; i < n_rows; ++i) exact[i] = flux_of(tight, testing::draw(i), n);
    for (double rtol : {1e-2, 1e-3, 1e-4, 1e-6}) {
      CellProblem problem(n, testing::matrix, inclusion, {.rtol = rtol});
      double worst = 0.0;
      for (int i = 0; i < n_rows; ++i)
        worst = std::max(worst, relative_error(flux_of(problem, testing::draw(i), n), exact[i]));
      std::printf("contrast %g, rtol %.0e: largest error of the flux %.1e, %.1f Newton, %.1f CG\n", contrast, rtol,
                  worst, static_cast<double>(problem.counts().newton) / n_rows,
                  static_cast<double>(problem.counts().cg) / n_rows);
      EXPECT_LT(worst, rtol) << contrast;
    }
  }
}

TEST(CellProblem, solves_laws_far_from_linear_at_any_gradient) {
  constexpr int n = 16;
  for (double p_matrix : {1.3, 4.0})
    for (double p_inclusion : {1.3, 4.0})
      for (double contrast : {100.0, 0.01})
        for (double g : {1e-3, 1.0, 1e3, 1e6}) {
          CellProblem problem(n, {.k = 1.0, .p = p_matrix, .g0 = 1.0}, {.k = contrast, .p = p_inclusion, .g0 = 1.0});
          const auto q = flux_of(problem, Shape::ellipse, 1.5, 300.0, {0.8 * g, 0.6 * g, 0.0}, 0.4, 0.4, n);
          EXPECT_LT(0.8 * q[0] + 0.6 * q[1], 0.0) << p_matrix << ' ' << p_inclusion << ' ' << contrast << ' ' << g;
        }
}

TEST(CellProblem, converges_with_the_pixels) {
  std::printf("n: difference of the flux from n = 256\n");
  std::array<double, 4> worst{};
  for (std::uint64_t i = 0; i < 6; ++i) {
    CellProblem fine(256, testing::matrix, testing::inclusion, {.rtol = 1e-7});
    const auto exact = flux_of(fine, testing::draw(i), 256);
    int level = 0;
    for (int n : {16, 32, 64, 128}) {
      CellProblem problem(n, testing::matrix, testing::inclusion, {.rtol = 1e-7});
      auto& error = worst[static_cast<std::size_t>(level++)];
      error = std::max(error, relative_error(flux_of(problem, testing::draw(i), n), exact));
    }
  }
  for (std::size_t level = 0; level < worst.size(); ++level) {
    std::printf("%4d: %.1e\n", 16 << level, worst[level]);
    EXPECT_LT(worst[level], level == 0 ? 2e-2 : 0.45 * worst[level - 1]);
  }
}

TEST(CellProblem, tangent_is_the_derivative_of_the_flux) {
  constexpr int n = 20;
  CellProblem tight(n, testing::matrix, testing::inclusion, {.rtol = 1e-10});
  CellProblem problem(n, testing::matrix, testing::inclusion);
  double worst_g = 0.0, worst_T = 0.0;
  for (std::uint64_t i = 0; i < 30; ++i) {
    const auto one = testing::draw(i);
    const testing::Drawing cell(n, Shape::ellipse, testing::aspect, one.fraction, one.angle);
    ASSERT_FALSE(problem.solve(cell.ask(one.T, one.gradient)));
    const auto tangent = problem.tangent();
    double size = 0.0, error = 0.0;
    for (std::size_t k = 0; k < 3; ++k) {
      auto up = one, down = one;
      const double step = 1e-4 * testing::distance(one.gradient, {});
      up.gradient[k] += step;
      down.gradient[k] -= step;
      const auto q_up = flux_of(tight, up, n), q_down = flux_of(tight, down, n);
      for (std::size_t m = 0; m < 3; ++m) {
        const double exact = (q_up[m] - q_down[m]) / (2.0 * step);
        size += exact * exact;
        error += (tangent.dq_dg[m][k] - exact) * (tangent.dq_dg[m][k] - exact);
      }
    }
    worst_g = std::max(worst_g, std::sqrt(error / size));
    auto up = one, down = one;
    up.T += 0.1;
    down.T -= 0.1;
    const auto q_up = flux_of(tight, up, n), q_down = flux_of(tight, down, n);
    Vector exact{};
    for (std::size_t m = 0; m < 3; ++m) exact[m] = (q_up[m] - q_down[m]) / 0.2;
    worst_T = std::max(worst_T, testing::distance(tangent.dq_dT, exact) * one.T / testing::distance(q_up, {}));
  }
  std::printf("tangents: largest error of dq/dg %.1e, of T dq/dT %.1e, relative\n", worst_g, worst_T);
  EXPECT_LT(worst_g, 2e-4);
  EXPECT_LT(worst_T, 2e-4);
}

TEST(CellProblem, flux_is_smooth_in_angle_and_fraction) {
  // Second differences of a function without kinks fall by 16 when the step falls by 4; of one with kinks, by 4.
  constexpr int n = 16;
  CellProblem problem(n, testing::matrix, testing::inclusion, {.rtol = 1e-10});
  for (const bool by_angle : {true, false}) {
    std::array<double, 2> largest{};
    for (int level : {0, 1})
      for (int i = 0; i < 150; ++i) {
        const double step = level == 0 ? 4e-3 : 1e-3;
        const auto at = [&](double shift) {
          const double fraction = by_angle ? 0.3 : 0.1 + 0.002 * i + shift;
          const double angle = by_angle ? 0.02 * i + shift : 0.3;
          return flux_of(problem, Shape::ellipse, testing::aspect, 300.0, {800.0, 300.0, 0.0}, fraction, angle, n);
        };
        const auto left = at(-step), here = at(0.0), right = at(step);
        for (std::size_t k : {0, 1})
          largest[static_cast<std::size_t>(level)] =
              std::max(largest[static_cast<std::size_t>(level)], std::abs(left[k] - 2.0 * here[k] + right[k]));
      }
    std::printf("smoothness in %s: second differences fall by %.1f\n", by_angle ? "angle" : "fraction",
                largest[0] / largest[1]);
    EXPECT_GT(largest[0] / largest[1], 8.0);
  }
}

/// What is left of values at Chebyshev's points x = cos θ of even θ once polynomials below `degree` are taken away:
/// as a sum over points of products of two of them is zero, coefficients are simple means.
std::vector<double> remainder_of(std::vector<double> values, int degree) {
  const auto n = static_cast<double>(values.size());
  const auto basis = [&](int k, std::size_t i) {
    return std::cos(k * std::numbers::pi * (static_cast<double>(i) + 0.5) / n);
  };
  for (int k = 0; k < degree; ++k) {
    double sum = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) sum += basis(k, i) * values[i];
    for (std::size_t i = 0; i < values.size(); ++i) values[i] -= (k == 0 ? 1.0 : 2.0) / n * sum * basis(k, i);
  }
  return values;
}

TEST(CellProblem, pixels_leave_hardly_a_trace_in_the_flux) {
  // Of a flux as a function of angle or fraction, a polynomial of degree 8 leaves what the pixels imprint.
  constexpr int n_points = 80;
  std::printf("n: imprint of the pixels on the flux, relative, rms\n");
  for (const auto& [n, most] : {std::pair{16, 1e-3}, {32, 4e-4}, {64, 1e-4}}) {
    CellProblem problem(n, testing::matrix, testing::inclusion, {.rtol = 1e-6});
    double worst = 0.0;
    for (const bool by_angle : {true, false})
      for (const Vector& G : {Vector{800.0, 0.0, 0.0}, Vector{0.0, 800.0, 0.0}}) {
        std::vector<double> conductivity;
        for (int i = 0; i < n_points; ++i) {
          const double x = std::cos(std::numbers::pi * (i + 0.5) / n_points);
          const auto q = flux_of(problem, Shape::ellipse, 1.8, 300.0, G, by_angle ? 0.25 : 0.25 + 0.1 * x,
                                 by_angle ? std::numbers::pi / 8.0 * (1.0 + x) : 0.3, n);
          conductivity.push_back(-(q[0] * G[0] + q[1] * G[1]));
        }
        double square = 0.0, mean = 0.0;
        for (double left : remainder_of(conductivity, 9)) square += left * left / n_points;
        for (double value : conductivity) mean += value / n_points;
        worst = std::max(worst, std::sqrt(square) / mean);
      }
    std::printf("%4d: %.1e\n", n, worst);
    EXPECT_LT(worst, most);
  }
}

}  // namespace
}  // namespace bimetal::homogenisation
