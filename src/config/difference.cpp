#include "config/difference.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <utility>

#include "core/error.hpp"

namespace bimetal::config {
namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

void list(const YAML::Node& node, const std::string& path, Values& values) {
  if (!node.IsMap()) {
    YAML::Emitter text;
    text << YAML::Flow << node;
    values.emplace_back(path, text.c_str());
    return;
  }
  for (const auto& item : node)
    list(item.second, path.empty() ? item.first.Scalar() : path + "." + item.first.Scalar(), values);
}

Values values_of(const std::string& text) {
  Values values;
  try {
    list(YAML::Load(text), "", values);
  } catch (const YAML::Exception& error) {
    throw core::RuntimeFailure("a resolved configuration is no YAML: " + error.msg);
  }
  return values;
}

std::string value_of(const std::string& key, const Values& values) {
  const auto found = std::ranges::find(values, key, &Values::value_type::first);
  return found == values.end() ? "nothing" : found->second;
}

}  // namespace

std::vector<Difference> differences(const std::string& before, const std::string& now) {
  const auto then = values_of(before), today = values_of(now);
  std::vector<Difference> found;
  for (const auto& [key, value] : today)
    if (const auto other = value_of(key, then); other != value) found.push_back({key, other, value});
  for (const auto& [key, value] : then)
    if (std::ranges::find(today, key, &Values::value_type::first) == today.end())
      found.push_back({key, value, "nothing"});
  return found;
}

}  // namespace bimetal::config
