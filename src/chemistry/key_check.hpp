#pragma once

#include <span>
#include <string>
#include <string_view>

#include "chemistry/yaml_value.hpp"

namespace bimetal::chemistry {

bool contains(std::span<const std::string> words, const std::string& word);

/// Refuses a key of `map` that is none of `read`: for maps that hold nothing but numbers to compute with. Local.
void allow_keys(const YamlValue& map, std::span<const std::string> read);

/// Refuses a key of `map` that is neither in `read` nor in `ignored` and looks like a misspelt one of `read`; the
/// number behind it would be lost in silence. Other keys are the user's notes. Local.
void refuse_misspelt_keys(const YamlValue& map, std::span<const std::string> read,
                          std::span<const std::string> ignored);

/// Refuses a species or element name that an equation could not hold or a list of names not tell apart. Local.
void check_name(const YamlValue& where, std::string_view name, std::string_view what);

}  // namespace bimetal::chemistry
