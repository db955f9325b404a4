#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bimetal::core {

/// The candidate with the smallest edit distance to `word`, or "" if none is near (more than half its letters
/// would have to change). For "did you mean …" in error messages. Local.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// Which candidates bear this name: the first that is exactly it, or else all that are it but for the case of
/// letters. Local.
std::vector<std::size_t> find_name(std::string_view name, std::span<const std::string> candidates);

}  // namespace bimetal::core
