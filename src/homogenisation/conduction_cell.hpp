#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "homogenisation/inclusion.hpp"
#include "homogenisation/phase_law.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::homogenisation {

struct ConductionCellOptions {
  int dimensions = 2;  // 2; or 3: with a gradient along fibres that are long in z
  int pixels = 32;     // along each side of the cell, 8..128
  Shape shape = Shape::ellipse;
  double aspect = 2.0;  // of the ellipse, long over short axis [1], in [1, 20]
  PhaseLaw matrix{}, inclusion{};
  double gradient_scale = 1.0;       // nominal [K/m], > 0
  double temperature_scale = 100.0;  // nominal [K], > 0
  std::array<double, 3> flux_scale{1.0, 1.0, 1.0};  // what an error of 1 of a component means [W/m²], > 0
};

/// Heat conduction through a periodic composite of two phases, one row per macroscopic point. Row: T [K], the mean
/// gradient g_x, g_y(, g_z) [K/m], volume fraction of the inclusion [1], angle of its long axis to x [rad]. Answer:
/// the mean flux q_x, q_y(, q_z) [W/m²], which continues none of the inputs.
class ConductionCell : public subproblem::Kind {
 public:
  /// Throws UserError for options that make no sense.
  explicit ConductionCell(const ConductionCellOptions& options);

  const ConductionCellOptions& options() const { return options_; }
  const core::Signature& signature() const override { return signature_; }

  /// "uphill": the flux has no part down the gradient; "dissipation": it has more of one than any field in the cell
  /// allows.
  std::vector<std::string> gates() const override { return {"uphill", "dissipation"}; }
  subproblem::Gate admit(std::span<const double> in, std::span<double> out, double tolerance) override;
  bool inert(std::span<const double> in, double) override { return no_gradient(in); }
  bool surely_inert(std::span<const double> in, double) override { return no_gradient(in); }
  bool likely_at_rest(std::span<const double> in) override { return no_gradient(in); }
  bool answerable(std::span<const double> in) override { return flaw(in) == nullptr; }

  /// What is wrong with a row, or null. in: [n_in].
  const char* flaw(std::span<const double> in) const;

  // What the columns of a row are. in: [n_in].
  double temperature(std::span<const double> in) const { return in[0]; }
  std::span<const double> gradient(std::span<const double> in) const { return in.subspan(1, n_dimensions()); }
  double fraction(std::span<const double> in) const { return in[1 + n_dimensions()]; }
  double angle(std::span<const double> in) const { return in[2 + n_dimensions()]; }

  /// An upper bound of -q·g [W K/m³] of the exact solution on any grid, by the uniform gradient: the potential's
  /// minimum is below <W(g)>, and s·g <= max(2, p) W(g) of each phase, as x^(p/2) is convex for p > 2 and concave
  /// below.
  double most_dissipation(std::span<const double> in) const;

 private:
  std::size_t n_dimensions() const { return static_cast<std::size_t>(options_.dimensions); }
  bool no_gradient(std::span<const double> in) const;

  ConductionCellOptions options_;
  core::Signature signature_;
};

}  // namespace bimetal::homogenisation
