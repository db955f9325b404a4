#pragma once

namespace bimetal::surrogate {

/// What the surrogate itself says against one of its answers. None of them is a small number when anything of the
/// answer is not finite: then they are infinite or not a number.
struct Signals {
  double predicted_error = 0.0;  // by the error head: max_k |delta_k| / scale_k over the predicted columns
  double disagreement = 0.0;     // with the second network, in the same unit
  double distance = 0.0;         // Mahalanobis distance of the input's features over the 99.5 % quantile of the rows
                                 // trained on; 0 until familiarise()
};

}  // namespace bimetal::surrogate
