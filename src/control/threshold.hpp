#pragma once

#include <span>

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

inline constexpr int n_threshold_tries = 25;
inline constexpr std::int64_t min_threshold_audits = 100;

/// The largest of `n_threshold_tries` thresholds, at equally spaced quantiles of the candidates' scores, whose
/// audits bound the wrong fraction by alpha: Clopper–Pearson upper bound at delta / n_tries <= alpha, with at least
/// `min_threshold_audits` audits; never above the histogram's last edge. The union bound over the tries makes the
/// choice as safe as a single try (learn then test: Angelopoulos et al., arXiv:2110.01052 (2022), with a Bonferroni
/// correction; a selective classifier's guarantee is of the same kind: Geifman & El-Yaniv, NeurIPS 30 (2017) 4878).
///
/// The evidence may be old, and answers grow worse. So of the more recent parts of it that are given as well, none
/// may have more than a share alpha of wrong audits up to the threshold, if it has enough to tell. Local.
Threshold choose_threshold(const ScoreHistogram& evidence, std::span<const ScoreHistogram> recent, double alpha,
                           double confidence);

}  // namespace bimetal::control
