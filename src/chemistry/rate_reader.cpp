#include "chemistry/rate_reader.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <vector>

#include "chemistry/arrhenius.hpp"
#include "chemistry/key_check.hpp"
#include "chemistry/unit_reader.hpp"

namespace bimetal::chemistry {
namespace {

constexpr std::array check_temperatures{300.0, 1000.0, 3000.0};  // [K]

// Far beyond any fit in use, near enough to keep sums and products of rates finite.
constexpr double largest_exponent = 100.0;    // |b|
constexpr double largest_activation = 1e6;    // |Ea / R| [K]
constexpr double largest_bond_energy = 1e12;  // w / R [K]; large ones stand for infinity
constexpr double largest_log10_k = 100.0;     // kmol, m, s
constexpr double largest_broadening = 1e10;   // |F_cent|
constexpr double term_switched_off = 1e-30;   // a T3 or T1 whose exponential is 0 [K]

void check_magnitude(const YamlValue& where, const Arrhenius& rate) {
  if (std::abs(rate.b) > largest_exponent)
    where.fail("the temperature exponent b = {} is beyond {}; correct it", rate.b, largest_exponent);
  if (std::abs(rate.T_activation) > largest_activation)
    where.fail("the activation energy is {} K times R, beyond {} K; check Ea and its unit", rate.T_activation,
               largest_activation);
  if (rate.A == 0.0) return;
  for (double T : check_temperatures) {
    const double log10_k = log_rate(rate, T) * std::numbers::log10e;
    if (log10_k > largest_log10_k)
      where.fail("the rate constant at {} K is 1e{:+.0f} (kmol, m, s); check A, b, Ea and units", T, log10_k);
  }
}

double centre(const Troe& troe, double T) {
  return (1.0 - troe.a) * std::exp(-T / troe.T3) + troe.a * std::exp(-T / troe.T1) +
         (troe.T2 ? std::exp(-*troe.T2 / T) : 0.0);
}

double temperature(const YamlValue& value) {
  return read_quantity(value, 1.0, dimensions::temperature, "temperature");
}

void check_broadening(const YamlValue& value, const char* name, double F, double T, const char* parameters) {
  if (!(std::abs(F) <= largest_broadening))
    value.fail("the broadening {} at {} K is {:.3g}, which is no factor; check {}", name, T, F, parameters);
}

/// The numbers of a rate constant, in the order of `keys`, whether it is a map or a list; none for those that it
/// lacks.
std::vector<std::optional<YamlValue>> parts_of(const YamlValue& value, const std::vector<std::string>& keys,
                                               const std::string& besides = {}) {
  std::vector<std::optional<YamlValue>> parts;
  if (value.is_map()) {
    std::vector<std::string> allowed = keys;
    if (!besides.empty()) allowed.insert(allowed.begin(), besides);
    allow_keys(value, allowed);
    for (const auto& key : keys) parts.push_back(value.find(key));
  } else if (value.is_list()) {
    for (const auto& item : value.items()) parts.emplace_back(item);
  }
  if (parts.size() > keys.size()) value.fail("a rate constant is {}", fmt::join(keys, ", "));
  while (parts.size() < keys.size()) parts.emplace_back();
  return parts;
}

double read_A(const YamlValue& value, double order, const UnitSystem& units) {
  return read_quantity(value, units.rate_constant(order), rate_dimensions(order),
                       fmt::format("a rate constant of order {}", order));
}

}  // namespace

Arrhenius read_arrhenius(const YamlValue& value, double order, const UnitSystem& units, const std::string& besides) {
  static const std::vector<std::string> keys{"A", "b", "Ea"};
  const auto parts = parts_of(value, keys, besides);
  for (std::size_t i = 0; i < 2; ++i)
    if (!parts[i]) value.fail("\"{}\" is missing; a rate constant is A, b, Ea", keys[i]);
  Arrhenius rate;
  rate.A = read_A(*parts[0], order, units);
  rate.b = parts[1]->number();
  rate.T_activation = parts[2] ? read_activation_temperature(*parts[2], units) : 0.0;
  check_magnitude(*parts[0], rate);
  return rate;
}

HeatDependentRate read_blowers_masel(const YamlValue& value, double order, const UnitSystem& units) {
  static const std::vector<std::string> keys{"A", "b", "Ea0", "w"};
  const auto parts = parts_of(value, keys);
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (!parts[i]) value.fail("\"{}\" is missing; a rate constant of Blowers-Masel is A, b, Ea0, w", keys[i]);
  const double intrinsic = read_activation_temperature(*parts[2], units);
  const double bond_energy = read_activation_temperature(*parts[3], units);
  if (!(intrinsic >= 0.0 && intrinsic <= largest_activation))
    parts[2]->fail("the intrinsic activation energy is {} K times R, not between 0 and {} K; check Ea0 and its unit",
                   intrinsic, largest_activation);
  if (!(bond_energy > intrinsic && bond_energy <= largest_bond_energy))
    parts[3]->fail("the bond energy w is {} K times R, not between Ea0 and {} K; check w and its unit", bond_energy,
                   largest_bond_energy);
  const Arrhenius rate{read_A(*parts[0], order, units), parts[1]->number(), 0.0};
  check_magnitude(*parts[0], rate);
  return {rate, {intrinsic, bond_energy}};
}

Troe read_troe(const YamlValue& value) {
  static const std::vector<std::string> keys{"A", "T3", "T1", "T2"};
  allow_keys(value, keys);
  Troe troe;
  troe.a = value.at("A").number();
  troe.T3 = temperature(value.at("T3"));
  troe.T1 = temperature(value.at("T1"));
  for (double* T : {&troe.T3, &troe.T1})
    if (*T >= 0.0) *T = std::max(*T, term_switched_off);
  if (const auto T2 = value.find("T2"); T2 && temperature(*T2) != 0.0) troe.T2 = temperature(*T2);
  for (double T : check_temperatures) check_broadening(value, "F_cent", centre(troe, T), T, "A, T3, T1 and T2");
  return troe;
}

Sri read_sri(const YamlValue& value) {
  static const std::vector<std::string> keys{"A", "B", "C", "D", "E"};
  allow_keys(value, keys);
  Sri sri;
  sri.a = value.at("A").number();
  sri.b = temperature(value.at("B"));
  sri.c = temperature(value.at("C"));
  if (const auto d = value.find("D")) sri.d = d->number();
  if (const auto e = value.find("E")) sri.e = e->number();
  if (sri.c < 0.0) value.at("C").fail("C = {} is negative; correct it", sri.c);
  if (!(sri.d > 0.0)) value.at("D").fail("D = {} is not positive; correct it", sri.d);
  if (std::abs(sri.e) > largest_exponent)
    value.at("E").fail("the temperature exponent E = {} is beyond {}; correct it", sri.e, largest_exponent);
  for (double T : check_temperatures) {
    const double base = sri.a * std::exp(-sri.b / T) + (sri.c > 0.0 ? std::exp(-T / sri.c) : 0.0);
    for (double F : {base * sri.d * std::pow(T, sri.e), sri.d * std::pow(T, sri.e)})
      check_broadening(value, "F", F, T, "A, B, C, D and E");
  }
  return sri;
}

Tsang read_tsang(const YamlValue& value) {
  static const std::vector<std::string> keys{"A", "B"};
  allow_keys(value, keys);
  Tsang tsang;
  tsang.a = value.at("A").number();
  if (const auto b = value.find("B")) tsang.b = b->number();
  for (double T : check_temperatures) check_broadening(value, "F_cent", tsang.a + tsang.b * T, T, "A and B");
  return tsang;
}

}  // namespace bimetal::chemistry
