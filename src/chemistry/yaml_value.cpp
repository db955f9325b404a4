#include "chemistry/yaml_value.hpp"

#include <charconv>
#include <cmath>
#include <set>

namespace bimetal::chemistry {

std::optional<double> parse_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

YamlValue YamlValue::parse(const std::string& text, const std::string& source) {
  try {
    return {YAML::Load(text), source};
  } catch (const YAML::Exception& error) {
    throw core::UserError::format("{}:{}: this is not valid YAML: {}", source, error.mark.line + 1, error.msg);
  }
}

std::optional<YamlValue> YamlValue::find(std::string_view key) const {
  if (!is_map()) fail("expected keys with values, such as \"{}: …\"", key);
  const YAML::Node& constant = node_;  // operator[] of a mutable node would insert the key
  const YAML::Node found = constant[std::string(key)];
  if (!found) return std::nullopt;
  return YamlValue(found, *source_);
}

YamlValue YamlValue::at(std::string_view key) const {
  const auto found = find(key);
  if (!found) fail("the key \"{}\" is missing; add it", key);
  return *found;
}

std::vector<YamlValue> YamlValue::items() const {
  if (!is_list()) fail("expected a list");
  std::vector<YamlValue> all;
  for (const auto& item : node_) all.push_back({item, *source_});
  return all;
}

std::vector<std::pair<std::string, YamlValue>> YamlValue::entries() const {
  if (!is_map()) fail("expected keys with values");
  std::vector<std::pair<std::string, YamlValue>> all;
  std::set<std::string> seen;
  for (const auto& entry : node_) {
    const YamlValue key(entry.first, *source_);
    all.emplace_back(key.text(), YamlValue(entry.second, *source_));
    if (!seen.insert(all.back().first).second) key.fail("the key \"{}\" is given twice", all.back().first);
  }
  return all;
}

std::string YamlValue::text() const {
  if (!is_scalar()) fail("expected a single word or number");
  return node_.Scalar();
}

double YamlValue::number() const {
  const std::string word = text();
  const auto value = parse_number(word);
  if (!value) fail("\"{}\" is not a finite number", word);
  return *value;
}

bool YamlValue::flag() const {
  const std::string word = text();
  if (word == "true" || word == "True" || word == "yes") return true;
  if (word == "false" || word == "False" || word == "no") return false;
  fail("\"{}\" is neither true nor false", word);
}

}  // namespace bimetal::chemistry
