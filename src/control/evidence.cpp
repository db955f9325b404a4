#include "control/evidence.hpp"

#include <algorithm>
#include <cmath>

namespace bimetal::control {
namespace {

constexpr double per_unit = 1e6;  // in which costs travel [1/s, 1/row]

}  // namespace

Evidence::Message Evidence::message() const {
  Message sums;
  const auto counts = rows.values();
  const auto costs = ledger.to_array();
  auto next = std::copy(counts.begin(), counts.end(), sums.begin());
  for (const double cost : costs) *next++ = std::round(cost * per_unit);
  return sums;
}

void Evidence::set(const Message& sums) {
  const auto costs = sums.begin() + ScoreHistogram::n_values;
  std::copy(sums.begin(), costs, rows.values().begin());
  Ledger::Array values;
  std::transform(costs, sums.end(), values.begin(), [](double sum) { return sum / per_unit; });
  ledger = Ledger::from_array(values);
}

}  // namespace bimetal::control
