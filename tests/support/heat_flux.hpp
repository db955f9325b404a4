#pragma once

#include <array>
#include <cmath>
#include <numbers>

#include "core/random.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::testing {

/// A sub-problem whose two outputs continue none of its four inputs: the heat flux of a porous solid,
/// q = -(1 - porosity) T/300 K (1 + |g|²)^(1/4) g. Row: T [K], gradient g_x, g_y [K/m], porosity [1]; out: q_x, q_y
/// [W/m²]. No step of time, nothing conserved, no row at rest. A flux does not flow uphill: that is its own gate.
class HeatFlux : public subproblem::SubproblemSolver, public subproblem::Kind {
 public:
  static constexpr double scale = 2.0;

  HeatFlux() {
    signature_.kind = "heat_flux";
    signature_.inputs = {{"T", "K", 100.0, core::Nature::temperature},
                         {"g_x", "K/m"},
                         {"g_y", "K/m"},
                         {"porosity", "1", 1.0, core::Nature::plain}};
    signature_.outputs = {{"q_x", "W/m2", scale}, {"q_y", "W/m2", scale}};
    signature_.invariants = core::Matrix(0, 2);
    signature_.strata = core::Strata{.input = 3, .from = 0.0, .to = 0.5};
    signature_.fingerprint = "porous";
  }

  subproblem::Kind& kind() override { return *this; }
  subproblem::BatchReport solve(subproblem::Batch& batch) override {
    for (std::int64_t i = 0; i < batch.in.size(); ++i) {
      conduct(batch.in[i], batch.out[i]);
      if (!batch.seconds.empty()) batch.seconds[static_cast<std::size_t>(i)] = 1e-5;
    }
    return {};
  }

  const core::Signature& signature() const override { return signature_; }
  std::vector<std::string> gates() const override { return {"uphill"}; }
  subproblem::Gate admit(std::span<const double> in, std::span<double> out, double) override {
    if (!std::isfinite(out[0] + out[1])) return subproblem::Gate::not_finite;
    return in[1] * out[0] + in[2] * out[1] > 0.0 ? subproblem::own_gate(0) : subproblem::Gate::open;
  }

  static void conduct(std::span<const double> in, std::span<double> out) {
    const double k = (1.0 - in[3]) * in[0] / 300.0 * std::pow(1.0 + in[1] * in[1] + in[2] * in[2], 0.25);
    out[0] = -k * in[1];
    out[1] = -k * in[2];
  }

  /// A row of its own for every (step, cell).
  static void draw(std::uint64_t step, std::uint64_t cell, std::span<double> in) {
    const auto random = [&](std::uint64_t column) {
      return core::random_uniform(11, core::Purpose::initial, step, 4 * cell + column);
    };
    const double steepness = random(1), angle = 2.0 * std::numbers::pi * random(2);
    in[0] = 250.0 + 150.0 * random(0);
    in[1] = steepness * std::cos(angle);
    in[2] = steepness * std::sin(angle);
    in[3] = 0.5 * random(3);
  }

 private:
  core::Signature signature_;
};

}  // namespace bimetal::testing
