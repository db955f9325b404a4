#include "chemistry/pressure_rate_reader.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "chemistry/arrhenius.hpp"
#include "chemistry/chebyshev_rate.hpp"
#include "chemistry/key_check.hpp"
#include "chemistry/rate_reader.hpp"
#include "chemistry/unit_reader.hpp"

namespace bimetal::chemistry {
namespace {

constexpr double check_temperatures[] = {300.0, 500.0, 1000.0, 2000.0, 3000.0};  // [K]
constexpr double largest_log10_k = 100.0;                                        // kmol, m, s
// Between pressures nearer than this there is nothing to interpolate: they are one, written in different units.
constexpr double same_pressure = 1e-9;  // relative

double read_pressure(const YamlValue& value, const UnitSystem& units) {
  constexpr double lowest = 1e-100;  // [Pa]; far from where logarithms end
  constexpr double highest = 1e100;
  const double p = read_quantity(value, units.pressure, dimensions::pressure, "pressure");
  if (!(p > lowest && p < highest)) value.fail("the pressure {} Pa must be positive and finite; correct it", p);
  return p;
}

void check_positive_sum(const YamlValue& list, const RateAtPressure& point) {
  for (double T : check_temperatures) {
    double largest = -std::numeric_limits<double>::infinity();
    for (const auto& rate : point.terms)
      if (rate.A != 0.0) largest = std::max(largest, log_rate(rate, T));
    double sum = 0.0;  // in units of the largest term
    for (const auto& rate : point.terms)
      if (rate.A != 0.0) sum += std::copysign(std::exp(log_rate(rate, T) - largest), rate.A);
    if (!(sum > 0.0))
      list.fail("at {} Pa and {} K the rate constant is not positive, and has no logarithm; correct A", point.p, T);
  }
}

struct Range {
  double low;
  double high;
};

/// Two ascending numbers.
template <class Read>
Range read_range(const YamlValue& reaction, const char* key, Read read) {
  const YamlValue value = reaction.at(key);
  const auto ends = value.items();
  if (ends.size() != 2) value.fail("\"{}\" is a list of two, the lower end and the upper", key);
  const Range range{read(ends[0]), read(ends[1])};
  if (!(range.low > 0.0 && range.high > range.low * (1.0 + same_pressure)))
    value.fail("\"{}\" does not go from a positive number to a larger one; correct it", key);
  return range;
}

void read_coefficients(const YamlValue& data, Chebyshev& fit) {
  const auto rows = data.items();
  fit.n_T = rows.size();
  for (const auto& row : rows) {
    const auto numbers = row.items();
    if (fit.coefficients.empty()) fit.n_p = numbers.size();
    if (numbers.empty() || numbers.size() != fit.n_p)
      row.fail(
          "this row of \"data\" has {} numbers, the first one {}; a row holds the coefficients of one degree in "
          "temperature, by degree in pressure",
          numbers.size(), fit.n_p);
    for (const auto& number : numbers) fit.coefficients.push_back(number.number());
  }
  if (rows.empty() || fit.n_T > ChebyshevRate::most || fit.n_p > ChebyshevRate::most)
    data.fail("\"data\" has {} rows of {} numbers; between 1 and {} of each are possible", fit.n_T, fit.n_p,
              ChebyshevRate::most);
}

/// Where the fit holds, and where flames are.
void check_magnitude(const YamlValue& data, const Chebyshev& fit) {
  const ChebyshevRate rate(fit);
  std::vector<double> temperatures(std::begin(check_temperatures), std::end(check_temperatures));
  temperatures.insert(temperatures.end(), {fit.T_min, fit.T_max});
  for (double T : temperatures)
    for (double p : {fit.p_min, std::sqrt(fit.p_min) * std::sqrt(fit.p_max), fit.p_max}) {
      const double log10_k = rate.at(1.0 / T, std::log(p)).value * std::numbers::log10e;
      if (!(log10_k <= largest_log10_k))
        data.fail("the rate constant at {} K and {} Pa is 1e{:+.0f} (kmol, m, s); check data, ranges and units", T, p,
                  log10_k);
    }
}

}  // namespace

std::vector<RateAtPressure> read_rates_by_pressure(const YamlValue& list, double order, const UnitSystem& units) {
  std::vector<RateAtPressure> points;
  for (const auto& item : list.items()) {
    const double p = read_pressure(item.at("P"), units);
    points.push_back({p, {read_arrhenius(item, order, units, "P")}});
  }
  if (points.empty()) list.fail("the list of rate constants is empty; add some");
  std::stable_sort(points.begin(), points.end(), [](const auto& one, const auto& other) { return one.p < other.p; });
  std::vector<RateAtPressure> joined;
  for (const auto& point : points)
    if (!joined.empty() && point.p <= joined.back().p * (1.0 + same_pressure))
      joined.back().terms.push_back(point.terms.front());
    else
      joined.push_back(point);
  for (const auto& point : joined) check_positive_sum(list, point);
  return joined;
}

Chebyshev read_chebyshev(const YamlValue& reaction, double order, const UnitSystem& units) {
  const auto temperature = [](const YamlValue& value) {
    return read_quantity(value, 1.0, dimensions::temperature, "temperature");
  };
  const Range T = read_range(reaction, "temperature-range", temperature);
  const Range p =
      read_range(reaction, "pressure-range", [&](const YamlValue& value) { return read_pressure(value, units); });
  Chebyshev fit{.T_min = T.low, .T_max = T.high, .p_min = p.low, .p_max = p.high, .coefficients = {}};
  const YamlValue data = reaction.at("data");
  read_coefficients(data, fit);
  fit.coefficients.front() += std::log10(units.rate_constant(order));
  check_magnitude(data, fit);
  return fit;
}

}  // namespace bimetal::chemistry
