#include "chemistry/reaction_reader.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "chemistry/key_check.hpp"
#include "chemistry/rate_reader.hpp"
#include "chemistry/unit_reader.hpp"
#include "core/nearest.hpp"

namespace bimetal::chemistry {
namespace {

using Collider = Equation::Collider;

/// Reads one reaction: what all its parts need to know.
class ReactionReader {
 public:
  ReactionReader(const YamlValue& entry, const Mechanism& mechanism, const UnitSystem& units,
                 UndeclaredThirdBodies undeclared)
      : entry_(entry.about("reaction \"" + entry.at("equation").text() + "\"")),
        mechanism_(mechanism),
        units_(entry_.find("units") ? read_unit_system(entry_.at("units"), units) : units),
        undeclared_(undeclared),
        equation_(read_equation(entry)) {
    reaction_.equation = entry.at("equation").text();
  }

  Reaction read() {
    refuse_unknown_type();
    refuse_unknown_keys();
    reaction_.reactants = terms(equation_.reactants);
    reaction_.products = terms(equation_.products);
    reaction_.reversible = equation_.reversible;
    if (const auto duplicate = entry_.find("duplicate")) reaction_.duplicate = duplicate->flag();
    check_balance();
    reaction_.kind = kind();
    read_third_body();
    read_rates();
    return std::move(reaction_);
  }

 private:
  void refuse_unknown_type() const;
  void refuse_unknown_keys() const;
  std::size_t species(const std::string& name) const;
  std::vector<Term> terms(const std::vector<Equation::Term>& side) const;
  void check_balance() const;
  ReactionKind kind() const;
  void check_explicit_collider() const;
  void read_third_body();
  void read_efficiencies(const YamlValue& efficiencies);
  void check_efficiency(const YamlValue& value, const std::string& name) const;
  double order(const std::vector<Term>& side) const;
  void refuse_useless(const char* key) const;
  void read_rates();
  Arrhenius read_rate(const char* key, double order) const;

