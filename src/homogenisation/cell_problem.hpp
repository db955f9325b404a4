#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "homogenisation/linear_cell.hpp"
#include "homogenisation/pixel_fluxes.hpp"

namespace bimetal::homogenisation {

struct CellOptions {
  double rtol = 1e-4;  // error of the mean flux, as a vector, relative to its magnitude [1], in [1e-10, 0.1]
  int max_newton = 200;
  int max_cg = 2000;  // iterations per Newton step
};

struct CellCounts {
  std::int64_t newton = 0;
  std::int64_t cg = 0;
  std::int64_t evaluations = 0;  // of the fluxes of all pixels
};

/// Derivatives of the mean flux q by the mean gradient, and by the temperature; x, y, z.
struct CellTangent {
  std::array<Vector, 3> dq_dg{};  // [W/m/K], symmetric
  Vector dq_dT{};                 // [W/m²/K]
};

/// The periodic cell problem: finds w that minimises the mean potential of G + grad w, by an inexact Newton method
/// with a search along the line for where the potential's slope vanishes. Everything is allocated once; the result
/// depends on the question alone. One-point quadrature on n x n pixels (Willot, Comptes Rendus Mécanique 343 (2015)
/// 232). Local.
class CellProblem {
 public:
  CellProblem(int n, const PhaseLaw& matrix, const PhaseLaw& inclusion, const CellOptions& options = {});

  /// Why the question could not be solved, or nothing.
  std::optional<std::string> solve(const CellQuestion& question);
  /// Of the question solved last.
  Vector flux() const;
  CellTangent tangent();
  /// w in pixel widths at pixel corners, without its mean (and checkerboard).
  const Field<double>& correction();

  const CellCounts& counts() const { return counts_; }

 private:
  void evaluate();
  std::optional<std::string> advance();
  void set_medium();
  void move_along_step(double length);
  void assemble_loads();
  void respond(std::size_t k, double tolerance);
  double reaction(std::size_t i, std::size_t k) const;

  int n_;
  CellOptions options_;
  PixelFluxes fluxes_;
  LinearCell linear_;
  Field<double> w_, w_start_, residual_;
  Field<float> load_, step_;
  CellMeans means_;
  double scale_ = 1.0;  // of conductivities in the linear problem [m K/W]
  CellCounts counts_;

  // Of tangents.
  Couplings couplings_;
  std::array<Field<double>, 4> loads_;
  std::array<Field<float>, 4> responses_, remainders_;
};

}  // namespace bimetal::homogenisation
