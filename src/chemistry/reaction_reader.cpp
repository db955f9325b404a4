#include "chemistry/reaction_reader.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

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
      : entry_(entry),
        mechanism_(mechanism),
        units_(entry.find("units") ? read_unit_system(entry.at("units"), units) : units),
        undeclared_(undeclared),
        equation_(read_equation(entry)) {
    reaction_.equation = entry.at("equation").text();
  }

  Reaction read() {
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
  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> pattern, Args&&... args) const {
    entry_.fail("reaction \"{}\": {}", reaction_.equation, fmt::format(pattern, std::forward<Args>(args)...));
  }

  void refuse_unknown_keys() const;
  std::size_t species(const std::string& name) const;
  std::vector<Term> terms(const std::vector<Equation::Term>& side) const;
  void check_balance() const;
  ReactionKind kind() const;
  void check_explicit_collider() const;
  void read_third_body();
  void read_efficiencies(const YamlValue& efficiencies);
  void read_rates();
  Arrhenius read_rate(const char* key, double order) const;
  Troe read_troe(const YamlValue& troe) const;

  const YamlValue& entry_;
  const Mechanism& mechanism_;
  UnitSystem units_;
  UndeclaredThirdBodies undeclared_;
  Equation equation_;
  Reaction reaction_;
};

