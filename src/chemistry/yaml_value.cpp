#include "chemistry/yaml_value.hpp"

#include <yaml-cpp/depthguard.h>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <set>

#include "chemistry/single_document.hpp"

namespace bimetal::chemistry {

namespace {

constexpr std::size_t largest_text = std::size_t{32} << 20;  // bytes; several times the largest mechanisms in use
constexpr std::size_t deepest = 64;                          // levels; a mechanism has seven

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

YamlValue YamlValue::parse(const std::string& text, const std::string& source) {
  core::require_plain_text(text, source, largest_text);
  YAML::Node tree;
  std::optional<int> rest;
  try {
    rest = line_after_document(text);
    tree.reset(YAML::Load(text));
  } catch (const YAML::DeepRecursion& error) {
    throw core::UserError::format("{}:{}: too many lists or maps within each other; write it flatter", source,
                                  error.mark.line + 1);
  } catch (const YAML::Exception& error) {
    throw core::UserError::format("{}:{}: this is not valid YAML ({}); mend the line", source,
                                  std::max(error.mark.line, 0) + 1, core::one_line(error.msg));
  }
  if (rest)
    throw core::UserError::format(
        "{}:{}: the document ends before this line; a mechanism is a single document, its sections equally indented",
        source, *rest);
  const YamlValue root(tree, source);
  std::size_t nodes_left = 8 * text.size() + 8;  // without aliases a byte makes less than two
  root.check_structure(0, nodes_left);
  return root;
}

void YamlValue::check_structure(std::size_t depth, std::size_t& nodes_left) const {
  if (depth > deepest)
    fail("here are more than {} lists or maps within each other, or an alias that holds itself; write it flatter",
         deepest);
  if (nodes_left-- == 0) fail("the aliases (*name) of the file repeat too much of it; write out what they stand for");
  if (is_list())
    for (const auto& item : items()) item.check_structure(depth + 1, nodes_left);
  if (!is_map()) return;
  std::set<std::string> seen;
  for (const auto& entry : node_) {
    const YamlValue key(entry.first, *source_);
    if (!key.is_scalar()) key.fail("a key must be a single word");
    const std::string word = key.text();
    if (word == "<<") key.fail("merge keys (<<) are not supported; write out what is to be merged");
    if (!seen.insert(word).second) key.fail("the key \"{}\" is given twice; remove one", word);
    YamlValue(entry.second, *source_).check_structure(depth + 1, nodes_left);
  }
}

YamlValue YamlValue::about(const std::string& subject) const {
  YamlValue value = *this;
  value.subject_ = std::make_shared<const std::string>(subject);
  return value;
}

std::optional<YamlValue> YamlValue::find(std::string_view key) const {
  if (!is_map()) fail("expected keys with values, such as \"{}: …\"", key);
  const YAML::Node& constant = node_;  // operator[] of a mutable node would insert the key
  const YAML::Node found = constant[std::string(key)];
  if (!found) return std::nullopt;
  return YamlValue(found, *this);
}

YamlValue YamlValue::at(std::string_view key) const {
  const auto found = find(key);
  if (!found) fail("the key \"{}\" is missing; add it", key);
  return *found;
}

std::vector<YamlValue> YamlValue::items() const {
  if (!is_list()) fail("expected a list");
  std::vector<YamlValue> all;
  for (const auto& item : node_) all.push_back({item, *this});
  return all;
}

std::vector<std::pair<std::string, YamlValue>> YamlValue::entries() const {
  if (!is_map()) fail("expected keys with values");
  std::vector<std::pair<std::string, YamlValue>> all;
  for (const auto& entry : node_)
    all.emplace_back(YamlValue(entry.first, *this).text(), YamlValue(entry.second, *this));
  return all;
}

std::string YamlValue::text() const {
  if (!is_scalar()) fail("expected a single word or number");
  const std::string& word = node_.Scalar();
  if (!core::is_printable(word)) fail("\"{}\" holds a line break or another control character; remove it", word);
  return word;
}

double YamlValue::number() const {
  const std::string word = text();
  const auto value = parse_number(word);
  if (!value) fail("\"{}\" is not a finite number", word);
  return *value;
}

bool YamlValue::flag() const {
  const std::string word = text();
  if (word == "true" || word == "True" || word == "TRUE" || word == "yes") return true;
  if (word == "false" || word == "False" || word == "FALSE" || word == "no") return false;
  fail("\"{}\" is neither true nor false", word);
}

}  // namespace bimetal::chemistry
