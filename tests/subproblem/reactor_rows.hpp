#pragma once

#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "chemistry/mechanism_reader.hpp"
#include "chemistry/mixture.hpp"
#include "core/rows.hpp"
#include "subproblem/ignition.hpp"
#include "subproblem/reactor_solver.hpp"

namespace bimetal::subproblem::testing {

using MechanismPointer = std::shared_ptr<const chemistry::Mechanism>;

inline MechanismPointer load(const std::string& name) {
  return std::make_shared<const chemistry::Mechanism>(
      chemistry::read_mechanism(std::string(BIMETAL_SOURCE_DIR) + "/inputs/mechanisms/" + name + ".yaml"));
}

inline MechanismPointer hydrogen() {
  static const MechanismPointer mechanism = load("h2_burke2012");
  return mechanism;
}

inline MechanismPointer methane() {
  static const MechanismPointer mechanism = load("ch4_gri30_21");
  return mechanism;
}

struct Case {
  MechanismPointer mechanism;
  std::string fuel;
  double T;  // from which the mixture ignites within n_rows steps of dt [K]
  int n_rows;
};

inline std::vector<Case> cases() { return {{hydrogen(), "H2", 1200.0, 100}, {methane(), "CH4", 1800.0, 200}}; }

inline Reactor make_reactor(const Case& one, const ReactorOptions& options = {}) {
  const auto Y = chemistry::fuel_air_mixture(*one.mechanism, one.fuel, 1.0);
  return {one.mechanism, options, reference_scales(*one.mechanism, options.pressure, Y)};
}

/// An input row of this state, under this pressure and step as far as the reactor wants to know them by row.
inline std::vector<double> row_of(const Reactor& reactor, std::span<const double> state, double p, double dt) {
  std::vector<double> row(state.begin(), state.end());
  if (reactor.options().pressure_given == Given::by_row) row.push_back(p);
  if (reactor.options().step_given == Given::by_row) row.push_back(dt);
  return row;
}

inline std::vector<std::int64_t> ids(std::int64_t n) {
  std::vector<std::int64_t> result(static_cast<std::size_t>(n));
  std::iota(result.begin(), result.end(), 0);
  return result;
}

inline BatchReport solve(ReactorSolver& solver, core::ConstRows in, core::Rows out) {
  const auto id = ids(in.size());
  Batch batch{in, out, id};
  return solver.solve(batch);
}

/// Successive states of an igniting stoichiometric mixture: [n_rows + 1, 1 + n_species].
inline core::RowTable ignition_rows(const Case& one, ReactorSolver& solver) {
  const auto width = static_cast<std::int64_t>(1 + one.mechanism->n_species());
  core::RowTable rows(width, one.n_rows + 1);
  const auto Y = chemistry::fuel_air_mixture(*one.mechanism, one.fuel, 1.0);
  rows[0][0] = one.T;
  std::copy(Y.begin(), Y.end(), rows[0].begin() + 1);
  for (std::int64_t i = 0; i < one.n_rows; ++i)
    solve(solver, core::ConstRows(rows[i].data(), 1, width), core::Rows(rows[i + 1].data(), 1, width));
  return rows;
}

/// Largest change of an element's mass from `in` to `out`, relative to the total mass.
inline double element_defect(const core::Signature& signature, std::span<const double> in,
                             std::span<const double> out) {
  double largest = 0.0;
  for (std::size_t e = 0; e < signature.invariants.rows; ++e) {
    double sum = 0.0;
    for (std::size_t k = 0; k < out.size(); ++k) sum += signature.invariants(e, k) * (out[k] - in[k]);
    largest = std::max(largest, std::abs(sum));
  }
  return largest;
}

/// Change of enthalpy from `in` to `out` relative to the sensible enthalpy at hand, cp T.
inline double enthalpy_defect(const Reactor& reactor, std::span<const double> in, std::span<const double> out) {
  const auto& thermodynamics = reactor.thermodynamics();
  const auto Y_in = reactor.state(in).subspan(1);
  const double h_in = thermodynamics.enthalpy(in[0], Y_in);
  const double h_out = thermodynamics.enthalpy(out[0], out.subspan(1));
  return std::abs(h_out - h_in) / (thermodynamics.cp(in[0], Y_in) * in[0]);
}

}  // namespace bimetal::subproblem::testing
