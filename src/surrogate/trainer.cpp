#include "surrogate/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/finite.hpp"
#include "surrogate/loss.hpp"

namespace bimetal::surrogate {
namespace {

constexpr double warm_up = 100.0;      // steps until the averages of the optimiser mean something
constexpr double keep_average = 0.99;  // of the weights, per step

}  // namespace

Trainer::Trainer(const ReplayBuffer& replay, Network& learner, Model& average, const TrainingOptions& options,
                 const parallel::Communicator& comm, const Counts& before)
    : replay_(replay),
      learner_(learner),
      average_(average),
      options_(options),
      comm_(comm),
      optimiser_(learner.parameters()),
      slots_(static_cast<std::size_t>(options.batch)),
      x_(torch::empty({options.batch, average.scaling.n_features()}, torch::kFloat32)),
      z_(torch::empty({options.batch, average.scaling.n_targets()}, torch::kFloat32)),
      reduced_(static_cast<std::size_t>(learner.n_parameters()) + 2),
      counts_(before) {}

void Trainer::heal() {
  if (core::all_finite(learner_.weights()) && core::all_finite(average_.network.weights())) return;
  ++counts_.redrawn;
  counts_.age = 0;
  learner_.draw_weights(static_cast<std::uint64_t>(counts_.redrawn));
  std::ranges::copy(learner_.weights(), average_.network.weights().begin());
  optimiser_ = Soap(learner_.parameters());
  n_own_updates_ = 0;
}

double Trainer::update() {
  const auto gradient = learner_.gradient();
  std::ranges::fill(gradient, 0.0F);
  // A rank with few rows draws few, so that they do not weigh as much as another rank's thousands.
  const auto n = std::min(options_.batch, replay_.size());
  double loss_sum = 0.0;
  if (n > 0) {
    draw(n);
    const auto total = loss(learner_.forward(x_.narrow(0, 0, n)), z_.narrow(0, 0, n), average_.difference);
    total.backward();
    loss_sum = total.item<double>();
  }

  auto& loss_of_all = reduced_[gradient.size()];
  auto& rows_of_all = reduced_[gradient.size() + 1];
  std::ranges::copy(gradient, reduced_.begin());
  loss_of_all = static_cast<float>(loss_sum);
  rows_of_all = static_cast<float>(n);
  comm_.sum_in_place(std::span<float>(reduced_));

  const double rate = learning_rate();
  ++counts_.updates;
  ++counts_.age;
  ++n_own_updates_;
  counts_.samples += static_cast<std::int64_t>(rows_of_all);
  if (!core::all_finite(reduced_)) {
    ++counts_.skipped;
    return 0.0;
  }
  for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] = reduced_[i] / rows_of_all;
  optimiser_.step(rate);
  take_average();
  return static_cast<double>(loss_of_all / rows_of_all);
}

void Trainer::draw(std::int64_t n) {
  const auto slots = std::span(slots_).first(static_cast<std::size_t>(n));
  replay_.draw(static_cast<std::uint64_t>(counts_.updates), slots);
  auto* x = x_.data_ptr<float>();
  auto* z = z_.data_ptr<float>();
  const auto& scaling = average_.scaling;
  for (const auto slot : slots) {
    scaling.features(replay_.in(), slot, 1, x);
    scaling.targets(replay_.in(slot), replay_.out(slot), z);
    x += scaling.n_features();
    z += scaling.n_targets();
  }
}

void Trainer::take_average() {
  // Over all steps at first, over the last hundred or so later.
  const auto step = static_cast<double>(counts_.age);
  const auto fresh = static_cast<float>(std::max(1.0 - keep_average, 10.0 / (step + 10.0)));
  const auto from = learner_.weights();
  const auto to = average_.network.weights();
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += fresh * (from[i] - to[i]);
}

/// A linear start, then a cosine from learning_rate to learning_rate_end.
double Trainer::learning_rate() const {
  const auto step = static_cast<double>(counts_.age);
  const double start = std::min(1.0, static_cast<double>(n_own_updates_ + 1) / warm_up);
  const double progress = std::min(1.0, step / static_cast<double>(options_.decay_updates));
  const double cosine = 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
  return start * (options_.learning_rate_end + (options_.learning_rate - options_.learning_rate_end) * cosine);
}

}  // namespace bimetal::surrogate
