#pragma once

#include "control/score_histogram.hpp"

namespace bimetal::control {

/// A threshold on the score and the evidence for it.
struct Threshold {
  double score = -1.0;             // accept scores up to this [tolerances]; -1: accept nothing
  double acceptance = 0.0;         // share of the candidates at or below it
  double audits = 0.0;             // audits at or below it, less what was forgotten
  double wrong = 0.0;              // of those, wrong
  double wrong_upper_bound = 1.0;  // Clopper–Pearson, at the confidence spent on one of the tries
};

/// The largest of the histogram's finite edges whose audits bound the wrong fraction by alpha: Clopper–Pearson upper
/// bound at delta / n_edges <= alpha. The union bound over the edges makes the choice as safe as a single try (learn
/// then test: Angelopoulos et al., arXiv:2110.01052 (2022), with a Bonferroni correction; a selective classifier's
/// guarantee is of the same kind: Geifman & El-Yaniv, NeurIPS 30 (2017) 4878). Local.
Threshold choose_threshold(const ScoreHistogram& evidence, double alpha, double confidence);

}  // namespace bimetal::control
