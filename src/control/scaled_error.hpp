#pragma once

#include <span>

namespace bimetal::control {

/// max_k |answer_k - truth_k| / (tolerance · scale_k): above 1 an answer is wrong. NaN counts as infinitely wrong.
/// All spans: [n_out]. Local.
double scaled_error(std::span<const double> answer, std::span<const double> truth, std::span<const double> scale,
                    double tolerance);

}  // namespace bimetal::control
