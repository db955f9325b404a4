#include "surrogate/model_card.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/finite.hpp"
#include "surrogate/signature_json.hpp"

namespace bimetal::surrogate {
namespace {

using nlohmann::ordered_json;

// In format 1 features had no resolution, and native networks no head but the increment. In formats 1 and 2 every
// output continued the input of its place.
constexpr int format = 3, oldest_format = 1;

constexpr std::size_t longest_card = std::size_t{64} << 20;  // bytes of metadata; those of 53 species have 100 thousand
constexpr int deepest = 16;                             // lists and objects within each other; what is ours has four

/// Copies and prints of what is nested without end would overflow the stack.
nlohmann::json parse(const std::string& text, const std::string& source) {
  bool too_deep = false;
  const auto watch = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    too_deep = too_deep || depth > deepest;
    return !too_deep;
  };
  nlohmann::json json;
  if (text.size() <= longest_card) json = nlohmann::json::parse(text, watch, /*allow_exceptions=*/false);
  if (text.size() > longest_card || too_deep)
    throw core::UserError::format(
        "{}: its metadata (bimetal.json) is longer or nested more deeply than that of any model; export it again",
        source);
  if (json.is_discarded())
    throw core::UserError::format("{}: its metadata (bimetal.json) is no JSON; export the model again", source);
  return json;
}

ordered_json table_to_json(core::ConstRows rows) {
  auto table = ordered_json::array();
  for (std::int64_t i = 0; i < rows.size(); ++i) table.push_back(std::vector<double>(rows[i].begin(), rows[i].end()));
  return table;
}

core::RowTable table_of(const MetadataReader& metadata, const char* key, std::int64_t width) {
  core::RowTable table(width);
  for (const auto& row : metadata.value<std::vector<std::vector<double>>>(key)) {
    if (std::ssize(row) != width) metadata.refuse(key, fmt::format("must have {} numbers a row", width));
    if (!core::all_finite(row)) metadata.refuse(key, "has numbers that are not finite");
    table.append(row);
  }
  return table;
}

std::vector<double> numbers_of(const MetadataReader& metadata, const char* key, std::size_t n) {
  auto numbers = metadata.value<std::vector<double>>(key);
  if (numbers.size() != n) metadata.refuse(key, fmt::format("must have {} numbers", n));
  return numbers;
}

ordered_json scaling_to_json(const Scaling& scaling) {
  auto features = ordered_json::array(), targets = ordered_json::array();
  for (const auto& feature : scaling.feature_scales())
    features.push_back({{"column", feature.column},
                        {"transform", feature.transform},
                        {"resolution", feature.resolution},
                        {"mean", feature.standard.mean},
                        {"deviation", feature.standard.deviation}});
  for (const auto& target : scaling.target_scales())
    targets.push_back(
        {{"column", target.column}, {"knee", target.knee}, {"mean", target.mean}, {"deviation", target.deviation}});
  return {{"knee", scaling.knee()}, {"exponent", Scaling::exponent()}, {"features", features}, {"targets", targets}};
}

Scaling::Standard standard_of(const MetadataReader& column) {
  const Scaling::Standard standard{column.value<double>("mean"), column.value<double>("deviation")};
  if (!std::isfinite(standard.mean) || !(standard.deviation > 0.0 && std::isfinite(standard.deviation)))
    column.refuse("deviation", "must be positive, and mean finite");
  return standard;
}

double resolution_of(const MetadataReader& feature) {
  const auto resolution = feature.value<double>("resolution");
  if (!(resolution >= 0.0 && std::isfinite(resolution))) feature.refuse("resolution", "must be 0 or above");
  if (resolution > 0.0 && feature.value<std::string>("transform") != "power")
    feature.refuse("resolution", "must be 0, as only a power has one");
  return resolution;
}

/// Features and targets must be those the signature gives, in the same order; means and deviations are free.
void read_scaling(const MetadataReader& scaling, int file_format, ModelCard& card) {
  card.knee = scaling.value<double>("knee");
  if (!(card.knee > 0.0)) scaling.refuse("knee", "is not positive");
  if (std::abs(scaling.value<double>("exponent") - Scaling::exponent()) > 1e-12)
    scaling.refuse("exponent", fmt::format("must be {}", Scaling::exponent()));
  const Scaling expected(card.signature, NullSpace(card.signature), card.knee, 0.0);
  const auto features = scaling.objects("features"), targets = scaling.objects("targets");
  const auto wanted = expected.feature_scales();
  if (features.size() != wanted.size())
    scaling.refuse("features", fmt::format("must be {}, of the inputs in order", wanted.size()));
  for (std::size_t f = 0; f < wanted.size(); ++f) {
    if (features[f].value<std::int64_t>("column") != wanted[f].column ||
        features[f].value<std::string>("transform") != wanted[f].transform)
      features[f].refuse("transform", fmt::format("must be {} of input {}", wanted[f].transform, wanted[f].column));
    card.features.push_back(standard_of(features[f]));
    card.resolutions.push_back(file_format > 1 ? resolution_of(features[f]) : 0.0);
  }
  if (std::ssize(targets) != expected.n_targets())
    scaling.refuse("targets", fmt::format("must be {}, of the predicted outputs in order", expected.n_targets()));
  for (std::size_t j = 0; j < targets.size(); ++j) {
    if (targets[j].value<std::int64_t>("column") != expected.target_scales()[j].column)
      targets[j].refuse("column", fmt::format("must be {}", expected.target_scales()[j].column));
    card.targets.push_back(standard_of(targets[j]));
  }
}

void read_predicted(const MetadataReader& metadata, ModelCard& card) {
  card.predicted = metadata.value<std::vector<std::string>>("predicted");
  std::vector<std::string> expected;
  const NullSpace null_space(card.signature);
  for (const auto column : null_space.free_columns())
    expected.push_back(card.signature.outputs[static_cast<std::size_t>(column)].name);
  if (card.predicted != expected)
    metadata.refuse("predicted",
                    fmt::format("must be the {} outputs that are left when the invariants are solved for "
                                "the outputs of largest scale, beginning with {}",
                                expected.size(), expected.front()));
}

}  // namespace

