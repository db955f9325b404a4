#include "homogenisation/laminate_rule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

#include "cells.hpp"

namespace bimetal::homogenisation {
namespace {

constexpr double T = 340.0;

struct Pixel {
  double part, direction;  // of the normal
};

/// Of a single pixel.
class One {
 public:
  One(const Pixel& pixel, const PhaseLaw& matrix, const PhaseLaw& inclusion)
      : matrix_(matrix), inclusion_(inclusion) {
    pixels_.first = {0, 1, 1, 1, 1};
    pixels_.row = pixels_.column = {0};
    pixels_.part = {pixel.part};
    pixels_.normal_x = {std::cos(pixel.direction)};
    pixels_.normal_y = {std::sin(pixel.direction)};
    rule_.begin(&pixels_);
  }
  const LaminateRule::Flux& flux(const Vector& g, double temperature = T) {
    rule_.evaluate(LawAt(matrix_, temperature), LawAt(inclusion_, temperature), g, w_);
    return rule_.fluxes()[0];
  }
  Vector s(const Vector& g, double temperature = T) {
    const auto& found = flux(g, temperature);
    return {found.u + found.v, found.u - found.v, found.z * g[2]};
  }
  LaminateRule::Coupling coupling(const Vector& g) {
    flux(g);
    rule_.couple(LawAt(matrix_, T), LawAt(inclusion_, T), g[2]);
    return rule_.couplings()[0];
  }

