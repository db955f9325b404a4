#include "precipitation/grain_field.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace bimetal::precipitation {
namespace {

constexpr double smallest = 1e-12;    // phi and 1 - phi of a pixel whose border can still be moved [1]
constexpr double alike = 1e-10;       // of two shapes [1]
constexpr double evenly_only = 1e-2;  // part of the cell below which a grain is all interface: its size says all [1]
constexpr double negligible = 1e-10;  // phi (1 - phi) of a pixel far from the border [1]
constexpr int max_steps = 30;         // of Newton's method

double profile(double distance) { return 1.0 / (1.0 + std::exp(-distance)); }

/// Gaussian elimination of the leading n x n part; x: right side, then solution. False if it is singular.
bool solve(std::array<std::array<double, 3>, 3> A, std::size_t n, std::array<double, 3>& x) {
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i)
      if (std::abs(A[i][k]) > std::abs(A[pivot][k])) pivot = i;
    if (!(std::abs(A[pivot][k]) > 0.0)) return false;
    std::swap(A[k], A[pivot]);
    std::swap(x[k], x[pivot]);
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = A[i][k] / A[k][k];
      for (std::size_t j = k; j < n; ++j) A[i][j] -= factor * A[k][j];
      x[i] -= factor * x[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) x[k] -= A[k][j] * x[j];
    x[k] /= A[k][k];
  }
  return std::all_of(x.begin(), x.end(), [](double value) { return std::isfinite(value); });
}

/// What a shape lacks of another one: porosity, elongation, interface.
std::array<double, 3> missing(const Shape& wanted, const Shape& now) {
  return {wanted.porosity - now.porosity, wanted.elongation - now.elongation, wanted.interface - now.interface};
}

/// Whether the first n numbers lack nothing.
bool fits(const std::array<double, 3>& missing, std::size_t n) {
  return std::all_of(missing.begin(), missing.begin() + static_cast<std::ptrdiff_t>(n),
                     [](double value) { return std::abs(value) <= alike; });
}

}  // namespace

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
  const double difference = part > evenly_only ? shape.elongation / (3.0 * part) : 0.0;  // a² - b²
  const double product = part / std::numbers::pi;                                        // a b
  const double a2 = 0.5 * (difference + std::sqrt(difference * difference + 4.0 * product * product));
  draw(std::sqrt(a2), product / std::sqrt(a2), phi);
}

Shape GrainField::measure(const PhaseField& phi) const {
  Shape sum{.porosity = 0.0};
  for (int j = 0; j < n_; ++j) {
    const double *row = phi.row(j), y = x_[static_cast<std::size_t>(j)];
    for (int i = 0; i < n_; ++i) {
      const double x = x_[static_cast<std::size_t>(i)], p = row[i];
      sum.porosity += p;
      sum.elongation += (1.0 - p) * (12.0 * (x * x - y * y));
      sum.interface += p * (1.0 - p);
    }
  }
  const double pixel = 1.0 / (static_cast<double>(n_) * n_);
  return {sum.porosity * pixel, sum.elongation * pixel, sum.interface * pixel};
}

GrainField::Slopes GrainField::slopes(const PhaseField& phi) const {
  Slopes sum{};
  for (int j = 0; j < n_; ++j) {
    const double *row = phi.row(j), *cos2 = cos2_.row(j);
    const double y = x_[static_cast<std::size_t>(j)];
    for (int i = 0; i < n_; ++i) {
      const double x = x_[static_cast<std::size_t>(i)], p = row[i], change = p * (1.0 - p);
      if (change < negligible) continue;
      const Move moves{change, change * cos2[i], change * std::log(p / (1.0 - p))};
      for (std::size_t m = 0; m < moves.size(); ++m) {
        sum[0][m] += moves[m];
        sum[1][m] -= moves[m] * (12.0 * (x * x - y * y));
        sum[2][m] += moves[m] * (1.0 - 2.0 * p);
      }
    }
  }
  const double pixel = 1.0 / (static_cast<double>(n_) * n_);
  for (auto& row : sum)
    for (double& value : row) value *= pixel;
  return sum;
}

/// phi is a function of the distance from the border: 4 d/lambda = ln(phi/(1 - phi)), which is stretched, and to
/// which the moves are added.
void GrainField::apply(const Move& move, PhaseField& phi) const {
  for (int j = 0; j < n_; ++j) {
    double* row = phi.row(j);
    const double* cos2 = cos2_.row(j);
    for (int i = 0; i < n_; ++i) {
      const double inside = std::clamp(row[i], smallest, 1.0 - smallest);
      row[i] = profile((1.0 + move[2]) * std::log(inside / (1.0 - inside)) + move[0] + move[1] * cos2[i]);
    }
    phi.wrap(j);
  }
}

bool GrainField::fit(const Shape& shape, PhaseField& phi) const {
  if (1.0 - shape.porosity < evenly_only) return fit(shape, 1, phi);
  if (fits(missing(shape, measure(phi)), 3)) return true;
  PhaseField moved(n_);
  moved.copy(phi);
  if (!fit(shape, 3, moved)) return fit(shape, 1, phi);
  phi.copy(moved);
  return true;
}

/// Newton's method for the first n_moves ways to move, and as many numbers of the shape.
bool GrainField::fit(const Shape& shape, std::size_t n_moves, PhaseField& phi) const {
  constexpr Move longest{2.0, 2.0, 0.3};  // slopes hold for about half the width of the profile
  for (int step = 0; step < max_steps; ++step) {
    Move move = missing(shape, measure(phi));
    if (fits(move, n_moves)) return true;
    std::fill(move.begin() + static_cast<std::ptrdiff_t>(n_moves), move.end(), 0.0);
    if (!solve(slopes(phi), n_moves, move)) return false;
    double part = 1.0;
    for (std::size_t k = 0; k < n_moves; ++k) part = std::min(part, longest[k] / std::abs(move[k]));
    for (double& value : move) value *= part;
    apply(move, phi);
  }
  return false;
}

}  // namespace bimetal::precipitation
