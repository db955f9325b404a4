#include "control/score_histogram.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bimetal::control {
namespace {

/// Upper edges of all bins but the last, which has none.
const auto edges = [] {
  std::array<double, ScoreHistogram::n_bins - 1> values{};
  for (std::size_t b = 0; b < values.size(); ++b)
    values[b] =
        std::pow(10.0, ScoreHistogram::lowest_decade + ScoreHistogram::decades_per_bin * static_cast<double>(b));
  return values;
}();

}  // namespace

int ScoreHistogram::bin(double score) {
  if (std::isnan(score)) return n_bins - 1;
  return static_cast<int>(std::lower_bound(edges.begin(), edges.end(), score) - edges.begin());
}

double ScoreHistogram::edge(int bin) {
  return bin < n_bins - 1 ? edges[static_cast<std::size_t>(bin)] : std::numeric_limits<double>::infinity();
}

ScoreHistogram::Counts ScoreHistogram::in_bin(int bin) const {
  const auto count = [&](int part) { return counts_[static_cast<std::size_t>(part * n_bins + bin)]; };
  return {count(0), count(1), count(2)};
}

ScoreHistogram::Counts ScoreHistogram::up_to(double score) const {
  Counts sum;
  for (int b = 0; b < n_bins && edge(b) <= score; ++b) sum.add(in_bin(b));
  return sum;
}

void ScoreHistogram::Counts::add(const Counts& other) {
  candidates += other.candidates;
  audits += other.audits;
  wrong += other.wrong;
}

void ScoreHistogram::fade(double kept) {
  for (auto& count : counts_) count *= kept;
}

void ScoreHistogram::add(const ScoreHistogram& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
}

}  // namespace bimetal::control
