#include "surrogate/soap.hpp"

#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "surrogate/persist_tensor.hpp"

namespace bimetal::surrogate {
namespace {

// The paper's values, but for a basis renewed every ten steps as in its table 1.
constexpr double keep_first = 0.95;
constexpr double keep_second = 0.95;
constexpr double keep_covariance = 0.95;
constexpr double epsilon = 1e-8;
constexpr std::int64_t steps_per_basis = 10;
// Beyond this width the cubic cost of a basis outweighs its worth.
constexpr std::int64_t widest = 512;

}  // namespace

Soap::Soap(std::vector<torch::Tensor> parameters, parallel::Communicator comm) : comm_(std::move(comm)) {
  const torch::NoGradGuard no_gradient;
  for (auto& parameter : parameters) {
    const auto options = torch::TensorOptions(parameter.device());
    const auto side = [&](std::int64_t n) {
      // The identity: the first steps are plain Adam.
      return n <= widest ? Side{torch::zeros({n, n}, options), torch::eye(n, options)} : Side{};
    };
    State state{parameter, torch::zeros_like(parameter), torch::zeros_like(parameter), {}, {}};
    if (parameter.dim() == 2) {
      state.left = side(parameter.size(0));
      state.right = side(parameter.size(1));
    }
    states_.push_back(std::move(state));
  }
  share_out();
}

/// The dearest first, each to the rank that has least to do. Products with both bases are what a step costs.
void Soap::share_out() {
  const auto cost = [](const State* state) {
    const auto& parameter = state->parameter;
    if (parameter.dim() != 2) return parameter.numel();
    return parameter.numel() * (parameter.size(0) + parameter.size(1));
  };
  std::vector<State*> dearest_first;
  for (auto& state : states_) dearest_first.push_back(&state);
  std::ranges::stable_sort(dearest_first, std::greater<>(), cost);
  std::vector<std::int64_t> to_do(static_cast<std::size_t>(comm_.size()));
  for (auto* state : dearest_first) {
    const auto least = std::ranges::min_element(to_do);
    *least += cost(state);
    state->owner = static_cast<int>(least - to_do.begin());
  }
}

void Soap::broadcast(torch::Tensor& tensor, int owner) const {
  if (comm_.size() == 1) return;
  auto host = tensor.detach().to(torch::kCPU).contiguous();
  comm_.broadcast(std::span(host.data_ptr<float>(), static_cast<std::size_t>(host.numel())), owner);
  if (host.data_ptr() != tensor.data_ptr()) tensor.copy_(host);
}

void Soap::step(double rate) {
  const torch::NoGradGuard no_gradient;
  ++n_steps_;
  const auto steps = static_cast<double>(n_steps_);
  const double first_unbias = 1.0 / (1.0 - std::pow(keep_first, steps));
  const double second_unbias = 1.0 / (1.0 - std::pow(keep_second, steps));
  for (auto& state : states_) {
    if (state.owner != comm_.rank()) continue;
    const auto& gradient = state.parameter.grad();
    const auto direction = turned(state, gradient);
    state.first.mul_(keep_first).add_(direction, 1.0 - keep_first);
    state.second.mul_(keep_second).addcmul_(direction, direction, 1.0 - keep_second);
    const auto size = (state.second * second_unbias).sqrt_().add_(epsilon);
    state.parameter.sub_(turned_back(state, state.first / size), rate * first_unbias);
    observe(state, gradient);
    if (n_steps_ % steps_per_basis == 0) refresh(state);
  }
  for (auto& state : states_) broadcast(state.parameter, state.owner);
}

void Soap::persist(const core::Archive& archive) {
  const torch::NoGradGuard no_gradient;
  archive.alike("n_steps", n_steps_);
  int n = 0;
  for (auto& state : states_) {
    const auto part = archive.in(std::to_string(n++));
    const auto persist = [&](const core::Archive& to, std::string_view name, torch::Tensor& tensor) {
      if (!archive.restores()) broadcast(tensor, state.owner);
      persist_tensor(to, name, tensor);
    };
    persist(part, "first", state.first);
    persist(part, "second", state.second);
    for (auto* side : {&state.left, &state.right}) {
      if (!side->basis.defined()) continue;
      const auto of_side = part.in(side == &state.left ? "left" : "right");
      persist(of_side, "covariance", side->covariance);
      persist(of_side, "basis", side->basis);
    }
  }
}

torch::Tensor Soap::turned(const State& state, torch::Tensor matrix) {
  if (state.left.basis.defined()) matrix = state.left.basis.t().mm(matrix);
  if (state.right.basis.defined()) matrix = matrix.mm(state.right.basis);
  return matrix;
}

torch::Tensor Soap::turned_back(const State& state, torch::Tensor matrix) {
  if (state.left.basis.defined()) matrix = state.left.basis.mm(matrix);
  if (state.right.basis.defined()) matrix = matrix.mm(state.right.basis.t());
  return matrix;
}

void Soap::observe(State& state, const torch::Tensor& gradient) {
  constexpr double fresh = 1.0 - keep_covariance;
  if (state.left.basis.defined()) state.left.covariance.addmm_(gradient, gradient.t(), keep_covariance, fresh);
  if (state.right.basis.defined()) state.right.covariance.addmm_(gradient.t(), gradient, keep_covariance, fresh);
}

/// One step of orthogonal iteration on either basis, its columns sorted by eigenvalue first, which is what the
/// iteration sorts them to. Moments follow: the mean is turned into the new basis, the squares only change places.
void Soap::refresh(State& state) {
  const auto mean = turned_back(state, state.first);
  for (const int axis : {0, 1}) {
    auto& side = axis == 0 ? state.left : state.right;
    if (!side.basis.defined()) continue;
    const auto eigenvalues = (side.covariance.mm(side.basis) * side.basis).sum(0);
    const auto order = eigenvalues.argsort(/*dim=*/0, /*descending=*/true);
    state.second = state.second.index_select(axis, order);
    // In the order of memory that it would have after a restart: products with it are then the same to the bit.
    side.basis = std::get<0>(torch::linalg_qr(side.covariance.mm(side.basis.index_select(1, order)))).contiguous();
  }
  state.first = turned(state, mean);
}

}  // namespace bimetal::surrogate
