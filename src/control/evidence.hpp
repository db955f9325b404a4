#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "control/ledger.hpp"
#include "control/score_histogram.hpp"

namespace bimetal::control {

/// What the ranks have learned in a window: added up over ranks it is all that the switching goes by.
struct Evidence {
  ScoreHistogram rows;  // that passed the gates: all active ones, or the audited ones while the surrogate is off
  Ledger ledger;

  // Known to every rank alike.
  std::int64_t epoch = 0;   // counts the fresh starts; evidence from before one says nothing about what serves now
  double threshold = -1.0;  // scores up to this one were accepted; -1: the surrogate was off
  double q = 1.0;           // chance of an audit

  /// The sums over ranks: one message of less than 1 kB. Seconds travel as whole microseconds, and counts are whole
  /// anyway, so that the sums are the same to the bit on every rank, in whatever order they are formed.
  using Message = std::array<double, ScoreHistogram::n_values + std::tuple_size_v<Ledger::Array>>;
  Message message() const;
  void set(std::span<const double> sums);
};
static_assert(sizeof(Evidence::Message) < 1024);

}  // namespace bimetal::control
