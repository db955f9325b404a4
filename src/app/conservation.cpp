#include "app/conservation.hpp"

#include <algorithm>
#include <cmath>

#include "core/rows.hpp"

namespace bimetal::app {
namespace {

/// The share of a row below which an element is only there by round-off, and changes by as much.
constexpr double least_share = 1e-6;

}  // namespace

ConservationMonitor::ConservationMonitor(subproblem::SubproblemSolver& solver, const chemistry::Mechanism& mechanism)
    : solver_(&solver),
      thermodynamics_(mechanism),
      element_mass_(mechanism.n_elements(), mechanism.n_species()),
      species_enthalpy_(mechanism.n_species()) {
  for (std::size_t e = 0; e < mechanism.n_elements(); ++e)
    for (std::size_t k = 0; k < mechanism.n_species(); ++k)
      element_mass_(e, k) = mechanism.element_mass_fraction(e, k);
  defects_.elements.assign(mechanism.n_elements(), 0.0);
}

subproblem::BatchReport ConservationMonitor::solve(subproblem::Batch& batch) {
  auto report = solver_->solve(batch);
  for (std::int64_t i = 0; i < batch.in.size(); ++i) compare(batch.in[i], batch.out[i]);
  return report;
}

void ConservationMonitor::persist(const core::Archive& archive) {
  archive.maxima("mass", defects_.mass);
  archive.maxima("enthalpy", defects_.enthalpy);
  archive.maxima("elements", std::span(defects_.elements));
  archive.minima("lowest_Y", defects_.lowest_Y);
}

void ConservationMonitor::compare(std::span<const double> in, std::span<const double> out) {
  if (std::equal(out.begin(), out.end(), in.begin())) return;
  const auto Y_out = out.subspan(1);
  const auto Y_in = in.subspan(1, Y_out.size());
  const std::size_t n = Y_out.size();

  double mass = 0.0, change = 0.0;
  for (std::size_t k = 0; k < n; ++k) {
    mass += Y_in[k];
    change += Y_out[k] - Y_in[k];
    defects_.lowest_Y = std::min(defects_.lowest_Y, Y_out[k]);
  }
  defects_.mass = std::max(defects_.mass, std::abs(change) / mass);

  for (std::size_t e = 0; e < element_mass_.rows; ++e) {
    double present = 0.0, gained = 0.0;
    for (std::size_t k = 0; k < n; ++k) {
      present += element_mass_(e, k) * Y_in[k];
      gained += element_mass_(e, k) * (Y_out[k] - Y_in[k]);
    }
    if (present > 0.0)
      defects_.elements[e] = std::max(defects_.elements[e], std::abs(gained) / std::max(present, least_share * mass));
  }

  thermodynamics_.species_enthalpy(in[0], species_enthalpy_);
  double magnitude = 0.0;
  for (std::size_t k = 0; k < n; ++k) magnitude += std::abs(Y_in[k] * species_enthalpy_[k]);
  const double gained = thermodynamics_.enthalpy(out[0], Y_out) - thermodynamics_.enthalpy(in[0], Y_in);
  defects_.enthalpy = std::max(defects_.enthalpy, std::abs(gained) / magnitude);
}

}  // namespace bimetal::app
