#include "control/evidence.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"

namespace bimetal::control {
namespace {

constexpr double per_unit = 1e6;  // in which costs travel [1/s, 1/row]

}  // namespace

Evidence::Message Evidence::message() const {
  Message sums;
  auto next = std::ranges::copy(rows.values(), sums.begin()).out;
  for (const double cost : ledger.to_array()) *next++ = std::round(cost * per_unit);
  return sums;
}

void Evidence::set(std::span<const double> sums) {
  EXPECT(sums.size() == std::tuple_size_v<Message>);
  const auto costs = sums.begin() + ScoreHistogram::n_values;
  std::copy(sums.begin(), costs, rows.values().begin());
  Ledger::Array values;
  std::transform(costs, sums.end(), values.begin(), [](double sum) { return sum / per_unit; });
  ledger = Ledger::from_array(values);
}

}  // namespace bimetal::control
