#pragma once

#include <array>

#include "homogenisation/field.hpp"
#include "homogenisation/laminate_rule.hpp"
#include "homogenisation/linear_cell.hpp"
#include "homogenisation/mixed_pixels.hpp"
#include "homogenisation/phase_law.hpp"

namespace bimetal::homogenisation {

using Vector = std::array<double, 3>;  // x, y, z; z is along the fibres

/// What a cell is asked: T [K], mean gradient [K/m], what part of every pixel is inclusion [n, n], and which of the
/// pixels are cut by a border. Fields are borrowed until the next question.
struct CellQuestion {
  double T = 300.0;
  Vector gradient{};
  const Field<double>* part = nullptr;
  const MixedPixels* mixed = nullptr;     // or null: none
  const Field<double>* source = nullptr;  // per node [n, n], mean over the cell 0; for tests, none otherwise
};

/// Mean values over the cell of the fluxes s = -q and what they change by.
struct CellMeans {
  Vector s{};                 // [W/m²]
  std::array<double, 3> C{};  // ds/dg in the plane at fixed w, {C11, C12, C22} [W/m/K]
};

/// How mean and local fluxes change at fixed w: columns of [x, y, z, T]. The fields are fluxes along the diagonals of
/// pixels, as in DiagonalConductivity; those of x and y follow from it.
struct Couplings {
  explicit Couplings(int n) : u_z(n), v_z(n), u_T(n), v_T(n) {}
  Field<double> u_z, v_z, u_T, v_T;
  std::array<std::array<double, 4>, 3> mean{};  // ds_i/d(g_x, g_y, g_z, T)
};

/// Fluxes of all pixels at the gradient G + grad w: in mixed pixels by the rule of the laminate, in others by the
/// laws of the two phases in the proportion of the pixel (Voigt's mixture; in pure pixels, the law of their phase).
/// Both derive from a convex potential. w is in pixel widths, at pixel corners, and the gradient in the pixel's
/// centre is the mean of its four differences. Local.
class PixelFluxes {
 public:
  PixelFluxes(int n, const PhaseLaw& matrix, const PhaseLaw& inclusion);

  /// What follows is of this question.
  void begin(const CellQuestion& question);
  /// Half the trace of the mean conductivity in the plane at w = 0, by Voigt's mixture everywhere [W/m/K].
  double uniform_conductivity() const;

  /// residual: [n, n] nodes out, the derivative of the cell's potential by w; conductivity: at w, times `scale`.
  CellMeans evaluate(const Field<double>& w, double scale, Field<double>& residual,
                     DiagonalConductivity& conductivity);

  /// At the w of the last evaluation.
  void couple(const Field<double>& w, Couplings& couplings);

 private:
  LaminateRule::Flux evaluate_row(int j, const Field<double>& w, double scale, double* u, double* v,
                                  DiagonalConductivity& conductivity) const;
  void add_mixed(int j, double scale, double* u, double* v, DiagonalConductivity& conductivity,
                 LaminateRule::Flux& sums) const;
  void couple_row(int j, const Field<double>& w, Couplings& couplings) const;
  void add_mixed(int j, Couplings& couplings) const;

  PhaseLaw matrix_, inclusion_;
  CellQuestion question_;
  LawAt matrix_at_, inclusion_at_;  // the temperature of the question
  LaminateRule mixed_;
  Field<double> matrix_part_, inclusion_part_;  // of every pixel; both 0 of mixed ones
  Field<double> flux_;                          // scratch: u and v of two rows of pixels
};

/// to [n, n] = what fluxes u, v along the diagonals of pixels (columns not wrapped) leave in the nodes. Local.
void gather(const Field<double>& u, const Field<double>& v, Field<double>& to);

}  // namespace bimetal::homogenisation
