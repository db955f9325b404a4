#include "surrogate/trial.hpp"

#include <torch/utils.h>

#include <utility>

#include "core/timer.hpp"
#include "surrogate/loss.hpp"

namespace bimetal::surrogate {
namespace {

constexpr std::int64_t n_asked = 1024;  // rows that Model::predict passes at a time
constexpr double rate = 1e-3;           // of the gradient steps; small, so that the weights stay finite

/// Numbers between -1 and 1 that are not alike: some algorithms are faster on zeros. On the host.
torch::Tensor any_numbers(std::int64_t n_rows, std::int64_t n_columns) {
  return torch::arange(n_rows * n_columns).to(torch::kFloat32).sin().view({n_rows, n_columns});
}

}  // namespace

Trial::Trial(Model&& model, const TrainingOptions& options, std::int64_t batch, std::int64_t n_in)
    : model_(std::move(model)),
      optimiser_(model_.network->parameters()),
      asked_(made_up(n_asked, n_in)),
      batch_(made_up(batch, n_in)),
      truth_(any_numbers(batch, model_.scaling.n_targets())),
      unit_(torch::full({batch, model_.difference.n_predicted()}, options.tolerance)) {}

Network::Input Trial::made_up(std::int64_t n_rows, std::int64_t n_in) const {
  return {any_numbers(n_rows, model_.scaling.n_features()),
          model_.network->reads_rows() ? any_numbers(n_rows, n_in) : torch::Tensor()};
}

double Trial::lap() {
  const core::Stopwatch watch;
  auto& network = *model_.network;
  const auto device = network.device();
  {
    const torch::InferenceMode inference;
    network.forward(asked_.to(device)).increments.cpu();
  }
  if (!network.learns()) return watch.seconds();
  auto gradient = network.gradient();
  gradient.zero_();
  loss(network.forward(batch_.to(device)), truth_.to(device), unit_.to(device), model_.difference).backward();
  const torch::NoGradGuard no_gradient;
  gradient.copy_(gradient.cpu());  // by way of the host, where ranks add theirs up
  optimiser_.step(rate);
  network.weights().cpu();  // waits for the device
  return watch.seconds();
}

}  // namespace bimetal::surrogate
