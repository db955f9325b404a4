#pragma once

#include <array>
#include <vector>

#include "homogenisation/field.hpp"

namespace bimetal::precipitation {

/// The phase field of a periodic unit cell with one grain in its middle, 0 in the grain and 1 around it, at the
/// centres of n x n pixels; columns wrapped.
using PhaseField = homogenisation::Field<double>;

/// What a phase field is like as a whole.
struct Shape {
  double porosity = 1.0;  // mean of the phase field [1]
  double elongation =
      0.0;  // 12 <(1 - phi)(x² - y²)>, x, y from the centre: second moments, relative to a full cell [1]
  double interface = 0.0;  // <phi (1 - phi)>: how much border there is, and how wide [1]
};

/// No shape of this porosity is longer or flatter, or has more of an interface.
inline double most_elongation(double porosity) { return 3.0 * (1.0 - porosity); }
inline double most_interface(double porosity) { return porosity * (1.0 - porosity); }

/// Makes phase fields of given shapes. Local.
class GrainField {
 public:
  /// width: lambda of the profile 1 / (1 + exp(-4 d/lambda)) across a border, d the distance from it, relative to the
  /// side of the cell.
  GrainField(int n, double width);

  /// An ellipse with the axes of the cell, its profile in equilibrium. Semi-axes in x and y relative to the cell's
  /// side.
  void draw(double a, double b, PhaseField& phi) const;
  /// The ellipse that an elliptic grain of this shape would be, as far as there is one.
  void draw(const Shape& shape, PhaseField& phi) const;

  Shape measure(const PhaseField& phi) const;

  /// Moves the border of a grain until porosity, elongation and interface are those of the shape, to 1e-10. Where
  /// that fails, and for a grain of less than a hundredth of the cell, the porosity alone. False if not even that
  /// succeeds; phi means nothing then. Local.
  bool fit(const Shape& shape, PhaseField& phi) const;

 private:
  /// How a border moves: by 4 d/lambda evenly, by as much times cos 2θ, and the profile's stretch.
  using Move = std::array<double, 3>;
  /// How porosity, elongation and interface change with the moves: [number][move].
  using Slopes = std::array<std::array<double, 3>, 3>;
  Slopes slopes(const PhaseField& phi) const;
  void apply(const Move& move, PhaseField& phi) const;
  bool fit(const Shape& shape, std::size_t n_moves, PhaseField& phi) const;

  int n_;
  double width_;
  std::vector<double> x_;               // [n] of pixel centres from the middle
  homogenisation::Field<double> cos2_;  // cos 2θ of pixel centres
};

}  // namespace bimetal::precipitation
