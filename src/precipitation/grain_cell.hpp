#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "precipitation/phase_step.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::precipitation {

struct GrainCellOptions {
  int pixels = 80;  // along each side of the cell, 16..256
  PhaseOptions phase{};
  double conductivity = 1.0, grain_conductivity = 0.0;  // around the grain and of it
  double dt = 0.01;                                     // nominal time step
  double potential_scale = 0.5;                         // nominal u
  // What an error of 1 of an answer means.
  double porosity_scale = 0.02, elongation_scale = 0.02, interface_scale = 0.05;
  std::array<double, 2> conductivity_scale{0.3, 0.3};  // K_xx, K_yy
};

/// A periodic unit cell with a grain that dissolves or grows during a step, one row per macroscopic point.
/// Row: porosity, elongation and interface of the grain at the start (Shape), u, dt; answer: these at the end, and
/// the conductivities then. These three are what a row holds of the cell's state; the rest of it, the phase field, is
/// the memory of the reference solver, [pixels²].
class GrainCell : public subproblem::Kind {
 public:
  enum In { porosity, elongation, interface, potential, step, n_in };
  enum Out { new_porosity, new_elongation, new_interface, K_xx, K_yy, n_out };

  /// Throws UserError for options that make no sense.
  explicit GrainCell(const GrainCellOptions& options);

  const GrainCellOptions& options() const { return options_; }
  const core::Signature& signature() const override { return signature_; }

  /// "shape": no grain has these porosity, elongation and interface; "bounds": a conductivity below 0, or above the
  /// mean one, which is an upper bound of it (O. Wiener, Abh. Kgl. Sächs. Ges. Wiss. 32 (1912) 509).
  std::vector<std::string> gates() const override { return {"shape", "bounds"}; }
  subproblem::Gate admit(std::span<const double> in, std::span<double> out, double tolerance) override;
  bool admit_moved(std::span<const double> in, std::span<double> moved) override;
  bool answerable(std::span<const double> in) override { return flaw(in) == nullptr; }

  double reach() const override { return 2.0; }

  /// What is wrong with a row, or null. in: [n_in].
  const char* flaw(std::span<const double> in) const;

 private:
  GrainCellOptions options_;
  core::Signature signature_;
};

}  // namespace bimetal::precipitation
