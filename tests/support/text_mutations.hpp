#pragma once

#include <cctype>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mutation.hpp"

namespace bimetal::testing {

/// The words of a list written "one; two; three".
inline std::vector<std::string> listed(std::string_view text) {
  constexpr std::string_view separator = "; ";
  std::vector<std::string> words;
  for (auto end = text.find(separator); end != std::string_view::npos; end = text.find(separator)) {
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end + separator.size());
  }
  words.emplace_back(text);
  return words;
}

/// A piece of a text.
struct Piece {
  std::size_t begin;
  std::size_t end;

  std::string of(const std::string& text) const { return text.substr(begin, end - begin); }
  void replace(std::string& text, std::string_view other) const { text.replace(begin, end - begin, other); }
};

/// The longest piece around a random place whose characters are all `inside`; looks to the right for the first.
inline Piece random_piece(const std::string& text, Dice& dice, const std::function<bool(char)>& inside) {
  std::size_t begin = dice.below(text.size());
  while (begin < text.size() && !inside(text[begin])) ++begin;
  while (begin > 0 && inside(text[begin - 1])) --begin;
  std::size_t end = begin;
  while (end < text.size() && inside(text[end])) ++end;
  return {begin, end};
}

/// What stands between blanks and the punctuation of lists and maps.
inline Piece random_token(const std::string& text, Dice& dice) {
  static constexpr std::string_view outside = " \t\r\n,:[]{}";
  return random_piece(text, dice, [](char c) { return outside.find(c) == std::string_view::npos; });
}

/// With its line end.
inline Piece random_line(const std::string& text, Dice& dice) {
  Piece line = random_piece(text, dice, [](char c) { return c != '\n'; });
  if (line.end < text.size()) ++line.end;
  return line;
}

/// A token that begins with a digit, if a hundred tries find one.
inline Piece random_number(const std::string& text, Dice& dice) {
  Piece token = random_token(text, dice);
  for (int i = 0; i < 100; ++i, token = random_token(text, dice))
    if (token.begin < token.end && std::isdigit(static_cast<unsigned char>(text[token.begin])) != 0) break;
  return token;
}

/// Letters that a text may hold, or must not.
inline Mutations letter_mutations() {
  static const std::string marks = "{}[]():,;-+*/\n \"'#&|<=>!%@$^_?\\`0.e\t~";
  static const std::vector<std::string> wrong{"\x80",         "\xc0\x80",         "\xff\xfe",
                                              "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"};
  static const auto odd = listed("é; 水; 😀; \u00a0; \u200b; \u2028; \u0085; \ufeff");
  return {
      {"insert punctuation",
       [](std::string& text, Dice& dice) {
         const char mark = marks[dice.below(marks.size())];
         text.insert(dice.place(text), 1, mark);
       }},
      {"insert bytes that are not UTF-8",
       [](std::string& text, Dice& dice) {
         const std::string& bytes = dice.pick(wrong);
         text.insert(dice.place(text), bytes);
       }},
      {"insert letters beyond ASCII",
       [](std::string& text, Dice& dice) {
         const std::string& letter = dice.pick(odd);
         text.insert(dice.place(text), letter);
       }},
  };
}

/// Lines lost, moved, or from `donor`, another file.
inline Mutations line_mutations(std::string donor) {
  return {
      {"duplicate a line",
       [](std::string& text, Dice& dice) {
         const Piece line = random_line(text, dice);
         text.insert(line.end, line.of(text));
       }},
      {"delete a line", [](std::string& text, Dice& dice) { random_line(text, dice).replace(text, ""); }},
      {"move a line",
       [](std::string& text, Dice& dice) {
         const Piece line = random_line(text, dice);
         const std::string moved = line.of(text);
         line.replace(text, "");
         text.insert(random_line(text, dice).begin, moved);
       }},
      {"change the indentation of a line",
       [](std::string& text, Dice& dice) {
         const Piece line = random_line(text, dice);
         std::size_t blanks = 0;
         while (line.begin + blanks < line.end && text[line.begin + blanks] == ' ') ++blanks;
         const char blank = dice.below(4) == 0 ? '\t' : ' ';
         text.replace(line.begin, blanks, dice.below(8), blank);
       }},
      {"a line of another file",
       [donor = std::move(donor)](std::string& text, Dice& dice) {
         const std::string line = random_line(donor, dice).of(donor);
         text.insert(random_line(text, dice).begin, line);
       }},
  };
}

/// Tokens lost, swapped, or from `donor`.
inline Mutations token_mutations(std::string donor) {
  return {
      {"delete a token", [](std::string& text, Dice& dice) { random_token(text, dice).replace(text, ""); }},
      {"swap two tokens",
       [](std::string& text, Dice& dice) {
         const std::string token = random_token(text, dice).of(text);
         const Piece other = random_token(text, dice);
         const std::string replaced = other.of(text);
         other.replace(text, token);
         if (const auto at = text.find(token); at != std::string::npos && !token.empty())
           text.replace(at, token.size(), replaced);
       }},
      {"a very long token",
       [](std::string& text, Dice& dice) {
         const std::string token(std::size_t{1} << (6 + dice.below(12)), 'x');
         random_token(text, dice).replace(text, token);
       }},
      {"a token of another file",
       [donor = std::move(donor)](std::string& text, Dice& dice) {
         const std::string token = random_token(donor, dice).of(donor);
         random_token(text, dice).replace(text, token);
       }},
  };
}

/// Other numbers, of `donor` or extreme ones.
inline Mutations number_mutations(std::string donor) {
  static const auto extreme = listed(
      "0; -0.0; -1; 1; 1e300; -1e300; 1e-300; 1e999; -1e999; 4.9e-324; .nan; .inf; -.inf; nan; inf; 1e10; -1e10; "
      "1e30; "
      "0x10; 1_000; 0.333; 1e-310; -1e100; +-1; 2147483648; 18446744073709551616; 1.7976931348623157e308; "
      "99999999999999999999999999999999999999999999");
  return {
      {"a number for a number",
       [donor = std::move(donor)](std::string& text, Dice& dice) {
         const std::string number = random_number(donor, dice).of(donor);
         random_number(text, dice).replace(text, number);
       }},
      {"an extreme number",
       [](std::string& text, Dice& dice) {
         const std::string& number = dice.pick(extreme);
         random_number(text, dice).replace(text, number);
       }},
  };
}

/// For any text.
inline Mutations text_mutations(const std::string& donor) {
  return letter_mutations() + line_mutations(donor) + token_mutations(donor) + number_mutations(donor);
}

}  // namespace bimetal::testing
