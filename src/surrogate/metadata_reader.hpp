#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/text.hpp"

namespace bimetal::surrogate {

/// Whether a value is a T: nothing is converted, but whole numbers to numbers, and those must fit.
template <class T>
bool holds(const nlohmann::json& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value.is_boolean();
  } else if constexpr (std::is_integral_v<T>) {
    const bool beyond = value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{INT64_MAX};
    return value.is_number_integer() && !beyond && std::in_range<T>(value.get<std::int64_t>());
  } else if constexpr (std::is_arithmetic_v<T>) {
    return value.is_number();
  } else if constexpr (std::is_same_v<T, std::string>) {
    return value.is_string();
  } else {
    return value.is_array() && std::ranges::all_of(value, &holds<typename T::value_type>);
  }
}

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
    const auto& node = at(key);
    if (!holds<T>(node)) refuse(full(key), "is of another kind than it should be");
    return node.template get<T>();
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
