#pragma once

#include <torch/torch.h>

#include "surrogate/network.hpp"
#include "surrogate/scaled_difference.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// How wrong a batch of answers is, for descent: the absolute error of z, for the trunk and for the second network,
/// and for the error head the Huber error of its log10 of the scaled error that the trunk's answers have just now.
/// Sum over the rows, so that sums over ranks weigh every row alike. z: [n, n_targets], the truth. Local.
torch::Tensor loss(const Network::Answer& answer, const torch::Tensor& z, const ScaledDifference& difference);

}  // namespace bimetal::surrogate
