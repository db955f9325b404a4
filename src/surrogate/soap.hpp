#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "core/archive.hpp"
#include "parallel/communicator.hpp"

// Private to this folder: it brings in LibTorch.

namespace bimetal::surrogate {

/// The optimiser SOAP: Adam in the eigenbasis of Shampoo's preconditioner (Vyas et al., arXiv:2409.11321, 2024,
/// algorithm 3). For every weight matrix it follows the averages of G·G^T and G^T·G, and runs Adam on the gradient
/// turned into their eigenvectors, where curvature is closer to diagonal. A small network that must fit a smooth map
/// to three digits is limited by curvature, not by noise: on flame data 3000 steps leave half of the active rows
/// outside the tolerance that nine tenths miss after as many steps of Adam, for a third more time a step. Biases get
/// plain Adam (Kingma & Ba, ICLR 2015).
///
/// What a step costs does not depend on the rows behind the gradient, so ranks share it: each steps some of the
/// parameters and tells the others (as Shi et al., arXiv:2309.06497, 2023, do for Shampoo).
class Soap {
 public:
  /// parameters: matrices and vectors, whose gradients are looked up in .grad() at every step; alike on all ranks of
  /// comm. Local.
  explicit Soap(std::vector<torch::Tensor> parameters, parallel::Communicator comm = {});

  /// One step; afterwards the parameters are the same to the bit on all ranks. Collective.
  void step(double rate);

  /// Expects parameters of the same shapes. Collective.
  void persist(const core::Archive& archive);

 private:
  /// One side of a matrix: what is known of its curvature.
  struct Side {
    torch::Tensor covariance;  // [n, n] running average of G·G^T or G^T·G; undefined: this side is left as it is
    torch::Tensor basis;       // [n, n] its eigenvectors, by column
  };
  struct State {
    torch::Tensor parameter;
    // Up to date on the owner:
    torch::Tensor first;   // running mean of the turned gradient
    torch::Tensor second;  // running mean of its square
    Side left, right;
    int owner = 0;  // rank that steps the parameter
  };
  void share_out();
  void broadcast(torch::Tensor& tensor, int owner) const;
  static torch::Tensor turned(const State& state, torch::Tensor matrix);
  static torch::Tensor turned_back(const State& state, torch::Tensor matrix);
  static void observe(State& state, const torch::Tensor& gradient);
  static void refresh(State& state);

  parallel::Communicator comm_;
  std::vector<State> states_;
  std::int64_t n_steps_ = 0;
};

}  // namespace bimetal::surrogate
