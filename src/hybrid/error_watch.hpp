#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "control/error_account.hpp"
#include "core/archive.hpp"
#include "core/signature.hpp"
#include "hybrid/hybrid_options.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::hybrid {

/// Errors of the surrogate's accepted answers in one output.
struct OutputError {
  std::string name;
  double scale = 1.0;
  control::ErrorEstimate estimate;
};

/// What audits say about the errors that accepted answers carry on, and where these would lead to by the end of the
/// run.
class ErrorWatch {
 public:
  ErrorWatch(const core::Signature& signature, const HybridOptions& options, parallel::Communicator comm);

  /// An audited answer that stands; [n_out] each. q: chance of its audit. Local.
  void add(std::span<const double> answer, std::span<const double> truth, double q, control::Audited audited) {
    account_.add(answer, truth, q, audited);
  }
  /// The step is over, in which so many rows of all ranks were active. Local.
  void close_step(std::int64_t active) { account_.close_step(active); }

  std::vector<OutputError> estimates() const;  // Collective

  /// What exceeds run_tolerance.
  struct Excess {
    std::string output;
    double expected = 0.0;  // by the end [scales]
  };
  /// The output whose errors, at the pace since the last change of the tolerance, would add up to most, if that is
  /// for sure more than run_tolerance. Collective, alike on all ranks.
  std::optional<Excess> excess(std::int64_t step) const;
  /// Answers are held to another tolerance from the next step on: the pace is measured anew. Collective.
  void measure_anew(std::int64_t step);

  void persist(const core::Archive& archive);

 private:
  std::optional<double> run_tolerance_;
  std::int64_t expected_steps_;
  parallel::Communicator comm_;
  std::vector<core::Output> outputs_;
  control::ErrorAccount account_;
  std::int64_t since_ = 0;    // step from which on the pace is measured
  std::vector<double> then_;  // [n_out] accumulated error at that step
};

}  // namespace bimetal::hybrid
