#include "chemistry/equation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <sstream>

#include "chemistry/yaml_value.hpp"

namespace bimetal::chemistry {
namespace {

using Words = std::vector<std::string>;
using Collider = Equation::Collider;

constexpr double largest_coefficient = 1e6;  // molecules

struct Side {
  std::vector<Equation::Term> terms;
  Collider collider = Collider::none;
  std::string collider_species;
};

/// Blank-separated words, with "(+ M)" joined to one word "(+M)".
Words split(std::string_view text) {
  Words words;
  std::istringstream stream{std::string(text)};
  for (std::string word; stream >> word;) {
    if (!words.empty() && words.back() == "(+")
      words.back() += word;
    else
      words.push_back(word);
  }
  return words;
}

void set_collider(Side& side, Collider collider, std::string species) {
  if (side.collider != Collider::none) throw EquationError{"it has more than one third body on a side"};
  side.collider = collider;
  side.collider_species = std::move(species);
}

void add_term(Side& side, const std::string& species, double coefficient) {
  if (species == "M") {
    if (coefficient != 1.0) throw EquationError{"the third body M cannot have a coefficient"};
    return set_collider(side, Collider::any, "");
  }
  const auto known =
      std::find_if(side.terms.begin(), side.terms.end(), [&](const auto& term) { return term.species == species; });
  if (known != side.terms.end())
    known->coefficient += coefficient;
  else
    side.terms.push_back({species, coefficient});
}

/// Takes "(+M)" or "(+N2)".
void add_falloff_collider(Side& side, const std::string& word) {
  if (word.size() < 4 || word.back() != ')')
    throw EquationError{fmt::format("\"{}\" is not a third body such as (+M)", word)};
  std::string name = word.substr(2, word.size() - 3);
  if (name == "M")
    set_collider(side, Collider::any_falloff, "");
  else
    set_collider(side, Collider::one_falloff, std::move(name));
}

Side parse_side(std::span<const std::string> words) {
  Side side;
  bool wants_term = true;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.starts_with("(+")) {
      if (wants_term) throw EquationError{fmt::format("\"{}\" follows a \"+\" or nothing", word)};
      add_falloff_collider(side, word);
    } else if (word == "+") {
      if (wants_term) throw EquationError{"a \"+\" has no species before it"};
      wants_term = true;
    } else {
      if (!wants_term) throw EquationError{fmt::format("a \"+\" is missing before \"{}\"", word)};
      const auto coefficient = parse_number(word);
      if (coefficient && !(*coefficient > 0.0 && *coefficient <= largest_coefficient))
        throw EquationError{fmt::format("the coefficient \"{}\" is not positive, or too large", word)};
      if (coefficient && ++i == words.size())
        throw EquationError{fmt::format("no species follows the coefficient \"{}\"", word)};
      add_term(side, words[i], coefficient.value_or(1.0));
      wants_term = false;
    }
  }
  if (wants_term) throw EquationError{"a side of it is empty or ends in \"+\""};
  if (side.terms.empty()) throw EquationError{"a side of it has no species"};
  return side;
}

bool is_arrow(const std::string& word) { return word == "<=>" || word == "=" || word == "=>"; }

}  // namespace

Equation parse_equation(std::string_view text) {
  const Words words = split(text);
  const auto arrow = std::find_if(words.begin(), words.end(), is_arrow);
  if (arrow == words.end()) throw EquationError{"it has no arrow; write <=>, = or => with blanks around"};
  if (std::find_if(arrow + 1, words.end(), is_arrow) != words.end()) throw EquationError{"it has two arrows"};
  const Side left = parse_side({words.begin(), arrow});
  const Side right = parse_side({arrow + 1, words.end()});
  if (left.collider != right.collider || left.collider_species != right.collider_species)
    throw EquationError{"its two sides have different third bodies"};
  return {left.terms, right.terms, *arrow != "=>", left.collider, left.collider_species};
}

}  // namespace bimetal::chemistry
