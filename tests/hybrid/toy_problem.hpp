#pragma once

#include <cmath>
#include <memory>
#include <ostream>

#include "subproblem/solver.hpp"

namespace bimetal::testing {

/// Whether rows of the toy say how long they are to burn, or all burn for a second.
enum class Duration { common, by_row };
inline std::ostream& operator<<(std::ostream& stream, Duration duration) {
  return stream << (duration == Duration::common ? "common_duration" : "duration_by_row");
}

/// A sub-problem with a known answer: A turns into B at a rate that depends on T, A + B stays as it is, T is derived.
/// Row: T, A, B; in also the duration, if it is given by row. Cold rows (T < 500) are inert, of which the bound only
/// knows those below 450; those up to 560 the kind can answer by itself; up to 700 it is asked whether it can first.
class ToyKind : public subproblem::Kind {
 public:
  explicit ToyKind(Duration duration = Duration::common) {
    using core::Nature;
    signature_.kind = "toy";
    signature_.inputs = {{"T", "K", 1000.0, Nature::temperature},
                         {"A", "1", 1.0, Nature::mass_fraction},
                         {"B", "1", 1.0, Nature::mass_fraction}};
    signature_.outputs = core::continued(signature_.inputs);
    signature_.outputs[0].derived = true;
    if (duration == Duration::by_row)
      signature_.inputs.push_back({"dt", "s", 1.0, Nature::positive, core::Condition::time_step});
    signature_.invariants = core::Matrix(1, 3);
    signature_.invariants(0, 1) = signature_.invariants(0, 2) = 1.0;
    signature_.strata = core::Strata{.input = 0, .from = 250.0, .to = 3500.0};
    signature_.dt = 1.0;
    signature_.fingerprint = "toy";
  }
  const core::Signature& signature() const override { return signature_; }

  std::vector<std::string> gates() const override { return {"negative", "slight"}; }
  subproblem::Gate admit(std::span<const double> in, std::span<double> out, double tolerance) override {
    using subproblem::Gate;
    if (!std::isfinite(out[1]) || !std::isfinite(out[2])) return Gate::not_finite;
    if (!admit_moved(in, out)) return subproblem::own_gate(0);
    const bool slight = in[0] < 700.0 && std::abs(out[1] - in[1]) < tolerance;
    return slight ? subproblem::own_gate(1) : Gate::open;
  }
  bool admit_moved(std::span<const double> in, std::span<double> out) override {
    out[0] = in[0] + 1000.0 * (in[1] - out[1]);
    return out[1] >= 0.0 && out[2] >= 0.0;
  }
  bool inert(std::span<const double> in, double) override { return in[0] < 500.0; }
  bool surely_inert(std::span<const double> in, double) override { return in[0] < 450.0; }
  bool likely_at_rest(std::span<const double> in) override { return in[0] < 700.0; }
  bool answerable(std::span<const double> in) override { return in[1] < answerable_below_; }
  subproblem::Shortcut shortcut(std::span<const double> in, double, std::span<double> out) override {
    ++n_rates_;
    if (in[0] < 500.0) return subproblem::Shortcut::inert;
    if (in[0] >= 560.0) return subproblem::Shortcut::none;
    burn(in, out);
    return subproblem::Shortcut::explicit_step;
  }

  /// The true answer.
  void burn(std::span<const double> in, std::span<double> out) const {
    const double T = in[0], A = in[1], B = in[2], dt = in.size() > 3 ? in[3] : 1.0;
    const double burnt = A * (1.0 - std::exp(-rate_ * dt * (T - 500.0) / 1000.0));
    out[0] = T + 1000.0 * burnt;
    out[1] = A - burnt;
    out[2] = B + burnt;
  }
  void set_rate(double rate) { rate_ = rate; }
  /// Rows with as much A or more are from now on none to ask a surrogate about.
  void answer_below(double A) { answerable_below_ = A; }
  /// How many rows the kind had a closer look at.
  std::int64_t n_rates() const { return n_rates_; }

 private:
  double rate_ = 0.3;
  double answerable_below_ = 2.0;
  std::int64_t n_rates_ = 0;
  core::Signature signature_;
};

class ToySolver : public subproblem::SubproblemSolver {
 public:
  explicit ToySolver(Duration duration = Duration::common) : kind_(duration) {}
  subproblem::Kind& kind() override { return kind_; }
  subproblem::BatchReport solve(subproblem::Batch& batch) override {
    subproblem::BatchReport report;
    for (std::int64_t i = 0; i < batch.in.size(); ++i) {
      kind_.burn(batch.in[i], batch.out[i]);
      if (!batch.seconds.empty()) batch.seconds[static_cast<std::size_t>(i)] = 1e-5;
      ++n_solved_;
      if (batch.id[static_cast<std::size_t>(i)] == failing_id_) {
        report.failures.push_back({failing_id_, "told to", {}});
        report.retries += 2;
      }
    }
    return report;
  }
  std::int64_t n_solved() const { return n_solved_; }
  void fail_on(std::int64_t id) { failing_id_ = id; }
  /// Other physics from now on: what was learned is wrong.
  void set_rate(double rate) { kind_.set_rate(rate); }

 private:
  ToyKind kind_;
  std::int64_t n_solved_ = 0;
  std::int64_t failing_id_ = -1;
};

}  // namespace bimetal::testing
