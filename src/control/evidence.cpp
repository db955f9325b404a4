#include "control/evidence.hpp"

#include <algorithm>

namespace bimetal::control {

Evidence::Message Evidence::message() const {
  Message sums;
  const auto counts = rows.values();
  const auto costs = ledger.to_array();
  std::copy(costs.begin(), costs.end(), std::copy(counts.begin(), counts.end(), sums.begin()));
  return sums;
}

void Evidence::set(const Message& sums) {
  const auto costs = sums.begin() + ScoreHistogram::n_values;
  std::copy(sums.begin(), costs, rows.values().begin());
  Ledger::Array values;
  std::copy(costs, sums.end(), values.begin());
  ledger = Ledger::from_array(values);
}

}  // namespace bimetal::control
