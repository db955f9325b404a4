#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/text.hpp"

namespace bimetal::surrogate {

/// Reads JSON that somebody else may have written: whatever is missing or of another kind is a UserError that names
/// the file and the key. Local.
class MetadataReader {
 public:
  MetadataReader(nlohmann::json node, std::string source, std::string path = {})
      : node_(std::move(node)), source_(std::move(source)), path_(std::move(path)) {
    if (!node_.is_object()) refuse(path_, "is no object");
  }

  bool has(const char* key) const { return node_.contains(key); }

  MetadataReader object(const char* key) const { return {at(key), source_, full(key)}; }

  std::vector<MetadataReader> objects(const char* key) const {
    std::vector<MetadataReader> list;
    const auto& node = at(key);
    if (!node.is_array()) refuse(full(key), "is no list");
    for (const auto& element : node)
      list.emplace_back(element, source_, fmt::format("{}[{}]", full(key), list.size()));
    return list;
  }

  /// T: a number, a text, a flag, or (nested) vectors of them.
  template <class T>
  T value(const char* key) const {
    try {
      return at(key).template get<T>();
    } catch (const nlohmann::json::exception&) {
      refuse(full(key), "is of another kind than it should be");
    }
  }

  const nlohmann::json& node() const { return node_; }

  [[noreturn]] void refuse(const std::string& what, const std::string& why) const {
    throw core::UserError::format("{}: its metadata (bimetal.json) cannot be used: {} {}; see docs/models.md",
                                  source_, what.empty() ? "it" : "'" + core::one_line(what) + "'", why);
  }

 private:
  const nlohmann::json& at(const char* key) const {
    if (!node_.contains(key)) refuse(full(key), "is missing");
    return node_.at(key);
  }
  std::string full(const char* key) const { return path_.empty() ? key : path_ + "." + key; }

  nlohmann::json node_;
  std::string source_;
  std::string path_;
};

}  // namespace bimetal::surrogate
