#include "precipitation/grain_field.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace bimetal::precipitation {
namespace {

constexpr double smallest = 1e-12;   // phi and 1 - phi of a pixel whose border can still be moved [1]
constexpr double alike = 1e-10;      // of two shapes [1]
constexpr double round_only = 1e-2;  // part of the cell below which a grain's elongation is not cared for [1]
constexpr int max_steps = 30;

double profile(double distance) { return 1.0 / (1.0 + std::exp(-distance)); }

}  // namespace

/// A shape, and how it changes as the border moves.
struct GrainField::Moments {
  Shape shape;
  double porosity_even = 0.0;  // d porosity / d even
  double cross = 0.0;          // d porosity / d along
  double elongation_even = 0.0, elongation_along = 0.0;
};

GrainField::GrainField(int n, double width) : n_(n), width_(width), x_(static_cast<std::size_t>(n)), cos2_(n) {
  for (int i = 0; i < n; ++i) x_[static_cast<std::size_t>(i)] = (i + 0.5) / n - 0.5;
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i) {
      const double x = x_[static_cast<std::size_t>(i)], y = x_[static_cast<std::size_t>(j)], r2 = x * x + y * y;
      cos2_.row(j)[i] = r2 > 0.0 ? (x * x - y * y) / r2 : 0.0;
    }
}

/// The distance from the ellipse to first order.
void GrainField::draw(double a, double b, PhaseField& phi) const {
  for (int j = 0; j < n_; ++j) {
    for (int i = 0; i < n_; ++i) {
      const double x = x_[static_cast<std::size_t>(i)] / a, y = x_[static_cast<std::size_t>(j)] / b;
      const double radius = std::hypot(x, y), slope = std::hypot(x / a, y / b);
      const double distance = slope > 0.0 ? (radius - 1.0) * radius / slope : -std::min(a, b);
      phi.row(j)[i] = profile(4.0 * distance / width_);
    }
    phi.wrap(j);
  }
}

void GrainField::draw(const Shape& shape, PhaseField& phi) const {
  const double part = std::max(1.0 - shape.porosity, smallest);
  const double difference = part > round_only ? shape.elongation / (3.0 * part) : 0.0;  // a² - b²
  const double product = part / std::numbers::pi;                                       // a b
  const double a2 = 0.5 * (difference + std::sqrt(difference * difference + 4.0 * product * product));
  draw(std::sqrt(a2), product / std::sqrt(a2), phi);
}

GrainField::Moments GrainField::moments(const PhaseField& phi) const {
  Moments sum;
  sum.shape.porosity = 0.0;
  for (int j = 0; j < n_; ++j) {
    const double *row = phi.row(j), *cos2 = cos2_.row(j), *x = x_.data();
    const double y2 = x[j] * x[j];
    double porosity = 0.0, elongation = 0.0, even = 0.0, along = 0.0, even_moment = 0.0, along_moment = 0.0;
#pragma omp simd reduction(+ : porosity, elongation, even, along, even_moment, along_moment)
    for (int i = 0; i < n_; ++i) {
      const double moment = x[i] * x[i] - y2, change = row[i] * (1.0 - row[i]);
      porosity += row[i];
      elongation += (1.0 - row[i]) * moment;
      even += change;
      along += change * cos2[i];
      even_moment += change * moment;
      along_moment += change * cos2[i] * moment;
    }
    sum.shape.porosity += porosity;
    sum.shape.elongation += elongation;
    sum.porosity_even += even;
    sum.cross += along;
    sum.elongation_even -= even_moment;
    sum.elongation_along -= along_moment;
  }
  const double pixel = 1.0 / (static_cast<double>(n_) * n_);
  for (double* value : {&sum.shape.porosity, &sum.porosity_even, &sum.cross}) *value *= pixel;
  for (double* value : {&sum.shape.elongation, &sum.elongation_even, &sum.elongation_along}) *value *= 12.0 * pixel;
  return sum;
}

Shape GrainField::measure(const PhaseField& phi) const { return moments(phi).shape; }

/// phi is a function of the distance from the border: 4 d/lambda = ln(phi/(1 - phi)), to which the move is added.
void GrainField::shift(double even, double along, PhaseField& phi) const {
  for (int j = 0; j < n_; ++j) {
    double* row = phi.row(j);
    const double* cos2 = cos2_.row(j);
    for (int i = 0; i < n_; ++i) {
      const double factor = std::exp(even + along * cos2[i]);
      const double inside = std::clamp(row[i], smallest, 1.0 - smallest);
      row[i] = inside * factor / (inside * factor + (1.0 - inside));
    }
    phi.wrap(j);
  }
}

/// Newton's method for the two numbers that say how the border moves.
bool GrainField::fit(const Shape& shape, PhaseField& phi) const {
  constexpr double longest_step = 2.0;  // half a width of the profile
  for (int step = 0; step < max_steps; ++step) {
    const auto now = moments(phi);
    const double missing = shape.porosity - now.shape.porosity;
    const bool round = 1.0 - shape.porosity < round_only;
    const double missing_elongation = round ? 0.0 : shape.elongation - now.shape.elongation;
    if (std::abs(missing) <= alike && std::abs(missing_elongation) <= alike) return true;
    double even = missing / now.porosity_even, along = 0.0;
    if (!round) {
      const double determinant = now.porosity_even * now.elongation_along - now.cross * now.elongation_even;
      even = (missing * now.elongation_along - now.cross * missing_elongation) / determinant;
      along = (now.porosity_even * missing_elongation - now.elongation_even * missing) / determinant;
    }
    if (!std::isfinite(even) || !std::isfinite(along)) return false;
    const double length = std::max(std::abs(even), std::abs(along));
    const double part = length > longest_step ? longest_step / length : 1.0;
    shift(part * even, part * along, phi);
  }
  return false;
}

}  // namespace bimetal::precipitation
