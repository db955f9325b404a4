#include "surrogate/trainer.hpp"

#include <torch/utils.h>

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
      optimiser_(learner.parameters(), comm),
      slots_(static_cast<std::size_t>(options.batch)),
      x_{torch::empty({options.batch, average.scaling.n_features()}), {}},
      truth_(torch::empty({options.batch, average.scaling.n_targets()})),
      unit_(torch::empty({options.batch, average.difference.n_predicted()})),
      reduced_(torch::empty({learner.n_parameters() + 2})),
      counts_(before) {
  if (learner.reads_rows()) x_.rows = torch::empty({options.batch, replay.in().width()});
}

void Trainer::Counts::persist(const core::Archive& archive) {
  archive.alike("updates", updates);
  archive.alike("skipped", skipped);
  archive.alike("samples", samples);
  archive.alike("redrawn", redrawn);
  archive.alike("age", age);
}

void Trainer::persist(const core::Archive& archive) {
  optimiser_.persist(archive.in("optimiser"));
  counts_.persist(archive);
  archive.alike("n_own_updates", n_own_updates_);
}

void Trainer::heal() {
  if (all_finite(learner_) && all_finite(*average_.network)) return;
  ++counts_.redrawn;
  counts_.age = 0;
  learner_.draw_weights(static_cast<std::uint64_t>(counts_.redrawn));
  average_.network->take(learner_);
  optimiser_ = Soap(learner_.parameters(), comm_);
  n_own_updates_ = 0;
}

double Trainer::update() {
  auto gradient = learner_.gradient();
  gradient.zero_();
  // Ranks share the batch. One with few rows draws few, so that they do not weigh as much as another's thousands.
  const auto n = std::min((options_.batch + comm_.size() - 1) / comm_.size(), replay_.size());
  double loss_sum = 0.0;
  std::int64_t n_answered = 0;  // the learner may raise for some rows
  if (n > 0) {
    draw(n);
    const auto asked = ask(learner_, x_, n);
    n_answered = asked.n();
    if (n_answered > 0) {
      const auto total = loss(asked.answer, asked.of(truth_).to(learner_.device()),
                              asked.of(unit_).to(learner_.device()), average_.difference);
      total.backward();
      loss_sum = total.item<double>();
    }
  }

  const torch::NoGradGuard no_gradient;
  const auto sums = std::span(reduced_.data_ptr<float>(), static_cast<std::size_t>(reduced_.numel()));
  auto sum_of_gradients = reduced_.narrow(0, 0, gradient.numel());
  auto& loss_of_all = sums[sums.size() - 2];
  auto& rows_of_all = sums[sums.size() - 1];
  sum_of_gradients.copy_(gradient);
  loss_of_all = static_cast<float>(loss_sum);
  rows_of_all = static_cast<float>(n_answered);
  comm_.sum_in_place(sums);

  const double rate = learning_rate();
  ++counts_.updates;
  ++counts_.age;
  ++n_own_updates_;
  counts_.samples += static_cast<std::int64_t>(rows_of_all);
  if (!core::all_finite(sums) || rows_of_all == 0.0F) {
    ++counts_.skipped;
    return 0.0;
  }
  gradient.copy_(sum_of_gradients.div_(rows_of_all));
  optimiser_.step(rate);
  take_average();
  return static_cast<double>(loss_of_all / rows_of_all);
}

void Trainer::draw(std::int64_t n) {
  const auto slots = std::span(slots_).first(static_cast<std::size_t>(n));
  const auto stream = static_cast<std::uint64_t>(comm_.rank());
  replay_.draw(static_cast<std::uint64_t>(counts_.updates) * static_cast<std::uint64_t>(comm_.size()) + stream,
               slots);
  const auto& scaling = average_.scaling;
  core::RowTable in(replay_.in().width());
  auto* truth = truth_.data_ptr<float>();
  auto* unit = unit_.data_ptr<float>();
  for (const auto slot : slots) {
    in.append(replay_.in(slot));
    scaling.increments(replay_.in(slot), replay_.out(slot), truth);
    truth += scaling.n_targets();
    average_.difference.units(replay_.out(slot), options_.tolerance, unit);
    unit += average_.difference.n_predicted();
  }
  fill_input(scaling, in.rows(), 0, n, x_.features, x_.rows);
}

void Trainer::take_average() {
  // Over all steps at first, over the last hundred or so later.
  const auto step = static_cast<double>(counts_.age);
  const auto fresh = static_cast<float>(std::max(1.0 - keep_average, 10.0 / (step + 10.0)));
  auto average = average_.network->weights();
  average.lerp_(learner_.weights(), fresh);
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
