#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "conduction/flux_rows.hpp"
#include "conduction/tangent_source.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::testing {

/// A law of conduction in closed form that is nonlinear and anisotropic:
/// q = -(1 + b (T - 300) / 100) (1 + |g|²/g0²)^((p-2)/2) K g, K = R diag(1, 1 - f, 1 - f/2) Rᵀ, R = R_z(angle)
/// R_x(angle) (without R_x in 2-D). Conductivity at 300 K without a gradient: 1 W/m/K.
struct PowerLaw {
  std::size_t d = 2;
  double p = 2.0;
  double slope = 0.0;  // b
  double g0 = 50.0;    // [K/m]

  using Tensor = std::array<std::array<double, 3>, 3>;
  Tensor tensor(double fraction, double angle) const {
    const double c = d > 1 ? std::cos(angle) : 1.0, s = d > 1 ? std::sin(angle) : 0.0;
    const double cx = d > 2 ? c : 1.0, sx = d > 2 ? s : 0.0;
    const Tensor r{{{c, -s * cx, s * sx}, {s, c * cx, -c * sx}, {0.0, sx, cx}}};
    const std::array<double, 3> along{1.0, 1.0 - fraction, 1.0 - 0.5 * fraction};
    Tensor k{};
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t j = 0; j < 3; ++j)
        for (std::size_t m = 0; m < 3; ++m) k[i][j] += r[i][m] * along[m] * r[j][m];
    return k;
  }

  /// row: T, g [d], fraction, angle; flux: [d]; tangent: [d, 1 + d] or empty.
  void conduct(std::span<const double> row, std::span<double> flux, std::span<double> tangent = {}) const {
    const auto g = row.subspan(1, d);
    double squares = 0.0;
    for (const double component : g) squares += component * component;
    const double base = 1.0 + squares / (g0 * g0), power = std::pow(base, 0.5 * (p - 2.0));
    const double heat = 1.0 + slope * (row[0] - 300.0) / 100.0;
    const auto k = tensor(row[1 + d], row[2 + d]);
    for (std::size_t i = 0; i < d; ++i) {
      double along = 0.0;
      for (std::size_t j = 0; j < d; ++j) along += k[i][j] * g[j];
      flux[i] = -heat * power * along;
      if (tangent.empty()) continue;
      tangent[i * (1 + d)] = -slope / 100.0 * power * along;
      for (std::size_t j = 0; j < d; ++j)
        tangent[i * (1 + d) + 1 + j] = -heat * power * (k[i][j] + (p - 2.0) / base / (g0 * g0) * along * g[j]);
    }
  }
};

/// A law with PowerLaw's interface as a sub-problem, its rows in no frame but the macroscopic one, and its tangents.
template <class Law>
class LawSolver : public subproblem::SubproblemSolver,
                  public subproblem::Kind,
                  public conduction::FluxRows,
                  public conduction::TangentSource {
 public:
  explicit LawSolver(const Law& law) : law_(law) {
    signature_.kind = "power_law";
    const std::array gradient{"g_x", "g_y", "g_z"}, flux{"q_x", "q_y", "q_z"};
    signature_.inputs = {{"T", "K", 100.0, core::Nature::temperature}};
    for (std::size_t i = 0; i < law.d; ++i) {
      signature_.inputs.push_back({gradient[i], "K/m"});
      signature_.outputs.push_back({flux[i], "W/m2"});
    }
    signature_.inputs.push_back({"fraction", "1"});
    signature_.inputs.push_back({"angle", "rad"});
    signature_.invariants = core::Matrix(0, law.d);
  }

  // What it was asked, call by call.
  struct Call {
    std::int64_t step = 0;
    subproblem::Iterate iterate = subproblem::Iterate::none;
    std::vector<std::int64_t> ids{};
  };
  std::vector<Call> calls;
  std::int64_t failing_id = -1;
  std::size_t failing_call = 0;  // the only one in which it fails
  std::int64_t n_tangents = 0;
  double factor = 1.0;             // of all fluxes
  std::size_t handed_over_at = 0;  // call from which physics answers; before it a surrogate, with 3 % too much

  subproblem::Kind& kind() override { return *this; }
  const core::Signature& signature() const override { return signature_; }
  subproblem::Gate admit(std::span<const double>, std::span<double>, double) override {
    return subproblem::Gate::open;
  }
  subproblem::BatchReport solve(subproblem::Batch& batch) override {
    EXPECT(subproblem::fits(batch, signature_));
    calls.push_back({batch.step, batch.iterate, {batch.id.begin(), batch.id.end()}});
    subproblem::BatchReport report;
    for (std::int64_t i = 0; i < batch.in.size(); ++i) {
      const std::int64_t id = batch.id[static_cast<std::size_t>(i)];
      law_.conduct(batch.in[i], batch.out[i]);
      const bool by_surrogate = calls.size() <= handed_over_at;
      for (double& component : batch.out[i]) component *= by_surrogate ? 1.03 * factor : factor;
      if (by_surrogate && !batch.provenance.empty())
        batch.provenance[static_cast<std::size_t>(i)] = {.answerer = subproblem::Answerer::surrogate, .version = 7};
      else if (!batch.provenance.empty())
        batch.provenance[static_cast<std::size_t>(i)] = {};
      if (id != failing_id || calls.size() != 1 + failing_call) continue;
      std::ranges::fill(batch.out[i], 0.0);
      report.failures.push_back({id, "asked to fail", {batch.in[i].begin(), batch.in[i].end()}});
    }
    return report;
  }

  void pose(const conduction::FaceState& face, std::span<double> row) const override {
    row[0] = face.temperature;
    std::ranges::copy(face.gradient, row.begin() + 1);
    row[1 + law_.d] = face.microstructure.fraction;
    row[2 + law_.d] = face.microstructure.angle;
  }
  void read(const conduction::FaceState&, std::span<const double> answer, std::span<double> flux) const override {
    std::ranges::copy(answer, flux.begin());
  }
  bool tangent(const conduction::FaceState& face, std::span<double> matrix) override {
    std::array<double, 6> row{};
    std::array<double, 3> flux{};
    pose(face, row);
    law_.conduct(row, flux, matrix);
    for (double& derivative : matrix) derivative *= factor;
    ++n_tangents;
    return true;
  }

 private:
  Law law_;
  core::Signature signature_;
};
using PowerLawSolver = LawSolver<PowerLaw>;

}  // namespace bimetal::testing
