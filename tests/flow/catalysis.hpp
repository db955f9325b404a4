#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "chemistry/mechanism.hpp"
#include "subproblem/solver.hpp"
#include "test_gas.hpp"

namespace bimetal::testing {

/// A turns into B at a rate set by the amount of C, which does not change; heat is released. C's weight and heat
/// capacity differ, so that transport and reaction do not commute, and B is of another weight than A, so that the gas
/// expands by the reaction as well as by the heat.
inline chemistry::Mechanism catalyst_gas() {
  return gas_of({species("A", {2, 0, 0}, 20.0, 3.5, 3e-4), species("B", {2, 0, 0}, 18.0, 3.0, 8e-4),
                 species("C", {0, 0, 2}, 28.014, 3.5, 4e-4)});
}

/// The exact answer to that reaction over a step, for any step and pressure; with rate 0 nothing happens.
class Catalysis : public subproblem::SubproblemSolver, private subproblem::Kind {
 public:
  explicit Catalysis(double rate, const chemistry::Mechanism& gas = catalyst_gas()) : rate_(rate) {
    signature_.inputs.push_back({"T", "K"});
    for (const auto& kind : gas.species) signature_.inputs.push_back({"Y_" + kind.name, "1"});
    signature_.outputs = core::continued(signature_.inputs);
    signature_.inputs.push_back({.name = "p", .unit = "Pa", .condition = core::Condition::pressure});
    signature_.inputs.push_back({.name = "dt", .unit = "s", .condition = core::Condition::time_step});
  }

  subproblem::Kind& kind() override { return *this; }
  subproblem::BatchReport solve(subproblem::Batch& batch) override {
    for (std::int64_t i = 0; i < batch.in.size(); ++i) {
      const auto in = batch.in[i];
      const auto out = batch.out[i];
      std::ranges::copy(in.first(out.size()), out.begin());
      if (rate_ == 0.0) continue;
      const double turned = in[1] * (1.0 - std::exp(-rate_ * in[3] * in.back()));
      out[0] += 3000.0 * turned;
      out[1] -= turned;
      out[2] += turned;
    }
    return {};
  }

 private:
  const core::Signature& signature() const override { return signature_; }
  subproblem::Gate admit(std::span<const double>, std::span<double>, double) override {
    return subproblem::Gate::open;
  }

  double rate_;
  core::Signature signature_;
};

}  // namespace bimetal::testing
