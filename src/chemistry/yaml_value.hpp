#pragma once

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"

namespace bimetal::chemistry {

/// The finite number a text spells in full, if it does.
std::optional<double> parse_number(std::string_view text);

/// A node of a YAML file that knows the file's name, so that whatever is wrong with it can be said with file and
/// line. Every getter that does not find what it is asked for throws a UserError. For the mechanism reader only.
class YamlValue {
 public:
  /// The document in `text`; broken YAML is a UserError too. `source` must outlive all values.
  static YamlValue parse(const std::string& text, const std::string& source);

  bool is_map() const { return node_.IsMap(); }
  bool is_list() const { return node_.IsSequence(); }
  bool is_scalar() const { return node_.IsScalar(); }

  std::optional<YamlValue> find(std::string_view key) const;  // this must be a map
  YamlValue at(std::string_view key) const;
  std::vector<YamlValue> items() const;                            // of a list
  std::vector<std::pair<std::string, YamlValue>> entries() const;  // of a map; a key given twice is an error
  std::string text() const;
  double number() const;
  bool flag() const;

  const std::string& source() const { return *source_; }
  int line() const { return node_.Mark().line + 1; }

  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> pattern, Args&&... args) const {
    throw core::UserError::format("{}:{}: {}", *source_, line(), fmt::format(pattern, std::forward<Args>(args)...));
  }

 private:
  YamlValue(YAML::Node node, const std::string& source) : node_(std::move(node)), source_(&source) {}

  YAML::Node node_;
  const std::string* source_;
};

}  // namespace bimetal::chemistry
