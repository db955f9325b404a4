#include "control/threshold.hpp"

#include <algorithm>

#include "control/binomial_bound.hpp"

namespace bimetal::control {
namespace {

bool bears_out(const ScoreHistogram& recent, double score, double alpha) {
  const auto below = recent.up_to(score);
  const double allowed = alpha * static_cast<double>(below.audits);
  return allowed < 1.0 || static_cast<double>(below.wrong) <= allowed;
}

}  // namespace

Threshold choose_threshold(const ScoreHistogram& evidence, std::span<const ScoreHistogram> recent, double alpha,
                           double confidence) {
  const auto total = evidence.all().candidates;
  const double each = 1.0 - (1.0 - confidence) / n_threshold_tries;
  Threshold best;
  ScoreHistogram::Counts below;
  std::int64_t tried = 0;
  for (int b = 0; b + 1 < ScoreHistogram::n_bins && total > 0; ++b) {
    const auto here = evidence.in_bin(b);
    below.candidates += here.candidates;
    below.audits += here.audits;
    below.wrong += here.wrong;
    // One try for each quantile passed in this bin; neighbours that fall into the same bin are the same try.
    const auto passed = below.candidates * n_threshold_tries / total;
    if (passed <= tried) continue;
    tried = passed;
    const double bound = clopper_pearson_upper(below.wrong, below.audits, each);
    const double score = ScoreHistogram::edge(b);
    if (below.audits >= min_threshold_audits && bound <= alpha &&
        std::ranges::all_of(recent, [&](const auto& part) { return bears_out(part, score, alpha); }))
      best = {.score = score,
              .acceptance = static_cast<double>(below.candidates) / static_cast<double>(total),
              .audits = below.audits,
              .wrong = below.wrong,
              .wrong_upper_bound = bound};
  }
  return best;
}

}  // namespace bimetal::control
