#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace bimetal::control {

/// What a threshold needs to know: how many rows had which score, and of those whose coin said audit, how many there
/// were and how many were wrong. A score is a predicted scaled error in units of the tolerance; bin b holds scores in
/// (edge(b-1), edge(b)], the last bin everything above as well as NaN. The bins are fine where thresholds lie.
class ScoreHistogram {
 public:
  static constexpr int n_bins = 38;
  static constexpr double lowest_decade = -1.5;  // edge(0) = 0.03 tolerances, the last finite one 5.6
  static constexpr double decades_per_bin = 0.0625;

  static int bin(double score);
  static double edge(int bin);  // infinite for the last

  void add_candidate(double score) { ++counts_[index(0, score)]; }
  void add_audit(double score, bool wrong) {
    ++counts_[index(1, score)];
    if (wrong) ++counts_[index(2, score)];
  }
  void add(const ScoreHistogram& other);
  /// Keeps a part of every count.
  void fade(double kept);

  /// Sums over the bins of scores up to `score`; whole numbers, unless something has faded.
  struct Counts {
    double candidates = 0.0;
    double audits = 0.0;
    double wrong = 0.0;
    void add(const Counts& other);
  };
  Counts in_bin(int bin) const;
  Counts up_to(double score) const;
  Counts all() const { return up_to(edge(n_bins - 1)); }

  /// The counts as one span, to be summed over ranks.
  static constexpr std::size_t n_values = 3 * n_bins;
  std::span<double, n_values> values() { return counts_; }
  std::span<const double, n_values> values() const { return counts_; }

 private:
  static std::size_t index(int part, double score) { return static_cast<std::size_t>(part * n_bins + bin(score)); }

  std::array<double, n_values> counts_{};  // candidates, audits, wrong
};

}  // namespace bimetal::control
