#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "surrogate/network.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// The rows that a network has an answer to, and the answers.
struct Asked {
  std::vector<std::int64_t> rows;  // which they are, in order
  Network::Input input;            // of these
  Network::Answer answer;          // to these, one or more unless there are none
  std::string words;               // the network's own, of the first row that it raises for; empty if there is none

  std::int64_t n() const { return static_cast<std::int64_t>(rows.size()); }
  /// These of all rows. values: [>= n_asked, any].
  torch::Tensor of(const torch::Tensor& values) const;
};

/// Asks about n rows at once, and where the network raises about halves of them, down to the rows that it raises for.
/// input: [>= n, ...] on any device. Differentiable like the network. Local.
Asked ask(const Network& network, const Network::Input& input, std::int64_t n);

}  // namespace bimetal::surrogate
