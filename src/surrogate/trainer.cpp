#include "surrogate/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/error.hpp"
#include "core/random.hpp"

namespace bimetal::surrogate {

Trainer::Trainer(const core::Signature& signature, const Scaling& scaling, const TrainingOptions& options,
                 const parallel::Communicator& comm, std::int64_t n_parameters)
    : scaling_(scaling),
      options_(options),
      comm_(comm),
      loss_(signature, scaling),
      adam_(n_parameters),
      slots_(static_cast<std::size_t>(options.batch)),
      x_(torch::empty({options.batch, scaling.n_features()}, torch::kFloat32)),
      z_(torch::empty({options.batch, scaling.n_targets()}, torch::kFloat32)),
      reduced_(static_cast<std::size_t>(n_parameters) + 2) {}

double Trainer::update(Network& network, const ReplayBuffer& replay) {
  // A rank with few rows sends few, so that they do not weigh as much as another rank's thousands.
  const auto n = std::min(options_.batch, replay.size());
  std::ranges::fill(network.gradient(), 0.0F);
  double loss_sum = 0.0;
  if (n > 0) {
    draw(replay, n);
    const auto loss = loss_(network.forward(x_.narrow(0, 0, n)), z_.narrow(0, 0, n));
    loss.backward();
    loss_sum = loss.item<double>();
  }

  const auto n_parameters = network.gradient().size();
  std::ranges::copy(network.gradient(), reduced_.begin());
  reduced_[n_parameters] = static_cast<float>(loss_sum);
  reduced_[n_parameters + 1] = static_cast<float>(n);
  comm_.sum_in_place(std::span<float>(reduced_));

  const float n_rows = reduced_[n_parameters + 1];
  n_samples_ += static_cast<std::int64_t>(n_rows);
  const double rate = learning_rate();
  ++n_updates_;
  const bool finite = std::ranges::all_of(reduced_, [](float value) { return std::isfinite(value); });
  if (!finite) {
    ++n_skipped_;
    return 0.0;
  }
  for (std::size_t i = 0; i < n_parameters; ++i) reduced_[i] /= n_rows;
  adam_.step(network.weights(), std::span<const float>(reduced_).first(n_parameters), rate);
  return static_cast<double>(reduced_[n_parameters] / n_rows);
}

void Trainer::draw(const ReplayBuffer& replay, std::int64_t n) {
  const auto slots = std::span(slots_).first(static_cast<std::size_t>(n));
  replay.draw(static_cast<std::uint64_t>(n_updates_), slots);
  auto* x = x_.data_ptr<float>();
  auto* z = z_.data_ptr<float>();
  for (const auto slot : slots) {
    scaling_.features(replay.in(), slot, 1, x);
    scaling_.targets(replay.in(slot), replay.out(slot), z);
    x += scaling_.n_features();
    z += scaling_.n_targets();
  }
}

double Trainer::learning_rate() const {
  const double progress =
      std::min(1.0, static_cast<double>(n_updates_) / static_cast<double>(options_.decay_updates));
  const double cosine = 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
  return options_.learning_rate_end + (options_.learning_rate - options_.learning_rate_end) * cosine;
}

}  // namespace bimetal::surrogate
