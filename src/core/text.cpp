#include "core/text.hpp"

#include <algorithm>
#include <cstdint>

#include "core/error.hpp"

namespace bimetal::core {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t i) { return static_cast<std::uint8_t>(text[i]); }

/// C0 and C1 controls, delete, and the two separators of Unicode that break lines. `length` > 0.
bool is_control(std::string_view text, std::size_t length) {
  if (length == 1) return byte_at(text, 0) < 0x20 || byte_at(text, 0) == 0x7f;
  if (length == 2) return byte_at(text, 0) == 0xc2 && byte_at(text, 1) < 0xa0;
  return text.starts_with("\u2028") || text.starts_with("\u2029");
}

/// Length of the printable character `text` begins with, or 0.
std::size_t printable_character(std::string_view text) {
  const std::size_t length = utf8_character(text);
  return length > 0 && is_control(text, length) ? 0 : length;
}

bool continues(std::string_view text, std::size_t i) { return i < text.size() && (byte_at(text, i) & 0xc0) == 0x80; }

}  // namespace

std::size_t utf8_character(std::string_view text) {
  if (text.empty()) return 0;
  const std::uint8_t lead = byte_at(text, 0);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const std::size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (std::size_t i = 1; i < length; ++i)
    if (!continues(text, i)) return 0;
  const std::uint8_t second = byte_at(text, 1);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool surrogate = lead == 0xed && second > 0x9f;
  const bool beyond = lead == 0xf4 && second > 0x8f;
  return overlong || surrogate || beyond ? 0 : length;
}

bool is_printable(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = printable_character(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string one_line(std::string_view text, std::size_t longest) {
  std::string line;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_character(text), 1);
    if (printable_character(text) > 0)
      line += text.substr(0, length);
    else
      line += ' ';
    text.remove_prefix(length);
  }
  if (line.size() <= longest) return line;
  std::size_t head = longest / 2;
  std::size_t tail = line.size() - longest / 2;
  while (head > 0 && continues(line, head)) --head;
  while (continues(line, tail)) ++tail;
  return line.substr(0, head) + "…" + line.substr(tail);
}

void require_plain_text(std::string_view text, std::string_view source, std::size_t largest) {
  if (text.size() > largest)
    throw UserError::format("{} has more than {} bytes; a file of this kind is smaller", one_line(source), largest);
  int line = 1;
  while (!text.empty()) {
    const std::size_t length = utf8_character(text);
    if (length == 0)
      throw UserError::format("{}:{}: this is not text (UTF-8); check that it is the file you mean, and its encoding",
                              one_line(source), line);
    const char first = text.front();
    if (is_control(text, length) && first != '\n' && first != '\r' && first != '\t')
      throw UserError::format("{}:{}: there is a control character in the line; remove it", one_line(source), line);
    if (first == '\n') ++line;
    text.remove_prefix(length);
  }
}

}  // namespace bimetal::core