 private:
  PhaseLaw matrix_, inclusion_;
  MixedPixels pixels_;
  LaminateRule rule_;
  Field<double> w_{4};
};

/// By bisection for the gradient across the border in the matrix.
Vector exact(const Pixel& pixel, const PhaseLaw& matrix, const PhaseLaw& inclusion, const Vector& g) {
  const double nx = std::cos(pixel.direction), ny = std::sin(pixel.direction), f = pixel.part;
  const double gn = nx * g[0] + ny * g[1], gt = nx * g[1] - ny * g[0], other = std::hypot(gt, g[2]);
  const auto secant = [&](const PhaseLaw& law, double x) {
    return law.conductivity(T) * std::pow(1.0 + (x * x + other * other) / (law.g0 * law.g0), 0.5 * (law.p - 2.0));
  };
  double low = 0.0, high = 1.0 / (1.0 - f);  // of gn
  for (int i = 0; i < 200; ++i) {
    const double x = 0.5 * (low + high), y = (1.0 - (1.0 - f) * x) / f;
    (secant(matrix, gn * x) * x < secant(inclusion, gn * y) * y ? low : high) = x;
  }
  const double x = gn * low, y = gn * (1.0 - (1.0 - f) * low) / f;
  const double a_m = secant(matrix, x), a_i = secant(inclusion, y), a = (1.0 - f) * a_m + f * a_i;
  const double s_n = (1.0 - f) * a_m * x + f * a_i * y;
  return {s_n * nx - a * gt * ny, s_n * ny + a * gt * nx, a * g[2]};
}

std::array<Vector, 6> gradients(double g) {
  return {Vector{g, 0.0, 0.0}, {0.0, g, 0.0},          {0.3 * g, -0.8 * g, 0.0},
          {g, 2.0 * g, -g},    {1e-6 * g, g, 0.5 * g}, {0.0, 0.0, g}};
}

TEST(LaminateRule, carries_the_flux_of_a_laminate) {
  // Where one phase takes but a millionth of the gradient, 10 digits are left of it.
  for (const auto& [size, most] : {std::pair{1e-3, 1e-12}, {1.0, 1e-12}, {1e3, 1e-10}, {1e6, 1e-7}}) {
    double worst = 0.0;
    for (double p_matrix : {1.3, 2.0, 4.0})
      for (double p_inclusion : {1.3, 2.0, 4.0})
        for (double contrast : {1000.0, 30.0, 0.01})
          for (double part : {1e-3, 0.2, 0.5, 0.9, 0.999})
            for (double direction : {0.0, 0.4, 2.5}) {
              const Pixel pixel{part, direction};
              const PhaseLaw matrix{.p = p_matrix}, inclusion{.k = contrast, .p = p_inclusion};
              One one(pixel, matrix, inclusion);
              for (const auto& g : gradients(size))
                worst = std::max(worst, testing::relative_error(one.s(g), exact(pixel, matrix, inclusion, g)));
            }
    std::printf("laminate rule: largest error at %.0e g0: %.1e\n", size, worst);
    EXPECT_LT(worst, most) << size;
  }
}

TEST(LaminateRule, has_no_trouble_with_slivers) {
  for (double sliver : {1e-300, 1e-16, 1e-9})
    for (double p : {1.3, 4.0}) {
      const PhaseLaw matrix{.p = 2.5}, inclusion{.k = 100.0, .p = p};
      const Vector g{3.0, 1.0, 0.5};
      One almost_matrix({sliver, 0.3}, matrix, inclusion),
          almost_inclusion({1.0 - 1e-16 - sliver, 0.3}, matrix, inclusion);
      const double size = std::hypot(g[0], g[1], g[2]);
      EXPECT_NEAR(almost_matrix.s(g)[0] / (matrix.flux(T, size) * g[0] / size), 1.0, 1e-6);
      EXPECT_NEAR(almost_inclusion.s(g)[0] / (inclusion.flux(T, size) * g[0] / size), 1.0, 1e-6);
    }
}

TEST(LaminateRule, tangent_is_the_derivative_of_the_flux) {
  double worst = 0.0;
  for (double part : {0.1, 0.5, 0.95})
    for (double direction : {0.0, 0.4, 2.5})
      for (const auto& g : gradients(1500.0)) {
        One one({part, direction}, testing::matrix, testing::inclusion);
        const double step = 0.1, size = testing::distance(g, {});
        std::array<Vector, 4> exact{};  // by g_x, g_y, g_z, T
        for (std::size_t k = 0; k < 4; ++k) {
          auto up = g, down = g;
          if (k < 3) up[k] += step, down[k] -= step;
          const double dT = k == 3 ? step : 0.0;
          const auto s_up = one.s(up, T + dT), s_down = one.s(down, T - dT);
          for (std::size_t i = 0; i < 3; ++i) exact[k][i] = (s_up[i] - s_down[i]) / (2.0 * step);
        }
        const auto more = one.coupling(g);
        const auto flux = one.flux(g);
        const std::array<Vector, 4> found{
            Vector{flux.A + 2.0 * flux.B + flux.C, flux.A - flux.C, more.u_z + more.v_z},
            {flux.A - flux.C, flux.A - 2.0 * flux.B + flux.C, more.u_z - more.v_z},
            {more.u_z + more.v_z, more.u_z - more.v_z, more.zz},
            {more.u_T + more.v_T, more.u_T - more.v_T, more.zT}};
        const double scale = testing::distance(one.s(g), {}) / size;
        for (std::size_t k = 0; k < 4; ++k)
          worst = std::max(worst, testing::distance(found[k], exact[k]) / scale * (k < 3 ? 1.0 : T / size));
      }
  std::printf("laminate rule: largest error of the tangent %.1e\n", worst);
  EXPECT_LT(worst, 1e-6);
}

TEST(LaminateRule, lies_between_the_bounds_of_reuss_and_voigt) {
  const PhaseLaw matrix{}, inclusion{.k = 50.0};
  for (double part : {0.1, 0.5, 0.9})
    for (int i = 0; i < 20; ++i) {
      const double direction = 0.1 * std::numbers::pi * i;
      const Vector g{std::cos(direction), std::sin(direction), 0.0};
      const double k =
          One({part, 0.7}, matrix, inclusion).s(g)[0] * g[0] + One({part, 0.7}, matrix, inclusion).s(g)[1] * g[1];
      EXPECT_LE(k, (1.0 + 1e-12) * (1.0 - part + 50.0 * part));
      EXPECT_GE(k, (1.0 - 1e-12) / (1.0 - part + part / 50.0));
    }
}

}  // namespace
}  // namespace bimetal::homogenisation
