#pragma once

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "chemistry/mechanism_reader.hpp"
#include "core/error.hpp"

namespace bimetal::chemistry::testing {

/// A file of four species and one reaction, to be changed piece by piece.
inline const std::string small_mechanism = R"(phases:
- name: gas
  thermo: ideal-gas
  kinetics: gas
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
- {equation: H + H <=> H2, rate-constant: {A: 1, b: 0, Ea: 0}}
)";

/// `text` with one piece of it replaced.
inline std::string replaced(std::string text, const std::string& piece, const std::string& other) {
  const auto at = text.find(piece);
  if (at == std::string::npos) throw std::logic_error("the test replaces what is not there: " + piece);
  return text.replace(at, piece.size(), other);
}

inline std::string small_with(const std::string& piece, const std::string& other) {
  return replaced(small_mechanism, piece, other);
}

/// The message must hold all the words.
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
