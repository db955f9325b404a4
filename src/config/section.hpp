#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "config/key.hpp"

namespace bimetal::config {

/// What reading a document leaves behind: the resolved values in the order of reading.
struct Record {
  std::string source;                                      // file name, for messages
  std::string setter;                                      // what has set the overridden ones, for messages: "--set"
  std::vector<std::string> overridden;                     // paths
  std::vector<std::pair<std::string, std::string>> lines;  // key path → "value  # origin"
};

/// One mapping of a YAML input, read strictly by the table of its keys: every value is checked where it is read, and
/// finish() turns keys that nobody asked for into errors that list the valid ones. All errors are UserErrors naming
/// file, line, key and value; to ask for a key that the table does not have is a bug. Local: every rank reads the
/// same text and throws the same.
class Section {
 public:
  /// keys: must outlive it.
  Section(YAML::Node node, std::string path, std::shared_ptr<Record> record, const Keys& keys);
  /// More keys of this section; they must outlive it.
  void add(const Keys& keys) { tables_.push_back(&keys); }

  bool has(const std::string& key);
  bool is_section(const std::string& key) const;  // there is a mapping under this key
  bool is_list(const std::string& key) const;

  // An absent key has the value that its table says, or `fallback`, where that depends on the rest of the input; with
  // neither it is an error.
  double number(const std::string& key, std::optional<double> fallback = {});
  std::int64_t integer(const std::string& key, std::optional<std::int64_t> fallback = {});
  /// A number, or nothing if the input says `auto`, as it does by default.
  std::optional<double> number_or_auto(const std::string& key);
  std::string text(const std::string& key, std::optional<std::string> fallback = {});
  bool flag(const std::string& key);
  /// A file. One given in the input is relative to the folder of the input, one given by --set to the current folder.
  std::string path(const std::string& key);
  std::vector<double> numbers(const std::string& key, std::optional<std::vector<double>> fallback = {});
  std::vector<std::int64_t> integers(const std::string& key, std::optional<std::vector<std::int64_t>> fallback = {});
  /// A mapping of free names to numbers, such as Lewis numbers by species. Empty if absent.
  std::map<std::string, double> table(const std::string& key);

  /// One of the names in `choices`; returns its value.
  template <class T>
  T choice(const std::string& key, std::span<const std::pair<const char*, T>> choices,
           std::optional<T> fallback = {}) {
    std::vector<std::string> names;
    std::optional<std::string> fallback_name;
    for (const auto& [name, value] : choices) {
      names.emplace_back(name);
      if (fallback && value == *fallback) fallback_name = name;
    }
    return choices[index_of_choice(key, names, fallback_name)].second;
  }

  /// A sub-mapping; an absent one is empty, so that its own keys decide what is required.
  Section section(const std::string& key);

  /// Ends the reading of this mapping: unknown keys are an error.
  void finish() const;

  /// Adds a comment to what the resolved configuration says of a key that was read.
  void remark(const std::string& key, const std::string& comment);

  /// An error about this key, for checks that involve more than one value: "file:line: path is VALUE, but <why>".
  [[noreturn]] void refuse(const std::string& key, const std::string& why) const;

 private:
  bool is_given(const std::string& key) const;
  void know(const std::string& key);  // it may be given
  const Key& described(const std::string& key) const;
  std::optional<YAML::Node> find(const std::string& key);
  std::size_t index_of_choice(const std::string& key, const std::vector<std::string>& names,
                              const std::optional<std::string>& fallback);
  template <class T>
  T read(const std::string& key, const char* expected, const std::optional<T>& fallback);
  template <class T>
  std::vector<T> read_list(const std::string& key, const char* expected,
                           const std::optional<std::vector<T>>& fallback);
  template <class T>
  T convert(const std::string& key, const YAML::Node& value, const char* expected) const;
  void check(const std::string& key, double value) const;
  void remember(const std::string& key, const std::string& value, bool given);
  bool overridden(const std::string& key) const;
  std::string full(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }
  std::string place(const std::string& key) const;  // "file:line: " or, overridden, "--set: "

  YAML::Node node_;
  std::string path_;
  std::shared_ptr<Record> record_;
  std::vector<const Keys*> tables_;
  std::vector<std::string> known_;
};

}  // namespace bimetal::config
