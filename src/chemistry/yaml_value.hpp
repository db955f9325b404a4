#pragma once

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/text.hpp"

namespace bimetal::chemistry {

/// The finite number a text spells in full, if it does.
std::optional<double> parse_number(std::string_view text);

/// A node of a YAML file that knows the file's name, so that whatever is wrong with it can be said with file and
/// line. Every getter that does not find what it is asked for throws a UserError. For the mechanism reader only.
class YamlValue {
 public:
  /// The document in `text`. Broken YAML is a UserError too, and so is what YAML allows but no mechanism needs and
  /// would be lost in silence: a key given twice, a key that is no word, a merge key, a second document. `source`
  /// must outlive all values.
  static YamlValue parse(const std::string& text, const std::string& source);

  YamlValue(const YamlValue&) = default;
  YamlValue& operator=(const YamlValue&) = delete;  // assigning to a YAML::Node would write into the document

  bool is_map() const { return node_.IsMap(); }
  bool is_list() const { return node_.IsSequence(); }
  bool is_scalar() const { return node_.IsScalar(); }

  std::optional<YamlValue> find(std::string_view key) const;  // this must be a map
  YamlValue at(std::string_view key) const;
  std::vector<YamlValue> items() const;                            // of a list
  std::vector<std::pair<std::string, YamlValue>> entries() const;  // of a map, in the order of the file
  std::string text() const;                                        // on one line, printable
  double number() const;
  bool flag() const;

  /// The same value, and what is below it, with its subject ("species \"H2\"") put into messages.
  YamlValue about(const std::string& subject) const;

  const std::string& source() const { return *source_; }
  int line() const { return std::max(node_.Mark().line, 0) + 1; }

  /// Throws the UserError; whatever of the file it quotes, the message is one printable line of bounded length.
  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> pattern, Args&&... args) const {
    const std::string reason = fmt::format(pattern, std::forward<Args>(args)...);
    throw core::UserError::format("{}:{}: {}", *source_, line(),
                                  core::one_line(subject_ ? *subject_ + ": " + reason : reason));
  }

 private:
  YamlValue(YAML::Node node, const std::string& source) : node_(std::move(node)), source_(&source) {}
  YamlValue(YAML::Node node, const YamlValue& parent) : YamlValue(parent) { node_.reset(node); }

  /// Visits the whole tree; `nodes_left` bounds what aliases may make of it.
  void check_structure(std::size_t depth, std::size_t& nodes_left) const;

  YAML::Node node_;
  const std::string* source_;
  std::shared_ptr<const std::string> subject_;  // null: none
};

}  // namespace bimetal::chemistry
