#pragma once

#include <vector>

#include "chemistry/mechanism.hpp"
#include "chemistry/thermodynamics.hpp"
#include "core/archive.hpp"
#include "core/matrix.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::app {

/// The largest relative change, over all rows so far, of what a reactor conserves.
struct ConservationDefects {
  double mass = 0.0;             // of the sum of the mass fractions
  double enthalpy = 0.0;         // over sum_k |Y_k h_k|, as h itself may vanish
  std::vector<double> elements;  // [n_elements], over the element's mass in the row, or
                                 // a millionth of the row's if that is more
  double lowest_Y = 0.0;         // most negative mass fraction committed; 0 if there is none
};

/// Watches every answer a reactor solver commits, whoever gave it, and remembers the worst. Collective or Local as
/// the solver it wraps.
class ConservationMonitor : public subproblem::SubproblemSolver {
 public:
  ConservationMonitor(subproblem::SubproblemSolver& solver, const chemistry::Mechanism& mechanism);

  subproblem::Kind& kind() override { return solver_->kind(); }
  subproblem::BatchReport solve(subproblem::Batch& batch) override;

  const ConservationDefects& defects() const { return defects_; }  // of this rank

  void persist(const core::Archive& archive);

 private:
  void compare(std::span<const double> in, std::span<const double> out);

  subproblem::SubproblemSolver* solver_;
  chemistry::Thermodynamics thermodynamics_;
  core::Matrix element_mass_;  // [n_elements, n_species]
  ConservationDefects defects_;
  std::vector<double> species_enthalpy_;  // [n_species] work space
};

}  // namespace bimetal::app
