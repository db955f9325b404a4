#include "surrogate/signature_json.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "surrogate/null_space.hpp"

namespace bimetal::surrogate {
namespace {

using core::Condition;
using core::Input;
using core::Nature;
using core::Output;
using core::UserError;
using nlohmann::ordered_json;

// What a solver could use; the work to solve for the invariants grows with the third power of their number.
constexpr std::size_t most_columns = 4096, most_invariants = 64;

template <class Value>
using Words = std::vector<std::pair<std::string, Value>>;
const Words<Nature> natures{{"temperature", Nature::temperature},
                            {"mass_fraction", Nature::mass_fraction},
                            {"positive", Nature::positive},
                            {"plain", Nature::plain}};
const Words<Condition> conditions{
    {"none", Condition::none}, {"pressure", Condition::pressure}, {"time_step", Condition::time_step}};

template <class Value>
std::string word_for(Value value, const Words<Value>& words) {
  return std::ranges::find(words, value, &std::pair<std::string, Value>::second)->first;
}

template <class Value>
Value value_of(const MetadataReader& metadata, const char* key, const Words<Value>& words) {
  const auto word = metadata.value<std::string>(key);
  std::vector<std::string> known;
  for (const auto& [name, value] : words) {
    if (name == word) return value;
    known.push_back(name);
  }
  metadata.refuse(key, fmt::format("is none of {}", fmt::join(known, ", ")));
}

/// What inputs and outputs have in common.
template <class Column>
Column column_of(const MetadataReader& metadata) {
  Column column;
  column.name = metadata.value<std::string>("name");
  column.unit = metadata.value<std::string>("unit");
  column.scale = metadata.value<double>("scale");
  if (!(column.scale > 0.0 && std::isfinite(column.scale))) metadata.refuse("scale", "is not positive");
  return column;
}

/// The input that `key` names.
std::int64_t input_named(const MetadataReader& metadata, const char* key, const std::vector<Input>& inputs) {
  const auto found = std::ranges::find(inputs, metadata.value<std::string>(key), &Input::name);
  if (found == inputs.end()) metadata.refuse(key, "is the name of no input");
  return found - inputs.begin();
}

core::Matrix invariants_of(const MetadataReader& metadata, const std::vector<Output>& outputs) {
  const auto rows = metadata.value<std::vector<std::vector<double>>>("invariants");
  if (rows.size() > most_invariants)
    metadata.refuse("invariants", fmt::format("must be {} at most", most_invariants));
  core::Matrix invariants(rows.size(), outputs.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].size() != outputs.size()) metadata.refuse("invariants", "must have one number per output");
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      if (rows[i][k] != 0.0 && outputs[k].derived) metadata.refuse("invariants", "must not contain derived outputs");
      invariants(i, k) = rows[i][k];
    }
  }
  return invariants;
}

std::optional<core::Strata> strata_of(const MetadataReader& metadata, const std::vector<Input>& inputs) {
  if (!metadata.has("strata")) return std::nullopt;
  const auto reader = metadata.object("strata");
  const core::Strata strata{input_named(reader, "input", inputs), reader.value<double>("from"),
                            reader.value<double>("to")};
  if (!(strata.from < strata.to && std::isfinite(strata.to - strata.from)))
    reader.refuse("to", "is not above 'from'");
  return strata;
}

// How rows were told apart before files said so.
constexpr double coldest = 250.0, hottest = 3500.0;  // [K]

/// See Bases::implied.
void complete(core::Signature& signature, const MetadataReader& metadata) {
  if (signature.outputs.size() > signature.inputs.size()) metadata.refuse("outputs", "must be no more than inputs");
  for (std::size_t k = 0; k < signature.outputs.size(); ++k) {
    if (signature.outputs[k].name != signature.inputs[k].name)
      metadata.refuse("outputs", "do not continue the inputs one by one");
    signature.outputs[k].continues = static_cast<std::int64_t>(k);
  }
  for (std::size_t k = signature.inputs.size(); k-- > 0;) {
    auto& input = signature.inputs[k];
    if (input.nature == Nature::temperature) signature.strata = {static_cast<std::int64_t>(k), coldest, hottest};
    if (k < signature.outputs.size()) continue;
    if (input.name == "p") input.condition = Condition::pressure;
    if (input.name == "dt") input.condition = Condition::time_step;
  }
}

/// What must hold whatever the format.
void require_sense(const core::Signature& signature, const MetadataReader& metadata) {
  const auto all_different = [&](const char* key, const auto& columns) {
    std::set<std::string_view> names;
    for (const auto& column : columns)
      if (!names.insert(column.name).second) metadata.refuse(key, "give a name twice");
  };
  all_different("inputs", signature.inputs);
  all_different("outputs", signature.outputs);
  std::set<std::int64_t> continued;
  for (const auto& output : signature.outputs) {
    if (!output.continues) continue;
    if (signature.inputs[static_cast<std::size_t>(*output.continues)].condition != Condition::none)
      metadata.refuse("outputs", "must not continue a condition");
    if (!continued.insert(*output.continues).second) metadata.refuse("outputs", "continue an input twice");
  }
  for (const auto condition : {Condition::pressure, Condition::time_step})
    if (std::ranges::count(signature.inputs, condition, &Input::condition) > 1)
      metadata.refuse("inputs", "have a condition twice");
  const bool has_step = signature.column_of(Condition::time_step).has_value();
  if (!(signature.dt >= 0.0 && std::isfinite(signature.dt)) || (has_step && signature.dt == 0.0))
    metadata.refuse("dt", "is not positive");
}

