#include "chemistry/key_check.hpp"

#include <algorithm>
#include <array>

#include "core/nearest.hpp"

namespace bimetal::chemistry {

bool contains(std::span<const std::string> words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void allow_keys(const YamlValue& map, std::span<const std::string> read) {
  for (const auto& [key, value] : map.entries())
    if (!contains(read, key)) value.fail("unknown key \"{}\"; known are {}", key, fmt::join(read, ", "));
}

void refuse_misspelt_keys(const YamlValue& map, std::span<const std::string> read,
                          std::span<const std::string> ignored) {
  for (const auto& [key, value] : map.entries()) {
    if (contains(read, key) || contains(ignored, key)) continue;
    const std::string near = core::nearest(key, read);
    if (!near.empty()) value.fail("unknown key \"{}\"; did you mean \"{}\"?", key, near);
  }
}

void check_name(const YamlValue& where, std::string_view name, std::string_view what) {
  constexpr std::size_t longest = 100;  // bytes
  static constexpr std::array<std::string_view, 5> reserved{"M", "+", "=", "<=>", "=>"};
  if (name.empty()) where.fail("the name of the {} is empty; give it one", what);
  if (name.size() > longest) where.fail("{} name \"{}\" is longer than {} bytes; shorten it", what, name, longest);
  if (name.find_first_of(" /\"\\") != std::string_view::npos)
    where.fail("{} name \"{}\" holds a blank, a slash or a quotation mark; rename it", what, name);
  if (std::find(reserved.begin(), reserved.end(), name) != reserved.end() || parse_number(name) ||
      name.starts_with("(+"))
    where.fail("{} name \"{}\" means something else in an equation; rename it", what, name);
}

}  // namespace bimetal::chemistry
