#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

#include "core/text.hpp"

namespace bimetal::testing {

/// What keeps the message of a UserError from being one clear sentence about `source`; "" if nothing does.
inline std::string fault_of_sentence(std::string_view message, std::string_view source) {
  constexpr std::size_t longest = 500;  // bytes
  static constexpr std::array internals{"yaml-cpp",       "YAML::",   "std::",     "bimetal::", "basic_string",
                                        "bad conversion", "bad file", "bad_alloc", "vector",    "assert"};
  if (message.size() > longest) return "it is longer than 500 bytes";
  if (!core::is_printable(message)) return "it has line breaks, control characters or bytes that are not UTF-8";
  if (message.find(source) == std::string_view::npos) return "it does not name the file";
  for (const std::string_view word : internals)
    if (message.find(word) != std::string_view::npos) return "it speaks of internals: " + std::string(word);
  const auto is_blank = [](char c) { return c == ' '; };
  if (std::count_if(message.begin(), message.end(), is_blank) < 3) return "it is no sentence";
  const char last = message.back();
  if (std::isalnum(static_cast<unsigned char>(last)) == 0 &&
      std::string_view("\")?]}").find(last) == std::string::npos)
    return "it does not end like a sentence";
  return "";
}

}  // namespace bimetal::testing
