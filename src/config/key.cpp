#include "config/key.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace bimetal::config {

bool Range::contains(double value) const {
  return std::isfinite(value) && (min_excluded ? value > min : value >= min) && value <= max;
}

std::string Range::describe() const {
  const bool bounded = std::isfinite(max);
  if (!std::isfinite(min)) return bounded ? fmt::format("must be at most {}", max) : "must be a finite number";
  if (bounded) return fmt::format("must lie between {} and {}", min, max);
  return fmt::format("must be {} {}", min_excluded ? "greater than" : "at least", min);
}

bool Key::is(const std::string& name) const {
  return !name.empty() && name.find('|') == std::string::npos &&
         ("|" + names + "|").find("|" + name + "|") != std::string::npos;
}

std::optional<std::string> value_if_absent(const Key& key) {
  return std::visit(
      [](const auto& value) -> std::optional<std::string> {
        if constexpr (std::same_as<std::decay_t<decltype(value)>, std::monostate>)
          return {};
        else
          return show(value);
      },
      key.absent.value);
}

std::string show(double value) { return fmt::format("{}", value); }
std::string show(std::int64_t value) { return fmt::format("{}", value); }
std::string show(bool value) { return value ? "true" : "false"; }
std::string show(const std::string& value) {
  YAML::Emitter emitter;
  emitter << YAML::Flow << YAML::Node(value);
  std::string text = emitter.c_str();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}
std::string show(const std::vector<double>& values) { return fmt::format("[{}]", fmt::join(values, ", ")); }
std::string show(const std::vector<std::int64_t>& values) { return fmt::format("[{}]", fmt::join(values, ", ")); }

}  // namespace bimetal::config
