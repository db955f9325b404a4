// A cell with smooth phases and a source made for a known correction w.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>

#include "cells.hpp"

namespace bimetal::homogenisation {
namespace {

constexpr double tau = 2.0 * std::numbers::pi;
constexpr Vector G{900.0, -400.0, 300.0};
constexpr double T = 320.0, height = 60.0;  // of w [K]

double part_at(double x, double y) {
  return 0.5 + 0.3 * std::sin(tau * x) * std::cos(tau * y) + 0.1 * std::cos(tau * x);
}
double w_at(double x, double y) {
  return height * (std::sin(tau * x) * std::cos(tau * y) + 0.3 * std::cos(2.0 * tau * y));
}

/// The flux s = -q of the exact solution.
std::array<double, 2> s_at(double x, double y) {
  const double gx = G[0] + height * tau * std::cos(tau * x) * std::cos(tau * y);
  const double gy = G[1] - height * tau * (std::sin(tau * x) * std::sin(tau * y) + 0.6 * std::sin(2.0 * tau * y));
  const double g = std::hypot(gx, gy, G[2]), f = part_at(x, y);
  const double a = (f * testing::inclusion.flux(T, g) + (1.0 - f) * testing::matrix.flux(T, g)) / g;
  return {a * gx, a * gy};
}

/// -div s, by differences of the eighth order.
double source_at(double x, double y) {
  constexpr std::array<double, 4> weights{4.0 / 5.0, -1.0 / 5.0, 4.0 / 105.0, -1.0 / 280.0};
  constexpr double step = 2e-3;
  double divergence = 0.0;
  for (int k = 1; k <= 4; ++k)
    divergence +=
        weights[static_cast<std::size_t>(k - 1)] / step *
        (s_at(x + k * step, y)[0] - s_at(x - k * step, y)[0] + s_at(x, y + k * step)[1] - s_at(x, y - k * step)[1]);
  return -divergence;
}

/// Takes away the means over nodes of either parity, or all.
void remove_means(Field<double>& field) {
  const int n = field.n(), parities = n % 2 == 0 ? 2 : 1;
  std::array<double, 2> sum{};
  const auto parity = [&](int i, int j) { return static_cast<std::size_t>((i + j) % parities); };
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i) sum[parity(i, j)] += field.row(j)[i];
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i) field.row(j)[i] -= sum[parity(i, j)] * parities / (n * n);
}

struct Errors {
  double w, flux;  // relative
};

Errors errors(int n) {
  Field<double> part(n), source(n), exact(n);
  const double h = 1.0 / n;
  Vector mean{};
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i) {
      part.row(j)[i] = part_at((i + 0.5) * h, (j + 0.5) * h);
      source.row(j)[i] = h * source_at(i * h, j * h);
      exact.row(j)[i] = w_at(i * h, j * h);
    }
  for (int j = 0; j < 128; ++j)  // the trapezoidal rule is all but exact for periodic functions
    for (int i = 0; i < 128; ++i)
      for (std::size_t k : {0, 1}) mean[k] -= s_at(i / 128.0, j / 128.0)[k] / (128.0 * 128.0);
  remove_means(source);
  remove_means(exact);
  CellProblem problem(n, testing::matrix, testing::inclusion, {.rtol = 1e-10});
  const CellQuestion question{.T = T, .gradient = G, .part = &part, .source = &source};
  EXPECT_FALSE(problem.solve(question));
  const auto& w = problem.correction();
  double difference = 0.0, size = 0.0;
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i) {
      difference += std::pow(h * w.row(j)[i] - exact.row(j)[i], 2);
      size += std::pow(exact.row(j)[i], 2);
    }
  auto flux = problem.flux();
  flux[2] = 0.0;
  return {std::sqrt(difference / size), testing::relative_error(flux, mean)};
}

TEST(ManufacturedCell, converges_with_second_order) {
  Errors before{};
  std::printf("   n   error of w  order   error of flux  order\n");
  for (int n : {16, 17, 32, 33, 64, 65, 128}) {
    const auto now = errors(n);
    if (n % 2 == 1) {  // odd grids are as good as even ones
      EXPECT_LT(now.w, 1.1 * before.w) << n;
      continue;
    }
    const double order = std::log2(before.w / now.w), order_of_flux = std::log2(before.flux / now.flux);
    std::printf("%4d %12.2e %6.2f %15.2e %6.2f\n", n, now.w, order, now.flux, order_of_flux);
    if (n > 16) {
      EXPECT_NEAR(order, 2.0, 0.15) << n;
      EXPECT_GT(order_of_flux, 1.8) << n;
    }
    before = now;
  }
}

}  // namespace
}  // namespace bimetal::homogenisation
