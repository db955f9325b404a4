#pragma once

#include "control/score_histogram.hpp"

namespace bimetal::control {

/// A threshold on the score and the evidence for it.
struct Threshold {
  double score = -1.0;             // accept scores up to this [tolerances]; -1: accept nothing
  double acceptance = 0.0;         // share of the candidates at or below it
  std::int64_t audits = 0;         // audits at or below it
  std::int64_t wrong = 0;          // of those, wrong
  double wrong_upper_bound = 1.0;  // Clopper–Pearson, at the confidence spent on one of the tries
};

inline constexpr int n_threshold_tries = 12;
inline constexpr std::int64_t min_threshold_audits = 100;

/// The largest of `n_threshold_tries` thresholds, at equally spaced quantiles of the candidates' scores, whose
/// audits bound the wrong fraction by alpha: Clopper–Pearson upper bound at delta / n_tries <= alpha, with at least
/// `min_threshold_audits` audits. The union bound over the tries makes the choice as safe as a single try (learn
/// then test: Angelopoulos et al., arXiv:2110.01052 (2022), with a Bonferroni correction). Local.
Threshold choose_threshold(const ScoreHistogram& histogram, double alpha, double confidence);

}  // namespace bimetal::control
