#include "control/threshold.hpp"

#include "control/binomial_bound.hpp"

namespace bimetal::control {

Threshold choose_threshold(const ScoreHistogram& evidence, double alpha, double confidence) {
  constexpr int n_tries = ScoreHistogram::n_bins - 1;
  const double total = evidence.all().candidates;
  const double each = 1.0 - (1.0 - confidence) / n_tries;
  Threshold best;
  ScoreHistogram::Counts below;
  for (int b = 0; b < n_tries; ++b) {
    below.add(evidence.in_bin(b));
    if (below.candidates == 0.0 || below.wrong > alpha * below.audits) continue;
    const double bound = clopper_pearson_upper(below.wrong, below.audits, each);
    if (bound <= alpha)
      best = {.score = ScoreHistogram::edge(b),
              .acceptance = below.candidates / total,
              .audits = below.audits,
              .wrong = below.wrong,
              .wrong_upper_bound = bound};
  }
  return best;
}

}  // namespace bimetal::control
