#include "config/section.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "core/error.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"

namespace bimetal::config {
namespace {

// For the resolved configuration: what is read again as the same.
std::string show(const YAML::Node& value) {
  YAML::Emitter emitter;
  emitter << YAML::Flow << value;
  std::string text = emitter.c_str();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// For a sentence, whatever it is that was given.
std::string quoted(const std::string& key) { return core::one_line(key, 80); }
std::string quoted(const YAML::Node& value) { return core::one_line(show(value), 80); }

}  // namespace

Section::Section(YAML::Node node, std::string path, std::shared_ptr<Record> record, const Keys& keys)
    : node_(std::move(node)), path_(std::move(path)), record_(std::move(record)), tables_{&keys} {
  if (node_.IsDefined() && !node_.IsNull() && !node_.IsMap())
    throw core::UserError::format("{}:{}: {} is '{}', but must be a mapping of keys to values", record_->source,
                                  node_.Mark().line + 1, path_.empty() ? "the input" : path_, quoted(node_));
}

bool Section::has(const std::string& key) {
  know(key);
  return is_given(key);
}

bool Section::is_given(const std::string& key) const {
  return node_.IsMap() && static_cast<const YAML::Node&>(node_)[key].IsDefined();
}

bool Section::is_section(const std::string& key) const {
  return is_given(key) && static_cast<const YAML::Node&>(node_)[key].IsMap();
}

bool Section::is_list(const std::string& key) const {
  return is_given(key) && static_cast<const YAML::Node&>(node_)[key].IsSequence();
}

void Section::know(const std::string& key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
}

const Key& Section::described(const std::string& key) const {
  for (const auto* keys : tables_)
    for (const auto& each : *keys)
      if (each.is(key)) return each;
  throw std::logic_error(fmt::format("the key {} is in no table of keys", full(key)));
}

std::optional<YAML::Node> Section::find(const std::string& key) {
  know(key);
  if (!has(key)) return {};
  return static_cast<const YAML::Node&>(node_)[key];
}

bool Section::overridden(const std::string& key) const {
  const std::string path = full(key);
  return std::any_of(record_->overridden.begin(), record_->overridden.end(),
                     [&](const auto& set) { return set == path || path.starts_with(set + "."); });
}

std::string Section::place(const std::string& key) const {
  if (overridden(key)) return record_->setter + ": ";
  if (is_given(key))
    return fmt::format("{}:{}: ", record_->source, static_cast<const YAML::Node&>(node_)[key].Mark().line + 1);
  return record_->source + ": ";
}

void Section::refuse(const std::string& key, const std::string& why) const {
  if (!is_given(key)) throw core::UserError::format("{}{} {}", place(key), full(key), why);
  const YAML::Node value = static_cast<const YAML::Node&>(node_)[key];
  throw core::UserError::format("{}{} is {}, but {}", place(key), full(key), quoted(value), why);
}

template <class T>
T Section::convert(const std::string& key, const YAML::Node& value, const char* expected) const {
  T result{};
  if (!value.IsScalar() || !YAML::convert<T>::decode(value, result)) refuse(key, fmt::format("must be {}", expected));
  return result;
}

template <class T>
T Section::read(const std::string& key, const char* expected, const std::optional<T>& fallback) {
  const auto value = find(key);
  const auto* usual = fallback ? &*fallback : std::get_if<T>(&described(key).absent.value);
  if (!value && !usual)
    throw core::UserError::format("{}: {} is missing; give it {}", record_->source, full(key), expected);
  const T result = value ? convert<T>(key, *value, expected) : *usual;
  remember(key, show(result), value.has_value());
  return result;
}

template <class T>
std::vector<T> Section::read_list(const std::string& key, const char* expected,
                                  const std::optional<std::vector<T>>& fallback) {
  const auto value = find(key);
  const auto* usual = fallback ? &*fallback : std::get_if<std::vector<T>>(&described(key).absent.value);
  if (!value && !usual)
    throw core::UserError::format("{}: {} is missing; give it {}", record_->source, full(key), expected);
  std::vector<T> result;
  if (value) {
    if (!value->IsSequence()) refuse(key, fmt::format("must be {}", expected));
    for (const auto& item : *value) {
      result.push_back(convert<T>(key, item, expected));
      check(key, static_cast<double>(result.back()));
    }
  } else {
    result = *usual;
  }
  remember(key, show(result), value.has_value());
  return result;
}

void Section::check(const std::string& key, double value) const {
  const auto& range = described(key).range;
  if (!range.contains(value)) refuse(key, range.describe());
}

void Section::remember(const std::string& key, const std::string& value, bool given) {
  const auto origin = overridden(key) ? "  # " + record_->setter : std::string(given ? "" : "  # default");
  record_->lines.emplace_back(full(key), value + origin);
}

double Section::number(const std::string& key, std::optional<double> fallback) {
  const double value = read<double>(key, "a number", fallback);
  if (has(key)) check(key, value);
  return value;
}

std::optional<double> Section::number_or_auto(const std::string& key) {
  const auto value = find(key);
  std::optional<double> number;
  if (value && !(value->IsScalar() && value->Scalar() == "auto")) {
    number = convert<double>(key, *value, "a number or auto");
    check(key, *number);
  }
  remember(key, number ? show(*number) : "auto", value.has_value());
  return number;
}

void Section::remark(const std::string& key, const std::string& comment) {
  const auto line = std::ranges::find(record_->lines, full(key), &std::pair<std::string, std::string>::first);
  EXPECT(line != record_->lines.end());
  line->second += (line->second.find("  # ") == std::string::npos ? "  # " : ": ") + comment;
}

std::int64_t Section::integer(const std::string& key, std::optional<std::int64_t> fallback) {
  const auto value = read<std::int64_t>(key, "a whole number", fallback);
  if (has(key)) check(key, static_cast<double>(value));
  return value;
}

std::string Section::text(const std::string& key, std::optional<std::string> fallback) {
  const auto value = read<std::string>(key, "a text", fallback);
  // It goes into file names, messages and the resolved configuration.
  if (has(key) && !core::is_printable(value)) refuse(key, "must be a text without control characters");
  return value;
}

std::string Section::path(const std::string& key) {
  namespace fs = std::filesystem;
  const fs::path given = text(key);
  const fs::path base = overridden(key) ? fs::path() : fs::path(record_->source).parent_path();
  const auto absolute = fs::absolute(base / given).lexically_normal().string();
  record_->lines.pop_back();
  remember(key, show(absolute), true);
  return absolute;
}

bool Section::flag(const std::string& key) { return read<bool>(key, "true or false", {}); }

std::vector<double> Section::numbers(const std::string& key, std::optional<std::vector<double>> fallback) {
  return read_list<double>(key, "a list of numbers such as [0.0, 1.0]", fallback);
}

std::vector<std::int64_t> Section::integers(const std::string& key,
                                            std::optional<std::vector<std::int64_t>> fallback) {
  return read_list<std::int64_t>(key, "a list of whole numbers such as [64, 64]", fallback);
}

std::map<std::string, double> Section::table(const std::string& key) {
  std::map<std::string, double> result;
  const auto value = find(key);
  if (!value) return result;
  if (!value->IsMap()) refuse(key, "must be a mapping of names to numbers such as {H2: 0.3}");
  for (const auto& item : *value) {
    const double number = convert<double>(key, item.second, "a mapping of names to numbers");
    check(key, number);
    if (!core::is_printable(item.first.Scalar())) refuse(key, "must be a mapping of printable names to numbers");
    result[item.first.as<std::string>()] = number;
  }
  remember(key, show(*value), true);
  return result;
}

std::size_t Section::index_of_choice(const std::string& key, const std::vector<std::string>& names,
                                     const std::optional<std::string>& fallback) {
  const std::string expected = fmt::format("one of {}", fmt::join(names, ", "));
  const auto name = read<std::string>(key, expected.c_str(), fallback);
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    const std::string close = core::nearest(name, names);
    refuse(key, fmt::format("must be {}{}", expected, close.empty() ? "" : "; did you mean " + close + "?"));
  }
  return static_cast<std::size_t>(found - names.begin());
}

Section Section::section(const std::string& key) {
  const auto* inside = described(key).type.inside;
  EXPECT(inside);
  const auto value = find(key);
  return Section(value.value_or(YAML::Node(YAML::NodeType::Map)), full(key), record_, *inside);
}

void Section::finish() const {
  if (!node_.IsMap()) return;
  for (const auto& item : node_) {
    const auto key = item.first.as<std::string>();
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    const std::string close = core::nearest(key, known_);
    if (known_.empty())
      throw core::UserError::format("{}unknown key {}; there is nothing to say in {}", place(key), quoted(full(key)),
                                    path_);
    throw core::UserError::format("{}unknown key {}{}; valid keys {} are {}", place(key), quoted(full(key)),
                                  close.empty() ? "" : " (did you mean " + close + "?)",
                                  path_.empty() ? "at the top level" : "in " + path_, fmt::join(known_, ", "));
  }
}

}  // namespace bimetal::config