  const YamlValue entry_;
  const Mechanism& mechanism_;
  UnitSystem units_;
  UndeclaredThirdBodies undeclared_;
  Equation equation_;
  Reaction reaction_;
};

/// What would change the rate but is not read here must not pass in silence: keys of other kinds of reaction,
/// misspelt ones, and unknown ones that hold lists or maps, as all data of the format do. Notes may.
void ReactionReader::refuse_unknown_keys() const {
  static const std::vector<std::string> read{"equation",
                                             "type",
                                             "rate-constant",
                                             "high-P-rate-constant",
                                             "low-P-rate-constant",
                                             "Troe",
                                             "efficiencies",
                                             "default-efficiency",
                                             "duplicate",
                                             "negative-A",
                                             "units"};
  static const std::vector<std::string> harmless{"id",        "note",       "notes", "comment",
                                                 "reference", "references", "source"};
  static const std::array unsupported{"SRI",
                                      "Tsang",
                                      "orders",
                                      "negative-orders",
                                      "nonreactant-orders",
                                      "rate-constants",
                                      "colliders",
                                      "sticking-coefficient",
                                      "coverage-dependencies"};
  for (const auto& [key, value] : entry_.entries())
    if (std::find(unsupported.begin(), unsupported.end(), key) != unsupported.end())
      value.fail("\"{}\" is not supported; leave the reaction out or refit it", key);
  refuse_misspelt_keys(entry_, read, harmless);
  for (const auto& [key, value] : entry_.entries())
    if (!value.is_scalar() && !contains(read, key) && !contains(harmless, key))
      value.fail("unknown key \"{}\"; remove it, or turn it into a note", key);
}

void ReactionReader::refuse_unknown_type() const {
  static const std::array known{"elementary", "Arrhenius", "three-body", "falloff"};
  const auto type = entry_.find("type");
  if (!type) return;
  const std::string word = type->text();
  if (std::find(known.begin(), known.end(), word) == known.end())
    type->fail("type \"{}\" is not supported; supported are elementary, three-body and falloff", word);
}

std::size_t ReactionReader::species(const std::string& name) const {
  const auto index = mechanism_.species_index(name);
  if (index) return *index;
  const std::string near = core::nearest(name, mechanism_.species_names());
  entry_.fail("species \"{}\" is not declared; {}", name,
              near.empty() ? "add it to the species of the phase" : "did you mean \"" + near + "\"?");
}

std::vector<Term> ReactionReader::terms(const std::vector<Equation::Term>& side) const {
  std::vector<Term> result;
  for (const auto& term : side) result.push_back({species(term.species), term.coefficient});
  return result;
}

void ReactionReader::check_balance() const {
  constexpr double tolerance = 1e-4;  // of the atoms on both sides; fractional coefficients are rounded
  for (std::size_t e = 0; e < mechanism_.n_elements(); ++e) {
    double left = 0.0;
    double right = 0.0;
    for (const auto& term : reaction_.reactants) left += term.coefficient * mechanism_.species[term.species].atoms[e];
    for (const auto& term : reaction_.products) right += term.coefficient * mechanism_.species[term.species].atoms[e];
    if (std::abs(left - right) > tolerance * (std::abs(left) + std::abs(right)))
      entry_.fail("element {} does not balance, {} atoms on the left and {} on the right",
                  mechanism_.elements[e].name, left, right);
  }
}

ReactionKind ReactionReader::kind() const {
  const bool falloff = equation_.collider == Collider::any_falloff || equation_.collider == Collider::one_falloff;
  const auto type = entry_.find("type");
  if (!type) {
    if (falloff) return ReactionKind::falloff;
    return equation_.collider == Collider::any ? ReactionKind::three_body : ReactionKind::elementary;
  }
  const std::string word = type->text();
  if (word == "elementary" || word == "Arrhenius") {
    if (equation_.collider != Collider::none)
      entry_.fail("an elementary reaction has no third body; set type: three-body");
    return ReactionKind::elementary;
  }
  if (word == "three-body") {
    if (falloff) entry_.fail("its third body is in parentheses; set type: falloff");
    if (equation_.collider == Collider::any) return ReactionKind::three_body;
    check_explicit_collider();
    return ReactionKind::elementary;
  }
  if (!falloff) entry_.fail("a falloff reaction needs (+M), or a species in its place, on both sides");
  return ReactionKind::falloff;
}

/// "type: three-body" without M names its third body as a species of both sides, which makes it an elementary
/// reaction of the same rate.
void ReactionReader::check_explicit_collider() const {
  std::vector<std::string> shared;
  for (const auto& left : equation_.reactants)
    for (const auto& right : equation_.products)
      if (left.species == right.species) shared.push_back(left.species);
  if (shared.size() != 1) entry_.fail("a three-body reaction needs M, or one species that is on both sides");
  const auto efficiencies = entry_.find("efficiencies");
  if (!efficiencies) return;
  for (const auto& [name, value] : efficiencies->entries())
    if (name != shared.front() || value.number() != 1.0)
      value.fail("with the third body {} written out there are no efficiencies; write M instead", shared.front());
}

void ReactionReader::read_third_body() {
  const auto efficiencies = entry_.find("efficiencies");
  if (equation_.collider == Collider::one_falloff) {
    if (efficiencies)
      entry_.fail("with the third body {} written out there are no efficiencies", equation_.collider_species);
    reaction_.default_efficiency = 0.0;
    reaction_.efficiencies = {{species(equation_.collider_species), 1.0}};
    return;
  }
  if (reaction_.kind == ReactionKind::elementary) {
    const bool written_out = entry_.find("type") && entry_.at("type").text() == "three-body";
    if (efficiencies && !written_out) entry_.fail("efficiencies are given, but there is no third body M");
    return;
  }
  if (const auto value = entry_.find("default-efficiency")) {
    reaction_.default_efficiency = value->number();
    check_efficiency(*value, "unlisted species");
  }
  if (efficiencies) read_efficiencies(*efficiencies);
}

void ReactionReader::read_efficiencies(const YamlValue& efficiencies) {
  for (const auto& [name, value] : efficiencies.entries()) {
    if (!mechanism_.species_index(name) && undeclared_ == UndeclaredThirdBodies::skip) continue;
    check_efficiency(value, name);
    reaction_.efficiencies.push_back({species(name), value.number()});
  }
}

void ReactionReader::check_efficiency(const YamlValue& value, const std::string& name) const {
  constexpr double largest = 1e6;
  const double number = value.number();
  if (number < 0.0) value.fail("the efficiency of {} is negative", name);
  if (number > largest) value.fail("the efficiency of {} is beyond {}; correct it", name, largest);
}

double ReactionReader::order(const std::vector<Term>& side) const {
  constexpr double largest = 100.0;
  double sum = 0.0;
  for (const auto& term : side) sum += term.coefficient;
  if (sum > largest) entry_.fail("it is of order {}, beyond {}; correct its coefficients", sum, largest);
  return sum;
}

void ReactionReader::refuse_useless(const char* key) const {
  const auto found = entry_.find(key);
  if (!found) return;
  const bool falloff = reaction_.kind == ReactionKind::falloff;
  found->fail("a reaction {} (+M) has no \"{}\"; remove it, or restore the reaction it belongs to",
              falloff ? "with" : "without", key);
}

void ReactionReader::read_rates() {
  const double forward = order(reaction_.reactants);
  if (reaction_.reversible) order(reaction_.products);
  if (reaction_.kind == ReactionKind::falloff) {
    reaction_.rate = read_rate("high-P-rate-constant", forward);
    reaction_.low_pressure = read_rate("low-P-rate-constant", forward + 1.0);
    if (!(reaction_.rate.A > 0.0 && reaction_.low_pressure.A > 0.0))
      entry_.fail("both limits of a falloff need a positive A");
    if (const auto troe = entry_.find("Troe")) reaction_.troe = read_troe(*troe);
    refuse_useless("rate-constant");
  } else {
    reaction_.rate = read_rate("rate-constant", forward + (reaction_.kind == ReactionKind::three_body ? 1.0 : 0.0));
    for (const char* key : {"low-P-rate-constant", "high-P-rate-constant", "Troe"}) refuse_useless(key);
  }
}

Arrhenius ReactionReader::read_rate(const char* key, double order) const {
  const auto value = entry_.find(key);
  if (!value) entry_.fail("the key \"{}\" is missing; add it", key);
  const Arrhenius rate = read_arrhenius(*value, order, units_);
  if (rate.A >= 0.0) return rate;
  const auto negative = entry_.find("negative-A");
  if (!negative || !negative->flag()) value->fail("A is negative; if that is meant, set negative-A: true");
  return rate;
}

}  // namespace

Equation read_equation(const YamlValue& entry) {
  const YamlValue equation = entry.at("equation");
  const std::string text = equation.text();
  try {
    return parse_equation(text);
  } catch (const EquationError& error) {
    equation.fail("reaction \"{}\" cannot be read: {}", text, error.reason);
  }
}

Reaction read_reaction(const YamlValue& entry, const Mechanism& mechanism, const UnitSystem& units,
                       UndeclaredThirdBodies undeclared) {
  return ReactionReader(entry, mechanism, units, undeclared).read();
}

}  // namespace bimetal::chemistry
