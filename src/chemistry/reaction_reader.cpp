#include "chemistry/reaction_reader.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "chemistry/key_check.hpp"
#include "chemistry/pressure_rate_reader.hpp"
#include "chemistry/rate_reader.hpp"
#include "chemistry/reaction_form.hpp"
#include "chemistry/unit_reader.hpp"

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
        equation_(read_equation(entry)),
        form_(read_form(entry_, equation_)) {
    reaction_.equation = entry.at("equation").text();
  }

  Reaction read() {
    check_reaction_keys(entry_, form_.rate);
    reaction_.reactants = terms(equation_.reactants);
    reaction_.products = terms(equation_.products);
    reaction_.reversible = equation_.reversible;
    reaction_.duplicate = flag("duplicate");
    check_direction();
    check_balance();
    reaction_.kind = form_.kind(equation_.collider == Collider::any);
    read_third_body({entry_, equation_, form_, mechanism_, undeclared_}, reaction_);
    read_orders();
    read_rates();
    return std::move(reaction_);
  }

 private:
  bool flag(const char* key) const;
  std::size_t species(const std::string& name) const { return require_declared(entry_, mechanism_, name); }
  std::vector<Term> terms(const std::vector<Equation::Term>& side) const;
  void check_direction() const;
  void check_balance() const;
  void read_orders();
  double read_order(const std::string& name, const YamlValue& value) const;
  double order(const std::vector<Term>& side) const;
  void read_rates();
  void read_limits(double order);
  void read_broadening();
  YamlValue require(const char* key) const;
  void check_sign(const YamlValue& value, double A) const;
  Arrhenius read_rate(const char* key, double order) const;

  const YamlValue entry_;
  const Mechanism& mechanism_;
  UnitSystem units_;
  UndeclaredThirdBodies undeclared_;
  Equation equation_;
  ReactionForm form_;
  Reaction reaction_;
};

bool ReactionReader::flag(const char* key) const {
  const auto value = entry_.find(key);
  return value && value->flag();
}

std::vector<Term> ReactionReader::terms(const std::vector<Equation::Term>& side) const {
  std::vector<Term> result;
  for (const auto& term : side) result.push_back({species(term.species), term.coefficient});
  return result;
}