Scaling scaling_of(const ModelCard& card) {
  Scaling scaling(card.signature, NullSpace(card.signature), card.knee, 0.0);
  scaling.set_resolutions(card.resolutions);
  scaling.set_standards(card.features, card.targets);
  return scaling;
}

std::string to_text(const ModelCard& card) {
  ordered_json text{{"format", format}};
  text.update(signature_to_json(card.signature));
  text["ranges"] = {{"lower", card.ranges.lower}, {"upper", card.ranges.upper}};
  text["scaling"] = scaling_to_json(scaling_of(card));
  if (!card.familiarity.centre.empty())
    text["familiarity"] = {{"whitening", card.familiarity.whitening}, {"centre", card.familiarity.centre}};
  text["architecture"] = card.architecture;
  text["version"] = card.version;
  text["training"] = card.training;
  text["reference"] = {{"input", table_to_json(card.reference.in.rows())},
                       {"increments", table_to_json(card.reference.increments.rows())},
                       {"log_error", card.reference.log_error}};
  return text.dump(1);
}

ModelCard read_card(const std::string& text, const std::string& source) {
  const MetadataReader metadata(parse(text, source), source);
  const auto file_format = metadata.value<int>("format");
  if (file_format < oldest_format || file_format > format)
    metadata.refuse("format",
                    fmt::format("must be {} to {}, which is all this version knows", oldest_format, format));
  ModelCard card;
  card.signature = signature_from_json(metadata, file_format > 2 ? Bases::stated : Bases::implied);
  const auto n_in = card.signature.inputs.size();
  read_predicted(metadata, card);
  read_scaling(metadata.object("scaling"), file_format, card);
  const auto ranges = metadata.object("ranges");
  card.ranges = {numbers_of(ranges, "lower", n_in), numbers_of(ranges, "upper", n_in)};
  if (metadata.has("familiarity")) {
    const auto familiarity = metadata.object("familiarity");
    const auto n = card.features.size();
    const auto whitening = numbers_of(familiarity, "whitening", n * n), centre = numbers_of(familiarity, "centre", n);
    card.familiarity = {{whitening.begin(), whitening.end()}, {centre.begin(), centre.end()}};
  }
  card.architecture = metadata.object("architecture").node();
  static_cast<void>(metadata.object("architecture").value<std::string>("name"));
  card.version = metadata.value<std::int32_t>("version");
  card.training = metadata.object("training").node();
  const auto reference = metadata.object("reference");
  card.reference.in = table_of(reference, "input", std::ssize(card.signature.inputs));
  card.reference.increments = table_of(reference, "increments", std::ssize(card.signature.outputs));
  card.reference.log_error = numbers_of(reference, "log_error", static_cast<std::size_t>(card.reference.in.size()));
  if (card.reference.in.size() == 0 || card.reference.increments.size() != card.reference.in.size())
    reference.refuse("increments", "must have as many rows as input, one or more");
  return card;
}

}  // namespace bimetal::surrogate
