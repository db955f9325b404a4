#pragma once

#include <span>
#include <string>
#include <string_view>

namespace bimetal::core {

/// The candidate with the smallest edit distance to `word`, or "" if none is near (more than half its letters
/// would have to change). For "did you mean …" in error messages. Local.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace bimetal::core
