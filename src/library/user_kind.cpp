#include "library/user_kind.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/error.hpp"
#include "core/fingerprint.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"

namespace bimetal::library {
namespace {

using core::one_line;
using core::UserError;
using subproblem::Gate;
using subproblem::own_gate;

constexpr double bound_slack = 0.1;  // of the tolerance
constexpr const char* out_of_bounds = "out of bounds";

core::Nature nature_of(Nature nature) {
  switch (nature) {
    case Nature::plain: break;
    case Nature::temperature: return core::Nature::temperature;
    case Nature::mass_fraction: return core::Nature::mass_fraction;
    case Nature::positive: return core::Nature::positive;
  }
  return core::Nature::plain;
}

/// seen: names that are taken.
void require_name(const std::string& what, const std::string& name, std::set<std::string>& seen) {
  if (name.empty()) throw UserError::format("a {} has no name; give it one", what);
  if (!core::is_printable(name))
    throw UserError::format("the name of {} {} has characters that are not printable UTF-8", what,
                            one_line(name, 80));
  if (!seen.insert(name).second) throw UserError::format("two {}s are called {}; names tell them apart", what, name);
}

void require_column(const std::string& what, const std::string& name, double scale, std::set<std::string>& seen) {
  require_name(what, name, seen);
  if (!(scale > 0.0 && std::isfinite(scale)))
    throw UserError::format("{} {} has scale {}, which must be a number greater than 0: what counts as an error of 1",
                            what, one_line(name, 80), scale);
}

std::int64_t column_of(const std::string& name, const std::vector<Input>& inputs, const std::string& output) {
  std::vector<std::string> names;
  for (const auto& input : inputs) names.push_back(input.name);
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return found - names.begin();
  const auto close = core::nearest(name, names);
  throw UserError::format(
      "output {} continues {}, which is no input{}", one_line(output, 80), one_line(name, 80),
      close.empty() ? "; leave it empty for a quantity of its own" : " (did you mean " + close + "?)");
}

core::Signature describe(const Problem& problem, const HybridConfig& config) {
  std::set<std::string> seen;
  require_name("kind of sub-problem", problem.kind, seen);
  seen = {"not finite", "far from the training data", out_of_bounds};  // gates that every kind has
  for (const auto& law : problem.laws) require_name("law", law.name, seen);
  seen.clear();
  if (problem.inputs.empty()) throw UserError::format("kind {} has no inputs; add some", problem.kind);
  if (problem.outputs.empty()) throw UserError::format("kind {} has no outputs; add some", problem.kind);
  core::Signature signature;
  core::Fingerprint print;
  print.add(std::string_view(problem.kind));
  print.add(std::string_view(problem.fingerprint));
  signature.kind = problem.kind;
  for (const auto& input : problem.inputs) {
    require_column("input", input.name, input.scale, seen);
    signature.inputs.push_back({input.name, input.unit, input.scale, nature_of(input.nature)});
    print.add(std::string_view(input.name));
    print.add(std::string_view(input.unit));
    print.add(static_cast<std::uint64_t>(input.nature));
  }
  std::vector<std::string> names;
  std::vector<double> scales;
  seen.clear();
  for (const auto& output : problem.outputs) {
    require_column("output", output.name, output.scale, seen);
    if (!(output.lower < output.upper))
      throw UserError::format("output {} is bound by {} from below and {} from above; the first must be less",
                              one_line(output.name, 80), output.lower, output.upper);
    names.push_back(output.name);
    scales.push_back(output.scale);
    print.add(std::string_view(output.name));
    print.add(std::string_view(output.unit));
    print.add(std::string_view(output.continues));
  }
  apply_scales(config, names, scales);
  std::set<std::string> continued;
  for (std::size_t k = 0; k < names.size(); ++k) {
    const auto& output = problem.outputs[k];
    signature.outputs.push_back({.name = output.name, .unit = output.unit, .scale = scales[k]});
    if (output.continues.empty()) continue;
    signature.outputs.back().continues = column_of(output.continues, problem.inputs, output.name);
    if (!continued.insert(output.continues).second)
      throw UserError::format("two outputs continue input {}; at most one can", one_line(output.continues, 80));
  }
  signature.invariants = core::Matrix(problem.invariants.size(), names.size());
  for (std::size_t i = 0; i < problem.invariants.size(); ++i) {
    const auto& row = problem.invariants[i];
    if (row.size() != names.size())
      throw UserError::format("invariant {} has {} coefficients, and there are {} outputs; give one for each", i,
                              row.size(), names.size());
    for (std::size_t k = 0; k < row.size(); ++k) {
      signature.invariants(i, k) = row[k];
      print.add(row[k]);
    }
  }
  signature.fingerprint = print.hex();
  return signature;
}

bool fits(core::Nature nature, double value) {
  switch (nature) {
    case core::Nature::plain: break;
    case core::Nature::temperature:
    case core::Nature::positive: return value > 0.0;
    case core::Nature::mass_fraction: return value >= 0.0 && value <= 1.0;
  }
  return true;
}

bool all_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

}  // namespace

UserKind::UserKind(const Problem& problem, const HybridConfig& config)
    : problem_(&problem), signature_(describe(problem, config)), invariant_(problem.outputs.size()) {
  for (const auto& row : problem.invariants)
    for (std::size_t k = 0; k < row.size(); ++k)
      if (row[k] != 0.0) invariant_[k] = true;
}

std::vector<std::string> UserKind::gates() const {
  std::vector<std::string> names{out_of_bounds};
  for (const auto& law : problem_->laws) names.push_back(law.name);
  return names;
}

/// slack: how far, in scales, a value may lie outside to be moved to the bound.
bool UserKind::keep_bounds(std::span<double> out, double slack) const {
  for (std::size_t k = 0; k < out.size(); ++k) {
    const auto& output = problem_->outputs[k];
    const double kept = std::clamp(out[k], output.lower, output.upper);
    if (kept == out[k]) continue;
    if (invariant_[k] || std::abs(kept - out[k]) > slack * signature_.outputs[k].scale) return false;
    out[k] = kept;
  }
  return true;
}

Gate UserKind::admit(std::span<const double> in, std::span<double> out, double tolerance) {
  if (!all_finite(out)) return Gate::not_finite;
  if (!keep_bounds(out, bound_slack * tolerance)) return own_gate(0);
  for (std::size_t l = 0; l < problem_->laws.size(); ++l) {
    const auto& law = problem_->laws[l];
    try {
      if (!law.holds(in, out)) return own_gate(static_cast<int>(l) + 1);
    } catch (const std::exception& error) {
      broken_law_ = fmt::format("law {} threw: {}", law.name, error.what());
      return own_gate(static_cast<int>(l) + 1);
    } catch (...) {
      broken_law_ = fmt::format("law {} threw an exception of unknown type", law.name);
      return own_gate(static_cast<int>(l) + 1);
    }
    if (!all_finite(out)) return Gate::not_finite;
  }
  return Gate::open;
}

bool UserKind::admit_moved(std::span<const double>, std::span<double> moved) {
  bool continues = false;
  for (std::size_t k = 0; k < moved.size(); ++k) {
    const auto& input = signature_.outputs[k].continues;
    if (!input) continue;
    continues = true;
    const auto& output = problem_->outputs[k];
    if (moved[k] < output.lower || moved[k] > output.upper) return false;
    if (!fits(signature_.inputs[static_cast<std::size_t>(*input)].nature, moved[k])) return false;
  }
  return continues;
}

}  // namespace bimetal::library
