#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace bimetal::surrogate {

/// Adam (Kingma & Ba, ICLR 2015, algorithm 1) over one flat array of weights, with a running mean of the weights.
/// One flat array because the gradient crosses the network as one; own loops because a step of a network this
/// small costs less than the bookkeeping of per-layer tensors.
class Adam {
 public:
  explicit Adam(std::int64_t n_parameters);

  /// weights -= rate·m/(sqrt(v) + epsilon). Local; the same on every rank that gives the same numbers.
  void step(std::span<float> weights, std::span<const float> gradient, double rate);

 private:
  std::vector<float> first_;   // m, [n_parameters]
  std::vector<float> second_;  // v, [n_parameters]
  std::int64_t n_steps_ = 0;
};

}  // namespace bimetal::surrogate
