#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "../support/yaml_mutations.hpp"

namespace bimetal::chemistry::testing {

using bimetal::testing::Dice;
using bimetal::testing::listed;
using bimetal::testing::Mutations;
using bimetal::testing::Piece;
using bimetal::testing::random_token;

/// The text of a random equation, or an empty piece if there is none.
inline Piece random_equation(const std::string& text, Dice& dice) {
  static const std::string key = "equation: ";
  std::size_t at = text.find(key, dice.place(text));
  if (at == std::string::npos) at = text.find(key);
  if (at == std::string::npos) return {0, 0};
  return {at + key.size(), std::min(text.find_first_of("\n,}", at), text.size())};
}

/// Adds a term to both sides, so that the elements still balance.
inline void add_to_both_sides(std::string& equation, Dice& dice) {
  static const auto terms = listed(" + M;  (+M);  + H2;  (+H2);  + 1e5 H2;  + 0.5 H2");
  const std::string& term = dice.pick(terms);
  equation += term;
  if (const auto arrow = equation.find(" <=>"); arrow != std::string::npos) equation.insert(arrow, term);
}

inline void mutate_equation(std::string& text, Dice& dice) {
  static const auto pieces =
      listed("<=>; =>; =; <=; ->; +; + M; (+M); (+ M); (+H2; M; 2 M; H2; AR; none; H2 + H2 + ; (+); 0.5 H2; + e");
  static const auto coefficients =
      listed("2; 0; -1; 0.5; 1e300; 1e-300; 1000000; 99999; 1e99; 1.5e1; nan; 0x2; 2.; 1/2");
  const Piece place = random_equation(text, dice);
  std::string equation = place.of(text);
  const Piece token = random_token(equation, dice);
  switch (dice.below(5)) {
    case 0: token.replace(equation, dice.pick(pieces)); break;
    case 1: equation.insert(token.begin, dice.pick(coefficients) + " "); break;
    case 2: token.replace(equation, ""); break;
    case 3: equation += " " + dice.pick(pieces); break;
    default: add_to_both_sides(equation, dice);
  }
  place.replace(text, equation);
}

/// Words with a meaning in mechanisms, in places where they have another one or none.
inline void misplace_word(std::string& text, Dice& dice) {
  static const auto words = listed(
      "furlong; 5 parsec; 1 atm; cm^1e308; cm^-99/mol; K/mol/; 1 cm^3/mol/s; 1e300 m^9/kmol^3/s; nan K; M; +; =>; "
      "H2/O; "
      "\"H 2\"; \" H\"; \"H\\n2\"; 2; (+M); e-; H2O(水); none; all; declared-species; NASA9; Shomate; constant-cp; "
      "ideal-gas; Peng-Robinson; surface; linear; three-body; falloff; elementary; Chebyshev; chemically-activated; "
      "pressure-dependent-Arrhenius; Blowers-Masel; three-body-Blowers-Masel; three-body-Chebyshev; Arrhenius; Troe; "
      "falloff-SRI; chemically-activated-Tsang; 1 kcal/mol; TRUE");
  random_token(text, dice).replace(text, dice.pick(words));
}

/// A key more, at the indentation of the line after it.
inline void add_key(std::string& text, Dice& dice) {
  static const auto keys = listed(
      "orders: {H2: 0.5}; negative-A: true; duplicate: true; default-efficiency: -1; SRI: {A: 1, B: 1, C: 1}; "
      "type: falloff; type: three-body; efficiencies: {H2: 1e300}; efficiencies: {H2: 0}; units: {length: m}; "
      "units: {quantity: molec, length: nm}; Troe: {A: 0, T3: 0, T1: 0}; Troe: {A: 1e300, T3: -1, T1: -1, T2: -1}; "
      "rate-constant: {A: 0, b: 0, Ea: 0}; reference-pressure: 1e-300; rate-constants: []; unknown: 5; kinetics: "
      "none; "
      "orders: {H2: -0.5, O2: 0, AR: 1}; orders: {A: 1e300}; negative-orders: true; nonreactant-orders: true; "
      "Tsang: {A: 0.9, B: -1e-4}; Tsang: {A: -1}; SRI: {A: 1, B: 1, C: 0, D: 2, E: -50}; default-efficiency: 0; "
      "SRI: {A: -1, B: 1e300, C: 1e-300}; type: chemically-activated; type: Chebyshev; type: Blowers-Masel; "
      "type: pressure-dependent-Arrhenius; rate-constants: [{P: 1 atm, A: 1e300, b: 0}, {P: 1.01325 bar, A: -1, b: "
      "9}]; "
      "rate-constant: [1, 0, 5, 9]; rate-constant: {A: 1, b: 0, Ea0: 1e5, w: 1.0000001e5}; data: [[1, 2], [3, 4]]; "
      "data: [[1e5]]; temperature-range: [300, 3000]; temperature-range: [1e-300, 1e300]; pressure-range: [1 Pa, 9 "
      "atm]; "
      "pressure-range: [1, 1.000000001]; reversible: false; efficiencies: {AR: 2}; efficiencies: {C: 0.5}; "
      "transport: ionized-gas; skip-undeclared-third-bodies: true; note: {a: [b]}");
  const Piece line = bimetal::testing::random_line(text, dice);
  const std::size_t first = std::min(text.find_first_not_of(' ', line.begin), line.end);
  text.insert(line.begin, std::string(first - line.begin, ' ') + dice.pick(keys) + "\n");
}

/// For mechanism files; lines, tokens and numbers also come from `donor`, another mechanism.
inline Mutations mechanism_mutations(const std::string& donor) {
  const Mutations own{{"change an equation", mutate_equation},
                      {"change another equation", mutate_equation},
                      {"a word of another kind", misplace_word},
                      {"a key more", add_key}};
  // Numbers again: they make the mutants that are read to the end.
  return own + bimetal::testing::byte_mutations() + bimetal::testing::text_mutations(donor) +
         bimetal::testing::number_mutations(donor) + bimetal::testing::yaml_mutations();
}

}  // namespace bimetal::chemistry::testing
