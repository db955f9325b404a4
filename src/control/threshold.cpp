#include "control/threshold.hpp"

#include "control/binomial_bound.hpp"

namespace bimetal::control {

Threshold choose_threshold(const ScoreHistogram& histogram, double alpha, double confidence) {
  std::int64_t total = 0;
  for (int b = 0; b < ScoreHistogram::n_bins; ++b) total += histogram.candidates(b);

  const double each = 1.0 - (1.0 - confidence) / n_threshold_tries;
  Threshold best;
  Threshold here;
  std::int64_t below = 0;
  int tried = 0;
  for (int b = 0; b < ScoreHistogram::n_bins && total > 0; ++b) {
    below += histogram.candidates(b);
    here.audits += histogram.audits(b);
    here.wrong += histogram.wrong(b);
    // One try for each quantile passed in this bin; neighbours that fall into the same bin are the same try.
    const int passed = static_cast<int>(below * n_threshold_tries / total);
    if (passed <= tried) continue;
    tried = passed;
    here.score = ScoreHistogram::edge(b);
    here.acceptance = static_cast<double>(below) / static_cast<double>(total);
    here.wrong_upper_bound = clopper_pearson_upper(here.wrong, here.audits, each);
    if (here.audits >= min_threshold_audits && here.wrong_upper_bound <= alpha) best = here;
  }
  return best;
}

}  // namespace bimetal::control
