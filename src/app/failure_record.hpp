#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "subproblem/reactor_solver.hpp"

namespace bimetal::app {

/// A reactor that physics could not solve, as it was before.
struct FailedReactor {
  std::int64_t cell = -1;           // global id
  double temperature = 0.0;         // [K]
  double pressure = 0.0;            // [Pa]
  double dt = 0.0;                  // [s]
  std::map<std::string, double> Y;  // by species; one that is not here is 0
  std::string reason;               // of the last attempt
};

/// What failed_reactors_NNNNNN.json holds: enough to try the same again.
struct FailureRecord {
  std::string case_name;
  std::int64_t step = 0;
  std::int64_t n_failed = 0;   // in this step on all ranks; some of them are in `reactors`
  std::string mechanism_file;  // path
  std::string mechanism_name;
  std::string fingerprint;                  // of the mechanism
  subproblem::ReactorSolverOptions solver;  // its integrator is never `automatic`
  std::vector<FailedReactor> reactors;
};

/// Numbers in full precision; what is not finite becomes null, the only thing JSON has for it. Local.
nlohmann::ordered_json to_json(const FailedReactor& reactor);
nlohmann::ordered_json to_json(const FailureRecord& record);

/// The way back. A UserError names `source` and what is missing or of another kind. Local.
FailedReactor parse_failed_reactor(const std::string& text, const std::string& source);
FailureRecord parse_failure_record(const std::string& text, const std::string& source);

}  // namespace bimetal::app