/// Keys that would change the rate but are not read here, or look like a misspelt key that is, must not pass in
/// silence. Others (notes, sources) may.
void ReactionReader::refuse_unknown_keys() const {
  static const std::vector<std::string> read = {"equation",
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
  static const std::array harmless = {"id", "note", "notes", "comment", "reference", "references", "source"};
  static const std::array unsupported = {"SRI",
                                         "Tsang",
                                         "orders",
                                         "negative-orders",
                                         "nonreactant-orders",
                                         "rate-constants",
                                         "colliders",
                                         "coverage-dependencies"};
  for (const auto& [key, value] : entry_.entries()) {
    const auto is_key = [&key = key](const auto& other) { return key == other; };
    if (std::any_of(read.begin(), read.end(), is_key) || std::any_of(harmless.begin(), harmless.end(), is_key))
      continue;
    if (std::any_of(unsupported.begin(), unsupported.end(), is_key))
      value.fail("reaction \"{}\": \"{}\" is not supported; leave the reaction out or refit it", reaction_.equation,
                 key);
    const std::string near = core::nearest(key, read);
    if (!near.empty())
      value.fail("reaction \"{}\": unknown key \"{}\"; did you mean \"{}\"?", reaction_.equation, key, near);
  }
}

std::size_t ReactionReader::species(const std::string& name) const {
  const auto index = mechanism_.species_index(name);
  if (index) return *index;
  const std::string near = core::nearest(name, mechanism_.species_names());
  fail("species \"{}\" is not declared; {}", name,
       near.empty() ? "add it to the species of the phase" : "did you mean \"" + near + "\"?");
}

std::vector<Term> ReactionReader::terms(const std::vector<Equation::Term>& side) const {
  std::vector<Term> result;
  for (const auto& term : side) result.push_back({species(term.species), term.coefficient});
  return result;
}

void ReactionReader::check_balance() const {
  constexpr double tolerance = 1e-4;  // molecules; fractional coefficients are rounded
  for (std::size_t e = 0; e < mechanism_.n_elements(); ++e) {
    double left = 0.0;
    double right = 0.0;
    for (const auto& term : reaction_.reactants) left += term.coefficient * mechanism_.species[term.species].atoms[e];
    for (const auto& term : reaction_.products) right += term.coefficient * mechanism_.species[term.species].atoms[e];
    if (std::abs(left - right) > tolerance)
      fail("element {} does not balance, {} atoms on the left and {} on the right", mechanism_.elements[e].name, left,
           right);
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
    if (equation_.collider != Collider::none) fail("an elementary reaction has no third body; set type: three-body");
    return ReactionKind::elementary;
  }
  if (word == "three-body") {
    if (falloff) fail("its third body is in parentheses; set type: falloff");
    if (equation_.collider == Collider::any) return ReactionKind::three_body;
    check_explicit_collider();
    return ReactionKind::elementary;
  }
  if (word == "falloff") {
    if (!falloff) fail("a falloff reaction needs (+M), or a species in its place, on both sides");
    return ReactionKind::falloff;
  }
  type->fail("reaction \"{}\": type \"{}\" is not supported; supported are elementary, three-body and falloff",
             reaction_.equation, word);
}

/// "type: three-body" without M names its third body as a species of both sides, which makes it an elementary
/// reaction of the same rate.
void ReactionReader::check_explicit_collider() const {
  std::vector<std::string> shared;
  for (const auto& left : equation_.reactants)
    for (const auto& right : equation_.products)
      if (left.species == right.species) shared.push_back(left.species);
  if (shared.size() != 1) fail("a three-body reaction needs M, or one species that is on both sides");
  const auto efficiencies = entry_.find("efficiencies");
  if (!efficiencies) return;
  for (const auto& [name, value] : efficiencies->entries())
    if (name != shared.front() || value.number() != 1.0)
      value.fail("reaction \"{}\": with the third body {} written out there are no efficiencies; write M instead",
                 reaction_.equation, shared.front());
}

void ReactionReader::read_third_body() {
  const auto efficiencies = entry_.find("efficiencies");
  if (equation_.collider == Collider::one_falloff) {
    if (efficiencies)
      fail("with the third body {} written out there are no efficiencies", equation_.collider_species);
    reaction_.default_efficiency = 0.0;
    reaction_.efficiencies = {{species(equation_.collider_species), 1.0}};
    return;
  }
  if (reaction_.kind == ReactionKind::elementary) {
    const bool written_out = entry_.find("type") && entry_.at("type").text() == "three-body";
    if (efficiencies && !written_out) fail("efficiencies are given, but there is no third body M");
    return;
  }
  if (const auto value = entry_.find("default-efficiency")) reaction_.default_efficiency = value->number();
  if (efficiencies) read_efficiencies(*efficiencies);
}

void ReactionReader::read_efficiencies(const YamlValue& efficiencies) {
  for (const auto& [name, value] : efficiencies.entries()) {
    if (!mechanism_.species_index(name) && undeclared_ == UndeclaredThirdBodies::skip) continue;
    const double number = value.number();
    if (number < 0.0) value.fail("reaction \"{}\": the efficiency of {} is negative", reaction_.equation, name);
    reaction_.efficiencies.push_back({species(name), number});
  }
}

void ReactionReader::read_rates() {
  double order = 0.0;
  for (const auto& term : reaction_.reactants) order += term.coefficient;
  if (reaction_.kind != ReactionKind::falloff) {
    reaction_.rate = read_rate("rate-constant", order + (reaction_.kind == ReactionKind::three_body ? 1.0 : 0.0));
    return;
  }
  reaction_.rate = read_rate("high-P-rate-constant", order);
  reaction_.low_pressure = read_rate("low-P-rate-constant", order + 1.0);
  if (!(reaction_.rate.A > 0.0 && reaction_.low_pressure.A > 0.0)) fail("both limits of a falloff need a positive A");
  if (const auto troe = entry_.find("Troe")) reaction_.troe = read_troe(*troe);
}

Arrhenius ReactionReader::read_rate(const char* key, double order) const {
  const auto found = entry_.find(key);
  if (!found) fail("the key \"{}\" is missing; add it", key);
  const YamlValue& value = *found;
  std::vector<YamlValue> parts;
  if (value.is_list())
    parts = value.items();
  else
    parts = {value.at("A"), value.at("b"), value.at("Ea")};
  if (parts.size() != 3) value.fail("reaction \"{}\": a rate constant is A, b, Ea", reaction_.equation);

  Arrhenius rate;
  rate.A = read_quantity(parts[0], units_.rate_constant(order), rate_dimensions(order),
                         fmt::format("a rate constant of order {}", order));
  rate.b = parts[1].number();
  rate.T_activation = read_activation_temperature(parts[2], units_);
  const auto negative = entry_.find("negative-A");
  if (rate.A < 0.0 && !(negative && negative->flag()))
    parts[0].fail("reaction \"{}\": A is negative; if that is meant, set negative-A: true", reaction_.equation);
  return rate;
}

Troe ReactionReader::read_troe(const YamlValue& troe) const {
  Troe result;
  result.a = troe.at("A").number();
  result.T3 = read_quantity(troe.at("T3"), 1.0, dimensions::temperature, "temperature");
  result.T1 = read_quantity(troe.at("T1"), 1.0, dimensions::temperature, "temperature");
  if (const auto T2 = troe.find("T2")) result.T2 = read_quantity(*T2, 1.0, dimensions::temperature, "temperature");
  // By custom 0 switches the term off.
  constexpr double off = 1e-30;
  if (result.T3 == 0.0) result.T3 = off;
  if (result.T1 == 0.0) result.T1 = off;
  if (result.T2 == 0.0) result.T2.reset();
  return result;
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
