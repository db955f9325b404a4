#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace bimetal::control {

/// What a threshold needs to know, in under 1 kB: how many rows had which score, and of those whose coin said audit,
/// how many there were and how many were wrong. A score is a predicted scaled error in units of the tolerance; bin b
/// holds scores in (edge(b-1), edge(b)], the last bin everything above as well as NaN.
class ScoreHistogram {
 public:
  static constexpr int n_bins = 40;
  static constexpr double lowest_decade = -3.0;  // edge(0) = 1e-3 tolerances
  static constexpr double decades_per_bin = 0.125;

  static int bin(double score);
  static double edge(int bin);  // infinite for the last

  void add_candidate(double score) { ++counts_[index(0, score)]; }
  void add_audit(double score, bool wrong) {
    ++counts_[index(1, score)];
    if (wrong) ++counts_[index(2, score)];
  }
  void add(const ScoreHistogram& other);

  std::int64_t candidates(int bin) const { return counts_[static_cast<std::size_t>(bin)]; }
  std::int64_t audits(int bin) const { return counts_[static_cast<std::size_t>(n_bins + bin)]; }
  std::int64_t wrong(int bin) const { return counts_[static_cast<std::size_t>(2 * n_bins + bin)]; }

  /// The counts as one span, to be summed over ranks.
  std::span<std::int64_t> counts() { return counts_; }

 private:
  static std::size_t index(int part, double score) { return static_cast<std::size_t>(part * n_bins + bin(score)); }

  std::array<std::int64_t, 3 * n_bins> counts_{};  // candidates, audits, wrong
};

}  // namespace bimetal::control
