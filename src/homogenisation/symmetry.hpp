#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace bimetal::homogenisation {

/// How the axes of an asked cell lie in its representative: canonical component i = sign[i] * component axis[i].
struct Frame {
  std::size_t dimensions = 2;
  std::array<std::size_t, 3> axis{0, 1, 2};
  std::array<double, 3> sign{1.0, 1.0, 1.0};

  /// In one number, and back. Local.
  int number() const;
  static Frame of(int number, std::size_t dimensions);
};

/// The frame of the representative of all cells that are the same but for mirror images and quarter turns of the square
/// and of the grid of pixels, and for the sign of the gradient: angle in [0, pi/4], g_x >= 0, g_z >= 0. A flux is odd
/// in the gradient; in 3-D it is so in (g_x, g_y) and in g_z separately, as an ellipse turned by pi is the same. Meant
/// for ellipses; rows of laminates, at angle 0, only change sign. gradient: [2|3] [K/m]. Local.
Frame canonical_frame(std::span<const double> gradient, double angle);

/// The row [3 + d], as ConductionCell has it, of a cell in a frame that is canonical for its angle. Whoever follows one
/// cell while its gradient changes, and wants an approximate answer to stay continuous, keeps the frame. Local.
void to_frame(const Frame& frame, double T, std::span<const double> gradient, double fraction, double angle,
              std::span<double> row);

/// Both at once. Local.
Frame to_canonical(double T, std::span<const double> gradient, double fraction, double angle, std::span<double> row);

/// The flux [d] of the asked cell by that of its representative; not the same memory. Local.
void from_canonical(const Frame& frame, std::span<const double> canonical_flux, std::span<double> flux);

/// The same of dq/dg [d, d] and dq/dT [d]. Local.
void tangent_from_canonical(const Frame& frame, std::span<const double> dq_dg, std::span<const double> dq_dT,
                            std::span<double> dq_dg_out, std::span<double> dq_dT_out);

}  // namespace bimetal::homogenisation
