#include "surrogate/surrogate.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "core/error.hpp"
#include "surrogate/familiarity.hpp"
#include "surrogate/model.hpp"
#include "surrogate/network.hpp"
#include "surrogate/replay_buffer.hpp"
#include "surrogate/scaled_difference.hpp"
#include "surrogate/threads.hpp"
#include "surrogate/trainer.hpp"

namespace bimetal::surrogate {

struct Surrogate::Impl {
  Impl(const core::Signature& given, const NetworkOptions& network_options, const TrainingOptions& training_options,
       const parallel::Communicator& communicator)
      : signature(given),
        training(training_options),
        comm(communicator),
        replay(given, training_options.replay_capacity, network_options.seed),
        candidate(given, network_options),
        serving(given, network_options),
        previous(given, network_options),
        learner(candidate.scaling.n_features(), candidate.scaling.n_targets(), network_options) {}

  core::Signature signature;
  TrainingOptions training;
  parallel::Communicator comm;
  ReplayBuffer replay;
  Model candidate;  // its weights: the running mean of the learner's
  Model serving;
  Model previous;                   // served before `serving` did
  Network learner;                  // what gradient steps change; in the candidate's scaling
  std::optional<Trainer> trainer;   // once there are rows to fix the scaling
  std::int64_t n_offered = 0;       // rows this rank was told to remember
  std::int64_t offered_at_fit = 0;  // by all ranks, when the scaling was last fitted
  std::int32_t n_versions = 0;      // promotions so far

  void fit_scaling(std::int64_t n_offered_by_all);
  void familiarise() { candidate.familiarity = Familiarity(replay, candidate.scaling, comm); }
};

/// Standardises anew by what is in the buffers. The networks go on saying what they said; the optimiser, whose memory
/// is in the old units, starts afresh, and what is familiar is stated anew in the new ones. Collective.
void Surrogate::Impl::fit_scaling(std::int64_t n_offered_by_all) {
  const auto before = candidate.scaling;
  candidate.scaling.fit(replay.in(), replay.out(), comm);
  candidate.difference = ScaledDifference(signature, candidate.scaling);
  if (!candidate.familiarity.says_nothing()) familiarise();
  if (trainer) {
    learner.restate(before, candidate.scaling);
    candidate.network.restate(before, candidate.scaling);
  }
  const auto counts = trainer ? trainer->counts() : Trainer::Counts{};
  trainer.emplace(replay, learner, candidate, training, comm, counts);
  offered_at_fit = n_offered_by_all;
}

Surrogate::Surrogate(const core::Signature& signature, const NetworkOptions& network, const TrainingOptions& training,
                     const parallel::Communicator& comm) {
  use_one_thread();
  impl_ = std::make_unique<Impl>(signature, network, training, comm);
}
Surrogate::~Surrogate() = default;
Surrogate::Surrogate(Surrogate&&) noexcept = default;
Surrogate& Surrogate::operator=(Surrogate&&) noexcept = default;

void Surrogate::predict(Weights which, core::ConstRows in, core::Rows out, std::span<Signals> signals) {
  EXPECT(in.size() == out.size() && in.size() == std::ssize(signals));
  EXPECT(in.width() == std::ssize(impl_->signature.inputs) && out.width() == std::ssize(impl_->signature.outputs));
  EXPECT(which == Weights::candidate || version() >= 0);
  auto& model = which == Weights::serving ? impl_->serving : impl_->candidate;
  model.predict(in, out, signals);
}

void Surrogate::remember(core::ConstRows in, core::ConstRows out, std::span<const std::int64_t> id,
                         std::int64_t step) {
  impl_->replay.add(in, out, id, step);
  impl_->n_offered += in.size();
}

TrainingReport Surrogate::train(std::int64_t n_updates) {
  auto& self = *impl_;
  TrainingReport report;
  // The states a run meets change as it goes on, most of all in the beginning: fit again whenever they have doubled.
  const auto offered = self.comm.sum(self.n_offered);
  if (offered < self.training.batch) return report;
  if (!self.trainer || offered >= 2 * self.offered_at_fit) self.fit_scaling(offered);
  self.trainer->heal();
  for (std::int64_t i = 0; i < n_updates; ++i) report.loss += self.trainer->update() / static_cast<double>(n_updates);
  const auto& counts = self.trainer->counts();
  report.updates = counts.updates;
  report.skipped = counts.skipped;
  report.redrawn = counts.redrawn;
  return report;
}

void Surrogate::familiarise() { impl_->familiarise(); }

void Surrogate::promote() {
  auto& self = *impl_;
  self.previous.take(self.serving);
  self.serving.take(self.candidate);
  self.serving.version = self.n_versions++;
}

bool Surrogate::can_roll_back() const { return impl_->previous.version >= 0; }

void Surrogate::roll_back() {
  EXPECT(can_roll_back());
  impl_->serving.take(impl_->previous);
  impl_->previous.version = -1;
}

void Surrogate::spoil() {
  for (auto* network : {&impl_->serving.network, &impl_->candidate.network, &impl_->learner})
    std::ranges::fill(network->weights(), std::numeric_limits<float>::quiet_NaN());
}

std::int32_t Surrogate::version() const { return impl_->serving.version; }
std::int64_t Surrogate::n_parameters() const { return impl_->learner.n_parameters(); }
std::int64_t Surrogate::n_remembered() const { return impl_->replay.size(); }
std::int64_t Surrogate::n_refused() const { return impl_->replay.n_refused(); }
std::int64_t Surrogate::samples_trained() const { return impl_->trainer ? impl_->trainer->counts().samples : 0; }
bool Surrogate::trained() const { return impl_->trainer && impl_->trainer->counts().updates > 0; }

}  // namespace bimetal::surrogate
