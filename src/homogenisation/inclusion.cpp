#include "homogenisation/inclusion.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "core/error.hpp"

namespace bimetal::homogenisation {
namespace {

constexpr double half_width = 0.5 * std::numbers::sqrt2;  // of the ramp [pixels]: half a pixel's diagonal

/// 1 inside, 0 outside, and a cubic between that has no kinks.
double ramp(double distance) {
  const double t = std::clamp(0.5 - 0.5 * distance / half_width, 0.0, 1.0);
  return t * t * (3.0 - 2.0 * t);
}

/// Its derivative, times -1.
double slope(double distance) {
  const double t = std::clamp(0.5 - 0.5 * distance / half_width, 0.0, 1.0);
  return 3.0 * t * (1.0 - t) / half_width;
}

/// Mean of the ramp with the border moved outward by `shift` pixels, and its derivative.
std::pair<double, double> mean_and_slope(const Field<double>& distance, double shift) {
  const int n = distance.n();
  double sum = 0.0, rate = 0.0;
  for (int j = 0; j < n; ++j) {
    const double* row = distance.row(j);
#pragma omp simd reduction(+ : sum, rate)
    for (int i = 0; i < n; ++i) {
      sum += ramp(row[i] - shift);
      rate += slope(row[i] - shift);
    }
  }
  return {sum / (n * n), rate / (n * n)};
}

}  // namespace

double largest_fraction(Shape shape, double aspect) {
  return shape == Shape::laminate ? 1.0 : 0.95 * 0.25 * std::numbers::pi / aspect;
}

Inclusion::Inclusion(int pixels, Shape shape, double aspect) : shape_(shape), aspect_(aspect), distance_(pixels) {}

void Inclusion::draw(double fraction, double angle, Field<double>& part) {
  EXPECT(fraction >= 0.0 && fraction <= largest_fraction(shape_, aspect_));
  if (fraction == 0.0) return part.fill(0.0);
  if (shape_ == Shape::laminate) return draw_laminate(fraction, part);
  measure_distances(fraction, angle);
  const double shift = find_border(fraction);
  const int n = part.n();
  for (int j = 0; j < n; ++j) {
    const double* distance = distance_.row(j);
    double* to = part.row(j);
#pragma omp simd
    for (int i = 0; i < n; ++i) to[i] = ramp(distance[i] - shift);
  }
}

void Inclusion::draw_laminate(double fraction, Field<double>& part) const {
  const int n = part.n();
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i) part.row(j)[i] = std::clamp(fraction * n - i, 0.0, 1.0);
}

/// Of pixel centres from the ellipse F = x'²/a² + y'²/b² = 1, to first order (F - 1)/|grad F|. The gradient is kept
/// from vanishing in the centre, which is far inside anyway.
void Inclusion::measure_distances(double fraction, double angle) {
  const int n = distance_.n();
  const double b = n * std::sqrt(fraction / (std::numbers::pi * aspect_)), a = aspect_ * b;  // [pixels]
  const double c = std::cos(angle), s = std::sin(angle);
  const double per_a2 = 1.0 / (a * a), per_b2 = 1.0 / (b * b);
  for (int j = 0; j < n; ++j) {
    const double y = j + 0.5 - 0.5 * n;
    double* row = distance_.row(j);
#pragma omp simd
    for (int i = 0; i < n; ++i) {
      const double x = i + 0.5 - 0.5 * n;
      const double along = (c * x + s * y), across = (c * y - s * x);
      const double u = along * along * per_a2, v = across * across * per_b2;
      row[i] = 0.5 * (u + v - 1.0) / std::sqrt(u * per_a2 + v * per_b2 + 0.1 * per_a2);
    }
  }
}

/// By how many pixels the border must move outward for the mean to be `fraction`: Newton's method, held in a bracket.
double Inclusion::find_border(double fraction) const {
  const int n = distance_.n();
  double low = -4.0 * n, high = 4.0 * n, shift = 0.0;
  for (int iteration = 0; iteration < 100; ++iteration) {
    const auto [mean, rate] = mean_and_slope(distance_, shift);
    const double error = mean - fraction;
    if (std::abs(error) <= 1e-14) break;
    (error < 0.0 ? low : high) = shift;
    const double next = shift - error / rate;  // without slope infinite, and so outside
    shift = next > low && next < high ? next : 0.5 * (low + high);
  }
  return shift;
}

}  // namespace bimetal::homogenisation
