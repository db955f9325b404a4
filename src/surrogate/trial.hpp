#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <memory>

#include "surrogate/model.hpp"
#include "surrogate/options.hpp"
#include "surrogate/soap.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// What a run does with a network over and over, to be timed: a chunk of answers, and a gradient step on this rank's
/// part of a batch. The network is a throw-away, and the rows are made up.
class Trial {
 public:
  /// batch: rows of this rank in a gradient step; n_in: columns of a row. Local.
  Trial(Model&& model, const TrainingOptions& options, std::int64_t batch, std::int64_t n_in);

  /// Gives the seconds until the results were on the host. Local.
  double lap();

 private:
  Network::Input made_up(std::int64_t n_rows, std::int64_t n_in) const;

  Model model_;
  Soap optimiser_;
  Network::Input asked_;  // on the host, as are the other rows
  Network::Input batch_;
  torch::Tensor truth_;
  torch::Tensor unit_;
};

}  // namespace bimetal::surrogate