/// The arrow decides. A key that says otherwise is not of the format, but would be read as if it were.
void ReactionReader::check_direction() const {
  if (const auto value = entry_.find("reversible"); value && value->flag() != equation_.reversible)
    value->fail("the arrow of the equation says otherwise; write <=> or => as is meant");
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

void ReactionReader::read_orders() {
  const bool negative = flag("negative-orders");
  const bool others = flag("nonreactant-orders");
  const auto orders = entry_.find("orders");
  if (!orders || orders->entries().empty()) return;
  if (reaction_.reversible)
    orders->fail(
        "orders are given, but the reaction is reversible, and its reverse rate would be unknown; write => in its "
        "equation");
  reaction_.orders = reaction_.reactants;
  for (const auto& [name, value] : orders->entries()) {
    const std::size_t index = species(name);
    const double number = read_order(name, value);
    if (number < 0.0 && !negative)
      value.fail("the order of {} is negative; if that is meant, set negative-orders: true", name);
    const auto known = std::find_if(reaction_.orders.begin(), reaction_.orders.end(),
                                    [&](const Term& term) { return term.species == index; });
    if (known != reaction_.orders.end()) {
      known->coefficient = number;
    } else {
      if (!others) value.fail("{} is no reactant; if its order is meant, set nonreactant-orders: true", name);
      if (number != 0.0) reaction_.orders.push_back({index, number});
    }
  }
}

double ReactionReader::read_order(const std::string& name, const YamlValue& value) const {
  constexpr double largest = 10.0;
  const double number = value.number();
  if (std::abs(number) > largest) value.fail("the order {} of {} is beyond {}; correct it", number, name, largest);
  return number;
}

double ReactionReader::order(const std::vector<Term>& side) const {
  constexpr double largest = 100.0;
  constexpr double lowest = -10.0;
  double sum = 0.0;
  double negative = 0.0;
  for (const auto& term : side) {
    sum += term.coefficient;
    negative += std::min(term.coefficient, 0.0);
  }
  if (sum > largest) entry_.fail("it is of order {}, beyond {}; correct its coefficients", sum, largest);
  if (negative < lowest) entry_.fail("its negative orders add up to {}, beyond {}; correct them", negative, lowest);
  return sum;
}

void ReactionReader::read_rates() {
  order(reaction_.reactants);
  if (reaction_.reversible) order(reaction_.products);
  const double molecules = order(reaction_.orders.empty() ? reaction_.reactants : reaction_.orders);
  const double forward = molecules + (reaction_.kind == ReactionKind::three_body ? 1.0 : 0.0);
  switch (form_.rate) {
    case RateForm::arrhenius: reaction_.rate = read_rate("rate-constant", forward); break;
    case RateForm::falloff: read_limits(forward); break;
    case RateForm::chemically_activated: read_limits(forward - 1.0); break;
    case RateForm::by_pressure:
      reaction_.by_pressure = read_rates_by_pressure(require("rate-constants"), forward, units_);
      break;
    case RateForm::chebyshev: reaction_.chebyshev = read_chebyshev(entry_, forward, units_); break;
    case RateForm::blowers_masel: {
      const YamlValue value = require("rate-constant");
      const auto [rate, energy] = read_blowers_masel(value, forward, units_);
      check_sign(value, rate.A);
      reaction_.rate = rate;
      reaction_.blowers_masel = energy;
    }
  }
}

/// order: of the high-pressure limit. That of the low-pressure limit is higher by one.
void ReactionReader::read_limits(double order) {
  reaction_.rate = read_rate("high-P-rate-constant", order);
  reaction_.low_pressure = read_rate("low-P-rate-constant", order + 1.0);
  if (reaction_.rate.A * reaction_.low_pressure.A < 0.0)
    entry_.fail("the A of the two limits have different signs; correct one");
  read_broadening();
}

void ReactionReader::read_broadening() {
  const auto troe = entry_.find("Troe");
  const auto sri = entry_.find("SRI");
  const auto tsang = entry_.find("Tsang");
  if (int{troe.has_value()} + int{sri.has_value()} + int{tsang.has_value()} > 1)
    entry_.fail("it has more than one of Troe, SRI and Tsang; remove the others");
  const std::string given = troe ? "Troe" : sri ? "SRI" : tsang ? "Tsang" : "Lindemann";
  if (!form_.broadening.empty() && form_.broadening != given)
    entry_.fail("its type says {}, its numbers say {}; correct one", form_.broadening, given);
  if (troe) reaction_.troe = read_troe(*troe);
  if (sri) reaction_.sri = read_sri(*sri);
  if (tsang) reaction_.tsang = read_tsang(*tsang);
}

YamlValue ReactionReader::require(const char* key) const {
  const auto value = entry_.find(key);
  if (!value) entry_.fail("the key \"{}\" is missing; add it", key);
  return *value;
}

void ReactionReader::check_sign(const YamlValue& value, double A) const {
  if (A < 0.0 && !flag("negative-A")) value.fail("A is negative; if that is meant, set negative-A: true");
}

Arrhenius ReactionReader::read_rate(const char* key, double order) const {
  const YamlValue value = require(key);
  const Arrhenius rate = read_arrhenius(value, order, units_);
  check_sign(value, rate.A);
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

bool all_declared(const YamlValue& entry, const Mechanism& mechanism) {
  const Equation equation = read_equation(entry);
  const auto declared = [&](const std::string& name) { return mechanism.species_index(name).has_value(); };
  const auto all = [&](const auto& side) {
    return std::all_of(side.begin(), side.end(), [&](const Equation::Term& term) { return declared(term.species); });
  };
  if (!all(equation.reactants) || !all(equation.products)) return false;
  if (equation.collider == Collider::one_falloff && !declared(equation.collider_species)) return false;
  const auto orders = entry.find("orders");
  if (!orders) return true;
  const auto entries = orders->entries();
  return std::all_of(entries.begin(), entries.end(), [&](const auto& order) { return declared(order.first); });
}

Reaction read_reaction(const YamlValue& entry, const Mechanism& mechanism, const UnitSystem& units,
                       UndeclaredThirdBodies undeclared) {
  return ReactionReader(entry, mechanism, units, undeclared).read();
}

}  // namespace bimetal::chemistry
