#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bimetal::core {

/// Length in bytes of the UTF-8 character `text` begins with, or 0 if it begins with none (RFC 3629: no overlong
/// forms, no surrogates, nothing beyond U+10FFFF). Local.
std::size_t utf8_character(std::string_view text);

/// Whether `text` is UTF-8 without control characters or line breaks, so that it can stand in a message. Local.
bool is_printable(std::string_view text);

/// `text` fit for a message on one line: a blank for what cannot be printed, and "…" for the middle of what is
/// longer than `longest` bytes. Local.
std::string one_line(std::string_view text, std::size_t longest = 400);

/// Refuses text that no parser should see: more than `largest` bytes, not UTF-8, or with control characters other
/// than tabs and line ends. A UserError with `source` and the line. Local.
void require_plain_text(std::string_view text, std::string_view source, std::size_t largest);

}  // namespace bimetal::core
