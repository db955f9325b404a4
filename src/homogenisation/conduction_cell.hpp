#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "homogenisation/cell_rows.hpp"
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
  double gradient_scale = 1.0;                              // nominal [K/m], > 0
  double temperature_scale = 100.0;                         // nominal [K], > 0
  std::array<double, 3> conductivity_scale{1.0, 1.0, 1.0};  // what an error of 1 of an answer means [W/m/K], > 0
};

/// Heat conduction through a periodic composite of two phases, one row per macroscopic point: CellRows says what rows
/// and answers are.
class ConductionCell : public subproblem::Kind {
 public:
  /// Throws UserError for options that make no sense.
  explicit ConductionCell(const ConductionCellOptions& options);

  const ConductionCellOptions& options() const { return options_; }
  const core::Signature& signature() const override { return signature_; }

  /// "uphill": heat would not flow down the gradient; "dissipation": more of it than any field in the cell allows.
  std::vector<std::string> gates() const override { return {"uphill", "dissipation"}; }
  subproblem::Gate admit(std::span<const double> in, std::span<double> out, double tolerance) override;
  bool answerable(std::span<const double> in) override { return flaw(in) == nullptr; }
  double reach() const override { return 1.5; }

  /// What is wrong with a row, or null. in: [n_in].
  const char* flaw(std::span<const double> in) const;

  const CellRows& rows() const { return rows_; }

  /// An upper bound of -q·g [W K/m³] of the exact solution on any grid, by the uniform gradient: the potential's
  /// minimum is below <W(g)>, and s·g <= max(2, p) W(g) of each phase, as x^(p/2) is convex for p > 2 and concave
  /// below.
  double most_dissipation(const CellState& cell) const;

 private:
  ConductionCellOptions options_;
  CellRows rows_;
  core::Signature signature_;
};

}  // namespace bimetal::homogenisation
