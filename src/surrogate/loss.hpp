#pragma once

#include <torch/types.h>

#include "surrogate/network.hpp"
#include "surrogate/scaled_difference.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// How wrong a batch of answers is, for descent: Huber errors (Ann. Math. Statist. 35 (1964) 73) of the predicted
/// columns in units, of the answer and of the second one, and of the error head's log10 of the scaled error that the
/// answers have just now. Sum over the rows, so that sums over ranks weigh every row alike.
/// truth: [n, n_targets] increments in knees; unit: [n, n_predicted] in scales, see ScaledDifference::units. Local.
torch::Tensor loss(const Network::Answer& answer, const torch::Tensor& truth, const torch::Tensor& unit,
                   const ScaledDifference& difference);

}  // namespace bimetal::surrogate
