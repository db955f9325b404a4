#include "control/threshold.hpp"

#include "control/binomial_bound.hpp"

namespace bimetal::control {

Threshold choose_threshold(const ScoreHistogram& evidence, double alpha, double confidence,
                           const SwitchRules& rules) {
  const double total = evidence.all().candidates;
  const double each = 1.0 - (1.0 - confidence) / rules.tries;
  Threshold best;
  ScoreHistogram::Counts below;
  int tried = 0;
  for (int b = 0; b + 1 < ScoreHistogram::n_bins && total > 0.0; ++b) {
    below.add(evidence.in_bin(b));
    // One try for each quantile passed in this bin; neighbours that fall into the same bin are the same try.
    const auto passed = static_cast<int>(below.candidates * rules.tries / total);
    if (passed <= tried) continue;
    tried = passed;
    const double bound = clopper_pearson_upper(below.wrong, below.audits, each);
    if (below.audits >= rules.least_audits && bound <= alpha)
      best = {.score = ScoreHistogram::edge(b),
              .acceptance = below.candidates / total,
              .audits = below.audits,
              .wrong = below.wrong,
              .wrong_upper_bound = bound};
  }
  return best;
}

}  // namespace bimetal::control
