#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <stdexcept>
#include <string>

#include "chemistry/mechanism_reader.hpp"
#include "core/error.hpp"

namespace bimetal::chemistry::testing {

// Species H, H2, O2, AR; reactions from line 20.
inline constexpr const char* head = R"(units: {length: cm, time: s, quantity: mol, activation-energy: cal/mol}
phases:
- name: gas
  kinetics: gas
  thermo: ideal-gas
  elements: [H, O, Ar]
  species: [H, H2, O2, AR]
species:
- name: H
  composition: {H: 1}
  thermo: {model: NASA7, temperature-ranges: [200, 1000, 6000], data: [[2.5, 0, 0, 0, 0, 1, 1], [2.5, 0, 0, 0, 0, 1, 1]]}
- name: H2
  composition: {H: 2}
  thermo: {model: NASA7, temperature-ranges: [200, 1000, 6000], data: [[3.5, 0, 0, 0, 0, 1, 1], [3.5, 0, 0, 0, 0, 1, 1]]}
- name: O2
  composition: {O: 2}
  thermo: {model: NASA7, temperature-ranges: [200, 6000], data: [[3.5, 0, 0, 0, 0, 1, 1]]}
- {name: AR, composition: {Ar: 1}, thermo: {model: NASA7, temperature-ranges: [200, 6000], data: [[2.5, 0, 0, 0, 0, 1, 1]]}}
reactions:
)";

inline std::string with_reactions(const std::string& reactions) { return head + reactions; }

/// `text` with one piece of it replaced.
inline std::string replaced(std::string text, const std::string& piece, const std::string& other) {
  const auto at = text.find(piece);
  if (at == std::string::npos) throw std::logic_error("the test replaces what is not there: " + piece);
  return text.replace(at, piece.size(), other);
}

/// A file of one reaction.
inline const std::string small_mechanism =
    with_reactions("- {equation: H + H <=> H2, rate-constant: {A: 1, b: 0, Ea: 0}}\n");

/// The same with one piece of it replaced.
inline std::string with(const std::string& piece, const std::string& other) {
  return replaced(small_mechanism, piece, other);
}

inline void expect_refused(const std::string& text, const std::string& reason, int line) {
  try {
    parse_mechanism(text, "file.yaml");
    ADD_FAILURE() << "accepted:\n" << text;
  } catch (const core::UserError& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find(reason), std::string::npos) << message << "\nlacks: " << reason;
    const std::string place = "file.yaml:" + std::to_string(line) + ":";
    if (line > 0) {
      EXPECT_TRUE(message.starts_with(place)) << message << "\nis not at line " << line;
    }
  }
}

/// For actions that read no file of the name above; the message must hold all the words.
template <class Action>
void expect_user_error(Action action, std::initializer_list<std::string> words) {
  try {
    action();
    ADD_FAILURE() << "accepted";
  } catch (const core::UserError& error) {
    for (const auto& word : words) EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
  }
}

}  // namespace bimetal::chemistry::testing
