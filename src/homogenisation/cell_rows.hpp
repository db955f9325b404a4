#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace bimetal::homogenisation {

/// What a point of the macroscopic body asks its cell.
struct CellState {
  double T = 300.0;                    // [K]
  std::array<double, 3> gradient{};    // mean one [K/m]; of a body in the plane two components
  double fraction = 0.0, angle = 0.0;  // volume fraction of the inclusion [1], of its long axis to x [rad]
};

/// How states of cells become rows, and answers fluxes.
///
/// A row is a smooth and bounded description of its representative, T, steepness = ln(1 + |g|²/scale²)/2, cos 2φ,
/// sin 2φ(, g_z²/|g|²), fraction, angle: φ is the direction of the gradient in the plane, and its double respects
/// that a flux is odd in the gradient. The representative of cells that are mirror images or quarter turns of each
/// other (symmetries of the square and of the grid of pixels) has its angle in [0, π/4].
///
/// The answer is a conductivity in each direction [W/m/K]: along the gradient in the plane n, across it t (n turned
/// by a quarter)(, along the fibres z): q = -|g_xy| (k_along n + k_across t) - k_fibre g_z z. So errors of answers
/// are relative to the gradient, and a flux is odd and vanishes without one, whoever answers.
class CellRows {
 public:
  /// dimensions: 2 or 3. gradient_scale [K/m] > 0.
  CellRows(int dimensions, double gradient_scale)
      : d_(static_cast<std::size_t>(dimensions)), scale_(gradient_scale) {}

  std::size_t n_in() const { return d_ == 2 ? 6 : 7; }
  /// row: [n_in] out, of the cell's representative. Local, like all of them.
  void pose(const CellState& cell, std::span<double> row) const;
  /// flux: [d] out [W/m²], of the cell, by the answer [d] to its row.
  void read(const CellState& cell, std::span<const double> answer, std::span<double> flux) const;

  /// The representative that a row describes. Each component of its gradient is a millionth of the whole, and that of
  /// the scale, at least, so that its flux determines all conductivities.
  CellState representative(std::span<const double> row) const;
  /// answer: [d] out, by the flux [d] of the representative.
  void answer(const CellState& representative, std::span<const double> flux, std::span<double> answer) const;

 private:
  std::size_t d_;
  double scale_;
};

}  // namespace bimetal::homogenisation
