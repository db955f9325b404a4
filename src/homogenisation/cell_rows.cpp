#include "homogenisation/cell_rows.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/error.hpp"

namespace bimetal::homogenisation {
namespace {

constexpr double least_part = 1e-6;  // of a gradient, for a component

/// A direction in the plane; that of x where there is none.
struct Direction {
  double magnitude, x, y;
};
Direction direction_of(double x, double y) {
  const double magnitude = std::hypot(x, y);
  return magnitude > 0.0 ? Direction{magnitude, x / magnitude, y / magnitude} : Direction{0.0, 1.0, 0.0};
}

/// A mirror image and a quarter turn that bring the angle of an ellipse into [0, π/4].
struct Symmetry {
  bool mirrors = false;  // x -> -x, first
  bool swaps = false;    // x <-> y
  double angle = 0.0;

  void apply(double& x, double& y) const {
    if (mirrors) x = -x;
    if (swaps) std::swap(x, y);
  }
  void undo(double& x, double& y) const {
    if (swaps) std::swap(x, y);
    if (mirrors) x = -x;
  }
};
Symmetry symmetry_of(double angle) {
  constexpr double pi = std::numbers::pi;
  Symmetry symmetry{.angle = angle - pi * std::floor(angle / pi)};
  if (symmetry.angle > 0.5 * pi) {
    symmetry.angle = pi - symmetry.angle;
    symmetry.mirrors = true;
  }
  if (symmetry.angle > 0.25 * pi) {
    symmetry.angle = 0.5 * pi - symmetry.angle;
    symmetry.swaps = true;
  }
  symmetry.angle = std::max(symmetry.angle, 0.0);
  return symmetry;
}

}  // namespace

void CellRows::pose(const CellState& cell, std::span<double> row) const {
  EXPECT(row.size() == n_in());
  const auto symmetry = symmetry_of(cell.angle);
  double x = cell.gradient[0], y = cell.gradient[1];
  symmetry.apply(x, y);
  const double z = d_ == 3 ? cell.gradient[2] : 0.0;
  const auto n = direction_of(x, y);
  const double square = n.magnitude * n.magnitude + z * z;
  std::size_t k = 0;
  row[k++] = cell.T;
  row[k++] = 0.5 * std::log1p(square / (scale_ * scale_));
  row[k++] = n.x * n.x - n.y * n.y;
  row[k++] = 2.0 * n.x * n.y;
  if (d_ == 3) row[k++] = square > 0.0 ? z * z / square : 0.0;
  row[k++] = cell.fraction;
  row[k++] = symmetry.angle;
}

void CellRows::read(const CellState& cell, std::span<const double> answer, std::span<double> flux) const {
  EXPECT(answer.size() == d_ && flux.size() == d_);
  const auto symmetry = symmetry_of(cell.angle);
  double x = cell.gradient[0], y = cell.gradient[1];
  symmetry.apply(x, y);
  double q_x = -answer[0] * x + answer[1] * y, q_y = -answer[0] * y - answer[1] * x;
  symmetry.undo(q_x, q_y);
  flux[0] = q_x;
  flux[1] = q_y;
  if (d_ == 3) flux[2] = -answer[2] * cell.gradient[2];
}

CellState CellRows::representative(std::span<const double> row) const {
  EXPECT(row.size() == n_in());
  const double magnitude = scale_ * std::max(std::sqrt(std::expm1(2.0 * std::max(row[1], 0.0))), least_part);
  const double share = d_ == 3 ? std::clamp(row[4], 0.0, 1.0) : 0.0;
  const double in_plane = magnitude * std::max(std::sqrt(1.0 - share), least_part);
  const double phi = 0.5 * std::atan2(row[3], row[2]);
  CellState cell{.T = row[0],
                 .gradient = {in_plane * std::cos(phi), in_plane * std::sin(phi), 0.0},
                 .fraction = row[n_in() - 2],
                 .angle = row[n_in() - 1]};
  if (d_ == 3) cell.gradient[2] = magnitude * std::max(std::sqrt(share), least_part);
  return cell;
}

void CellRows::answer(const CellState& representative, std::span<const double> flux, std::span<double> answer) const {
  EXPECT(answer.size() == d_ && flux.size() == d_);
  const auto n = direction_of(representative.gradient[0], representative.gradient[1]);
  answer[0] = -(flux[0] * n.x + flux[1] * n.y) / n.magnitude;
  answer[1] = (flux[0] * n.y - flux[1] * n.x) / n.magnitude;
  if (d_ == 3) answer[2] = -flux[2] / representative.gradient[2];
}

}  // namespace bimetal::homogenisation
