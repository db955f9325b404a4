#pragma once

#include <memory>
#include <string>
#include <vector>

#include "chemistry/mechanism.hpp"
#include "core/rows.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::benchmarks {

/// A flame that grows from a hot kernel in a line of gas, and when it is looked at.
struct FlameOptions {
  std::string fuel = "H2";
  double equivalence_ratio = 0.7;
  double stratification = 0.3;
  double kernel_temperature = 1500.0;  // [K]
  double kernel_radius = 0.8e-3;       // [m]
  double length = 8e-3;                // of the periodic line [m]
  std::int64_t cells = 256;
  double step = 1e-6;         // until then [s]
  double development = 2e-4;  // [s]
};

/// Rows T, Y_1..Y_N as transport hands them to the chemistry, where something burns.
struct FlameStates {
  double dt;                   // of the splitting that made them [s]
  std::vector<double> scales;  // [width] what an error of 1 means
  core::RowTable rows;
};

/// Lets the flame develop, then goes on from there with each of the steps `dts` and keeps at most n_rows of the rows
/// that are not inert, evenly chosen. Serial: `comm` has one rank. Collective.
std::vector<FlameStates> flame_states(std::shared_ptr<const chemistry::Mechanism> mechanism,
                                      const FlameOptions& options, const std::vector<double>& dts,
                                      std::int64_t n_rows, const parallel::Communicator& comm);

}  // namespace bimetal::benchmarks