template <class Column>
std::vector<std::string> names_of(const std::vector<Column>& columns) {
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

template <class Column>
void require_same_columns(const std::vector<Column>& of_file, const std::vector<Column>& of_run, const char* what,
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
    inputs.push_back({{"name", input.name},
                      {"unit", input.unit},
                      {"nature", word_for(input.nature, natures)},
                      {"scale", input.scale},
                      {"condition", word_for(input.condition, conditions)}});
  const auto input_name = [&](std::int64_t k) { return signature.inputs[static_cast<std::size_t>(k)].name; };
  for (const auto& output : signature.outputs) {
    outputs.push_back(
        {{"name", output.name}, {"unit", output.unit}, {"scale", output.scale}, {"derived", output.derived}});
    if (output.continues) outputs.back()["continues"] = input_name(*output.continues);
  }
  for (std::size_t i = 0; i < signature.invariants.rows; ++i) {
    invariants.push_back(ordered_json::array());
    for (std::size_t k = 0; k < signature.invariants.cols; ++k) invariants[i].push_back(signature.invariants(i, k));
  }
  const NullSpace null_space(signature);
  for (const auto column : null_space.free_columns())
    predicted.push_back(signature.outputs[static_cast<std::size_t>(column)].name);
  ordered_json json{{"kind", signature.kind}, {"fingerprint", signature.fingerprint},
                    {"dt", signature.dt},     {"inputs", inputs},
                    {"outputs", outputs},     {"invariants", invariants},
                    {"predicted", predicted}};
  if (const auto& strata = signature.strata)
    json["strata"] = {{"input", input_name(strata->input)}, {"from", strata->from}, {"to", strata->to}};
  return json;
}

core::Signature signature_from_json(const MetadataReader& metadata, Bases bases) {
  core::Signature signature;
  signature.kind = metadata.value<std::string>("kind");
  signature.fingerprint = metadata.value<std::string>("fingerprint");
  signature.dt = metadata.value<double>("dt");
  const auto inputs = metadata.objects("inputs"), outputs = metadata.objects("outputs");
  if (inputs.empty() || inputs.size() > most_columns)
    metadata.refuse("inputs", fmt::format("must be 1 to {}", most_columns));
  if (outputs.empty() || outputs.size() > most_columns)
    metadata.refuse("outputs", fmt::format("must be 1 to {}", most_columns));
  for (const auto& column : inputs) {
    auto input = column_of<Input>(column);
    input.nature = value_of(column, "nature", natures);
    if (bases == Bases::stated) input.condition = value_of(column, "condition", conditions);
    signature.inputs.push_back(std::move(input));
  }
  for (const auto& column : outputs) {
    auto output = column_of<Output>(column);
    output.derived = column.value<bool>("derived");
    if (bases == Bases::stated && column.has("continues"))
      output.continues = input_named(column, "continues", signature.inputs);
    signature.outputs.push_back(std::move(output));
  }
  signature.invariants = invariants_of(metadata, signature.outputs);
  if (bases == Bases::stated)
    signature.strata = strata_of(metadata, signature.inputs);
  else
    complete(signature, metadata);
  require_sense(signature, metadata);
  if (bases == Bases::implied && signature.dt == 0.0) metadata.refuse("dt", "is not positive");
  return signature;
}

void require_same_problem(const core::Signature& of_file, const core::Signature& of_run, const std::string& source) {
  if (of_file.kind != of_run.kind)
    throw UserError::format("{} answers sub-problems of kind '{}', this run has '{}'; give a model of that kind",
                            source, quoted(of_file.kind), of_run.kind);
  require_same_columns(of_file.inputs, of_run.inputs, "inputs", source);
  require_same_columns(of_file.outputs, of_run.outputs, "outputs", source);
  for (std::size_t k = 0; k < of_run.inputs.size(); ++k)
    if (of_file.inputs[k].condition != of_run.inputs[k].condition)
      throw UserError::format(
          "{} says that {} is the condition '{}', in this run it is '{}'; train a model for this run", source,
          of_run.inputs[k].name, word_for(of_file.inputs[k].condition, conditions),
          word_for(of_run.inputs[k].condition, conditions));
  for (std::size_t k = 0; k < of_run.outputs.size(); ++k)
    if (of_file.outputs[k].continues != of_run.outputs[k].continues)
      throw UserError::format(
          "{} predicts {} by how much it differs from another base than in this run; train a model for this run's "
          "sub-problems",
          source, of_run.outputs[k].name);
  if (!of_run.column_of(Condition::time_step) && !(std::abs(of_file.dt - of_run.dt) <= 1e-9 * of_run.dt))
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
