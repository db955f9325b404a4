#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/random.hpp"
#include "core/rows.hpp"
#include "core/signature.hpp"

namespace bimetal::surrogate::testing {

/// A stiff-like map with the traits of a reactor and an exact answer: elements a and b, species A2, B2, AB, A, B, and
/// four reactions one after the other, each at a rate that depends on temperature through an Arrhenius factor. The
/// increments of A span more than five decades between 600 and 2200 K.
/// Row: T [K], Y of the species.
inline core::Signature toy_signature() {
  using core::Nature;
  core::Signature signature;
  signature.kind = "toy";
  signature.inputs = {{"T", "K", 1000.0, Nature::temperature},   {"Y_A2", "1", 0.3, Nature::mass_fraction},
                      {"Y_B2", "1", 0.6, Nature::mass_fraction}, {"Y_AB", "1", 0.5, Nature::mass_fraction},
                      {"Y_A", "1", 0.02, Nature::mass_fraction}, {"Y_B", "1", 0.05, Nature::mass_fraction}};
  signature.outputs = core::continued(signature.inputs);
  signature.outputs[0].derived = true;
  signature.strata = core::Strata{.input = 0, .from = 250.0, .to = 3500.0};
  // Masses: a = 1, b = 3, so AB is a quarter a.
  signature.invariants = core::Matrix(2, 6);
  signature.invariants.values = {0.0, 1.0, 0.0, 0.25, 1.0, 0.0,  //
                                 0.0, 0.0, 1.0, 0.75, 0.0, 1.0};
  signature.dt = 1e-6;
  return signature;
}

/// The same for rows that say how long their step is: a column "dt" behind the others.
inline core::Signature toy_signature_with_step() {
  auto signature = toy_signature();
  signature.inputs.push_back({"dt", "s", signature.dt, core::Nature::positive, core::Condition::time_step});
  return signature;
}

/// One step of the toy, of the length in `in` if there is one.
inline void toy_solve(std::span<const double> in, std::span<double> out) {
  const double T = in[0];
  const double length = in.size() > 6 ? 1e6 * in[6] : 1.0;   // [us]
  const auto part = [&](double factor, double activation) {  // converted in one step
    return 1.0 - std::exp(-length * factor * std::exp(-activation / T));
  };
  double A2 = in[1], B2 = in[2], AB = in[3], A = in[4], B = in[5];
  const double split_a = A2 * part(30.0, 9000.0);
  A2 -= split_a, A += split_a;
  const double split_b = B2 * part(60.0, 12000.0);
  B2 -= split_b, B += split_b;
  const double made = std::min(4.0 * A, 4.0 / 3.0 * B) * part(4.0, 2000.0);
  A -= 0.25 * made, B -= 0.75 * made, AB += made;
  const double broken = AB * part(10.0, 14000.0);
  AB -= broken, A += 0.25 * broken, B += 0.75 * broken;
  out[0] = T + 1500.0 * (AB - in[3]);
  out[1] = A2, out[2] = B2, out[3] = AB, out[4] = A, out[5] = B;
}

struct Rows {
  core::RowTable in{6};
  core::RowTable out{6};
  std::vector<std::int64_t> id;
};

/// States of a flame-like set: temperature and progress go together, radicals scatter over decades.
inline Rows toy_rows(std::int64_t n, std::uint64_t seed) {
  Rows rows;
  std::vector<double> in(6), out(6);
  for (std::int64_t i = 0; i < n; ++i) {
    std::uint64_t n_drawn = 0;
    const auto random = [&] {
      return core::random_uniform(seed, core::Purpose::initial, static_cast<std::uint64_t>(i), n_drawn++);
    };
    const double progress = random();
    in[0] = 600.0 + 1500.0 * progress + 100.0 * random();
    in[4] = 0.02 * std::pow(10.0, -4.0 * random()) * progress;
    in[5] = 0.05 * std::pow(10.0, -4.0 * random()) * progress;
    in[3] = 0.9 * progress * (0.8 + 0.2 * random());
    const double rest = 1.0 - in[3] - in[4] - in[5];
    in[1] = rest * (0.2 + 0.1 * random());
    in[2] = rest - in[1];
    toy_solve(in, out);
    rows.in.append(in);
    rows.out.append(out);
    rows.id.push_back(i);
  }
  return rows;
}

/// States as above, each with a step of its own between the two, evenly spread in ln dt.
inline Rows toy_rows_with_step(std::int64_t n, std::uint64_t seed, double shortest, double longest) {
  auto rows = toy_rows(n, seed);
  core::RowTable in(7, n);
  for (std::int64_t i = 0; i < n; ++i) {
    std::ranges::copy(rows.in[i], in[i].begin());
    const double u = core::random_uniform(seed, core::Purpose::batch, static_cast<std::uint64_t>(i), 0);
    in[i][6] = shortest * std::pow(longest / shortest, u);
    toy_solve(in[i], rows.out[i]);
  }
  rows.in = std::move(in);
  return rows;
}

/// max_k |proposed - true| / scale_k over the predicted columns.
inline double scaled_error(const core::Signature& signature, std::span<const double> proposed,
                           std::span<const double> truth) {
  double error = 0.0;
  for (std::size_t k = 0; k < signature.outputs.size(); ++k)
    if (!signature.outputs[k].derived)
      error = std::max(error, std::abs(proposed[k] - truth[k]) / signature.outputs[k].scale);
  return error;
}

}  // namespace bimetal::surrogate::testing
