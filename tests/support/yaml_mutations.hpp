#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text_mutations.hpp"

namespace bimetal::testing {

inline std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

/// A YAML document of few bytes that aliases blow up to 10^levels nodes.
inline std::string alias_bomb(int levels) {
  std::string text = "bomb0: &bomb0 [x]\n";
  for (int i = 1; i <= levels; ++i) {
    const std::string name = "bomb" + std::to_string(i);
    const std::string alias = "*bomb" + std::to_string(i - 1);
    text += name + ": &" + name + " [" + alias + repeated("," + alias, 9) + "]\n";
  }
  return text;
}

/// For YAML: values of the wrong kind in the place of a token, and what its parsers are known to suffer from.
inline Mutations yaml_mutations() {
  static const auto hostile = listed(
      "; ~; null; []; {}; [[]]; [~, ~]; {~: ~}; {a: b}; \"\"; ''; true; -; ?; : ; |; >-; &a; *a; *none; &a *a; "
      "&a [*a]; &a {b: *a}; <<; <<: *a; {<<: {a: b}}; !!str 5; !!binary x; !!map []; !own 1; %TAG ! x; ---; ...; "
      "\n---\n; \t; \"\\n\"; \"\\0\"; \"\\x07\"; \"\\ud800\"; \"\\u2028\"; \"\\q\"; 'it''s'; \"open; 'open; [1, 2; "
      "{a: 1; ]; }; @x; `x`; #; a: b: c; [a: b, c]; {[a]: b}; {a: 1, a: 2}");
  static const std::vector<std::pair<std::string, std::string>> brackets{{"[", "]"}, {"{a: ", "}"}, {"- ", ""},
                                                                         {"? ", ""}, {"[", ""},     {"{", ""}};
  return {
      {"a hostile token",
       [](std::string& text, Dice& dice) {
         const std::string& token = dice.pick(hostile);
         random_token(text, dice).replace(text, token);
       }},
      {"deep nesting",
       [](std::string& text, Dice& dice) {
         const auto& [open, close] = dice.pick(brackets);
         const std::size_t depth = std::size_t{1} << (2 + dice.below(12));
         random_token(text, dice).replace(text, repeated(open, depth) + "x" + repeated(close, depth));
       }},
      {"an alias to a token",
       [](std::string& text, Dice& dice) {
         const Piece token = random_token(text, dice);
         token.replace(text, "&anchor " + token.of(text));
         random_token(text, dice).replace(text, "*anchor");
       }},
      {"an alias bomb",
       [](std::string& text, Dice& dice) {
         text.insert(0, alias_bomb(2 + static_cast<int>(dice.below(9))));
         if (dice.below(2) == 0) random_token(text, dice).replace(text, "*bomb2");
       }},
  };
}

}  // namespace bimetal::testing
