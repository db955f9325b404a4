#include "surrogate/signature_json.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/finite.hpp"
#include "surrogate/null_space.hpp"

namespace bimetal::surrogate {
namespace {

using core::Nature;
using core::Quantity;
using core::UserError;
using nlohmann::ordered_json;

// What a solver could use; the work to solve for the invariants grows with the third power of their number.
constexpr std::size_t most_columns = 4096, most_invariants = 64;

constexpr std::array<std::pair<const char*, Nature>, 4> natures{{{"temperature", Nature::temperature},
                                                                 {"mass_fraction", Nature::mass_fraction},
                                                                 {"positive", Nature::positive},
                                                                 {"plain", Nature::plain}}};

const char* name_of(Nature nature) {
  return std::ranges::find(natures, nature, &std::pair<const char*, Nature>::second)->first;
}

Quantity quantity_of(const MetadataReader& column) {
  Quantity quantity;
  quantity.name = column.value<std::string>("name");
  quantity.unit = column.value<std::string>("unit");
  quantity.scale = column.value<double>("scale");
  if (!(quantity.scale > 0.0 && std::isfinite(quantity.scale))) column.refuse("scale", "is not positive");
  return quantity;
}

std::vector<std::string> names_of(const std::vector<Quantity>& columns) {
  std::vector<std::string> names;
  for (const auto& column : columns) names.push_back(column.name);
  return names;
}

/// A word of somebody else's as it may stand in a sentence.
std::string quoted(const std::string& word) { return core::one_line(word, 80); }

/// Names likewise.
std::string listed(const std::vector<std::string>& names) {
  return core::one_line(fmt::format("{}", fmt::join(names, ", ")), 160);
}

void require_same_columns(const std::vector<Quantity>& of_file, const std::vector<Quantity>& of_run, const char* what,
                          const std::string& source) {
  const auto theirs = names_of(of_file), ours = names_of(of_run);
  if (theirs != ours) {
    if (std::ranges::is_permutation(theirs, ours)) {
      const auto k = static_cast<std::size_t>(std::ranges::mismatch(theirs, ours).in1 - theirs.begin());
      throw UserError::format(
          "{} has its {} in another order: number {} is {}, in this run it is {}; train a model with the order of "
          "this run's mechanism file",
          source, what, k + 1, quoted(theirs[k]), ours[k]);
    }
    throw UserError::format("{} is for other {} ({}) than this run's ({}); train a model for this run's mechanism",
                            source, what, listed(theirs), listed(ours));
  }
  for (std::size_t k = 0; k < ours.size(); ++k)
    if (of_file[k].unit != of_run[k].unit)
      throw UserError::format("{} has {} in '{}', this run in '{}'; train a model in the units of this run", source,
                              ours[k], quoted(of_file[k].unit), of_run[k].unit);
}

}  // namespace

ordered_json signature_to_json(const core::Signature& signature) {
  ordered_json inputs = ordered_json::array(), outputs = inputs, invariants = inputs, predicted = inputs;
  for (const auto& input : signature.inputs)
    inputs.push_back(
        {{"name", input.name}, {"unit", input.unit}, {"nature", name_of(input.nature)}, {"scale", input.scale}});
  for (const auto& output : signature.outputs)
    outputs.push_back(
        {{"name", output.name}, {"unit", output.unit}, {"scale", output.scale}, {"derived", output.derived}});
  for (std::size_t i = 0; i < signature.invariants.rows; ++i) {
    invariants.push_back(ordered_json::array());
    for (std::size_t k = 0; k < signature.invariants.cols; ++k) invariants[i].push_back(signature.invariants(i, k));
  }
  const NullSpace null_space(signature);
  for (const auto column : null_space.free_columns())
    predicted.push_back(signature.outputs[static_cast<std::size_t>(column)].name);
  return {{"kind", signature.kind}, {"fingerprint", signature.fingerprint},
          {"dt", signature.dt},     {"inputs", inputs},
          {"outputs", outputs},     {"invariants", invariants},
          {"predicted", predicted}};
}

core::Signature signature_from_json(const MetadataReader& metadata) {
  core::Signature signature;
  signature.kind = metadata.value<std::string>("kind");
  signature.fingerprint = metadata.value<std::string>("fingerprint");
  signature.dt = metadata.value<double>("dt");
  for (const auto& column : metadata.objects("inputs")) {
    auto input = quantity_of(column);
    const auto nature = column.value<std::string>("nature");
    const auto known = std::ranges::find_if(natures, [&](const auto& entry) { return nature == entry.first; });
    if (known == natures.end()) column.refuse("nature", "is none of temperature, mass_fraction, positive, plain");
    input.nature = known->second;
    signature.inputs.push_back(std::move(input));
  }
  for (const auto& column : metadata.objects("outputs")) {
    auto output = quantity_of(column);
    output.derived = column.value<bool>("derived");
    signature.outputs.push_back(std::move(output));
  }
  const auto n_out = signature.outputs.size();
  if (signature.inputs.size() > most_columns)
    metadata.refuse("inputs", fmt::format("must be {} at most", most_columns));
  if (n_out == 0 || signature.inputs.size() < n_out)
    metadata.refuse("outputs", "must be one or more, and no more than inputs");
  for (std::size_t k = 0; k < n_out; ++k) signature.outputs[k].nature = signature.inputs[k].nature;

  const auto rows = metadata.value<std::vector<std::vector<double>>>("invariants");
  if (rows.size() > most_invariants)
    metadata.refuse("invariants", fmt::format("must be {} at most", most_invariants));
  signature.invariants = core::Matrix(rows.size(), n_out);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].size() != n_out) metadata.refuse("invariants", "must have one number per output");
    for (std::size_t k = 0; k < n_out; ++k) {
      if (rows[i][k] != 0.0 && signature.outputs[k].derived)
        metadata.refuse("invariants", "must not contain derived outputs");
      signature.invariants(i, k) = rows[i][k];
    }
  }
  if (!(signature.dt > 0.0)) metadata.refuse("dt", "is not positive");
  return signature;
}

void require_same_problem(const core::Signature& of_file, const core::Signature& of_run, const std::string& source) {
  if (of_file.kind != of_run.kind)
    throw UserError::format("{} answers sub-problems of kind '{}', this run has '{}'; give a model of that kind",
                            source, quoted(of_file.kind), of_run.kind);
  require_same_columns(of_file.inputs, of_run.inputs, "inputs", source);
  require_same_columns(of_file.outputs, of_run.outputs, "outputs", source);
  const bool by_row = std::ranges::find(of_run.inputs, "dt", &Quantity::name) != of_run.inputs.end();
  if (!by_row && !(std::abs(of_file.dt - of_run.dt) <= 1e-9 * of_run.dt))
    throw UserError::format(
        "{} answers for a step of {} s, this run asks for {} s, and the answers would be of another moment; set "
        "time.step to the model's or train a model for this one",
        source, of_file.dt, of_run.dt);
  if (of_file.fingerprint != of_run.fingerprint)
    throw UserError::format(
        "{} was trained on another mechanism or pressure: its fingerprint is {}, this run's {}; use the mechanism "
        "file "
        "and pressure it was trained with, or train a model for these",
        source, quoted(of_file.fingerprint), of_run.fingerprint);
}

}  // namespace bimetal::surrogate
