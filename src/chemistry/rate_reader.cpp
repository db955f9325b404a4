#include "chemistry/rate_reader.hpp"

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "chemistry/arrhenius.hpp"
#include "chemistry/key_check.hpp"
#include "chemistry/unit_reader.hpp"

namespace bimetal::chemistry {
namespace {

constexpr std::array check_temperatures{300.0, 1000.0, 3000.0};  // [K]

// Far beyond any fit in use, near enough to keep sums and products of rates finite.
constexpr double largest_exponent = 100.0;   // |b|
constexpr double largest_activation = 1e6;   // |Ea / R| [K]
constexpr double largest_log10_k = 100.0;    // kmol, m, s
constexpr double largest_broadening = 1e10;  // |F_cent|
constexpr double term_switched_off = 1e-30;  // a T3 or T1 whose exponential is 0 [K]

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

}  // namespace

Arrhenius read_arrhenius(const YamlValue& value, double order, const UnitSystem& units) {
  static const std::vector<std::string> keys{"A", "b", "Ea"};
  std::vector<YamlValue> parts;
  if (value.is_map()) {
    allow_keys(value, keys);
    for (const auto& key : keys) parts.push_back(value.at(key));
  } else if (value.is_list()) {
    parts = value.items();
  }
  if (parts.size() != keys.size()) value.fail("a rate constant is A, b, Ea");

  Arrhenius rate;
  rate.A = read_quantity(parts[0], units.rate_constant(order), rate_dimensions(order),
                         fmt::format("a rate constant of order {}", order));
  rate.b = parts[1].number();
  rate.T_activation = read_activation_temperature(parts[2], units);
  check_magnitude(parts[0], rate);
  return rate;
}

Troe read_troe(const YamlValue& value) {
  static const std::vector<std::string> keys{"A", "T3", "T1", "T2"};
  allow_keys(value, keys);
  const auto temperature = [](const YamlValue& number) {
    return read_quantity(number, 1.0, dimensions::temperature, "temperature");
  };
  Troe troe;
  troe.a = value.at("A").number();
  troe.T3 = temperature(value.at("T3"));
  troe.T1 = temperature(value.at("T1"));
  if (troe.T3 == 0.0) troe.T3 = term_switched_off;
  if (troe.T1 == 0.0) troe.T1 = term_switched_off;
  if (const auto T2 = value.find("T2"); T2 && temperature(*T2) != 0.0) troe.T2 = temperature(*T2);
  for (double T : check_temperatures)
    if (!(std::abs(centre(troe, T)) <= largest_broadening))
      value.fail("the broadening F_cent at {} K is {:.3g}, which is no factor; check A, T3, T1 and T2", T,
                 centre(troe, T));
  return troe;
}

}  // namespace bimetal::chemistry
