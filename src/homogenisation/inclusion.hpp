#pragma once

#include "homogenisation/field.hpp"
#include "homogenisation/mixed_pixels.hpp"

namespace bimetal::homogenisation {

enum class Shape {
  ellipse,  // centred in the cell; of all cells together a square array
  laminate  // layers normal to x, inclusion where x < fraction; the angle means nothing and should be 0
};

/// The largest volume fraction of an ellipse whose long axis, in any direction, stays a little shorter than the cell
/// is wide, so that it does not reach its periodic images: 0.95 pi/(4 aspect). aspect: long over short axis [1],
/// >= 1.
double largest_fraction(Shape shape, double aspect);

/// Which part of every pixel is inclusion. Pixels near the border of an ellipse are mixed: a smooth ramp of the
/// distance from it, 1.8 pixels wide, so that fluxes are a smooth (C2) function of fraction and angle, in which the
/// pixels hardly show. The border is moved to where the mean over pixels is the fraction to round-off. Of a laminate
/// the mean is exact as well. fraction [1] in [0, largest_fraction]; angle [rad] of the long axis to x. part: [n, n]
/// out, in [0, 1]; mixed: out, pixels whose part is between. Local.
class Inclusion {
 public:
  Inclusion(int pixels, Shape shape, double aspect);
  void draw(double fraction, double angle, Field<double>& part, MixedPixels& mixed);

 private:
  void draw_laminate(double fraction, Field<double>& part) const;
  void draw_ellipse(double fraction, double angle, Field<double>& part);
  void list_mixed(double angle, const Field<double>& part, MixedPixels& mixed) const;
  void measure_distances(double fraction, double angle);
  double find_border(double fraction) const;

  Shape shape_;
  double aspect_;
  Field<double> distance_;  // from the border, outward [pixels]
};

}  // namespace bimetal::homogenisation
