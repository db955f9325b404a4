#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace bimetal::config {

/// Which numbers a key accepts.
struct Range {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool min_excluded = false;

  static Range positive() { return {0.0, std::numeric_limits<double>::infinity(), true}; }
  static Range at_least(double min) { return {min, std::numeric_limits<double>::infinity(), false}; }
  static Range between(double min, double max) { return {min, max, false}; }
  static Range any() { return {}; }

  bool contains(double value) const;
  std::string describe() const;  // "must be greater than 0"
};

struct Key;

/// What kind of value a key has.
struct Type {
  std::string words;                         // for readers: "whole number"
  std::vector<std::string> choices{};        // the names it accepts; none: it is no choice, or its reader brings them
  const std::vector<Key>* inside = nullptr;  // the keys of a section
};
namespace type {
inline const Type number{"number"}, number_or_auto{"number or auto"}, integer{"whole number"}, text{"text"},
    flag{"true or false"}, path{"path"}, numbers{"list of numbers"}, integers{"list of whole numbers"},
    table{"mapping of names to numbers"}, blend{"species, or mapping of species to amounts"};
/// One of these names, which stand beside their values.
template <class Names>
Type choice(const Names& named_values) {
  Type type{"name"};
  for (const auto& named : named_values) type.choices.emplace_back(named.first);
  return type;
}
inline Type section(const std::vector<Key>& inside) { return {"section", {}, &inside}; }
}  // namespace type

/// What the absence of a key means.
struct Absent {
  using Value = std::variant<std::monostate, double, std::int64_t, bool, std::string, std::vector<double>,
                             std::vector<std::int64_t>>;
  Value value{};          // what it has then; nothing: see words
  std::string words{};    // for readers, where there is no value or where it needs an explanation
  std::string example{};  // of a key that must be given, as in an input
};
/// The key must be given. example: as in an input. words: unless what.
inline Absent required(std::string example, std::string words = "") {
  return {.words = words.empty() ? "required" : "required, " + words, .example = std::move(example)};
}
/// It has this value then.
template <class T>
Absent otherwise(T value, std::string words = "") {
  if constexpr (std::same_as<T, bool>)
    return {.value = value, .words = std::move(words)};
  else if constexpr (std::integral<T>)
    return {.value = static_cast<std::int64_t>(value), .words = std::move(words)};
  else if constexpr (std::floating_point<T>)
    return {.value = static_cast<double>(value), .words = std::move(words)};
  else if constexpr (std::convertible_to<T, std::string>)
    return {.value = std::string(value), .words = std::move(words)};
  else
    return {.value = std::move(value), .words = std::move(words)};
}
/// It depends on the rest of the input.
inline Absent depends(std::string words) { return {.words = std::move(words)}; }

/// The name of a value among named ones.
template <class Names, class T>
std::string name_of(const Names& named_values, T value) {
  for (const auto& [name, each] : named_values)
    if (each == value) return name;
  return {};
}

/// One key of an input, and the only place that says what it means, what it accepts and what its absence means:
/// reading, messages, `bimetal keys`, `bimetal init` and docs/input.md go by it.
struct Key {
  std::string names;  // its name; or all of keys that mean the same for different ends, as in "x|y|z"
  Type type;
  std::string unit;  // "1" without one, empty if it is no quantity
  Range range;       // of a number, or of every number of a list
  Absent absent;
  std::string meaning;  // a sentence

  bool is(const std::string& name) const;
};
using Keys = std::vector<Key>;

/// The value that an absent key has as in an input, if it has one.
std::optional<std::string> value_if_absent(const Key& key);

// As they are written in an input.
std::string show(double value);
std::string show(std::int64_t value);
std::string show(bool value);
std::string show(const std::string& value);
std::string show(const std::vector<double>& values);
std::string show(const std::vector<std::int64_t>& values);

}  // namespace bimetal::config
