#include "surrogate/surrogate.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/error.hpp"
#include "surrogate/network.hpp"
#include "surrogate/null_space.hpp"
#include "surrogate/replay_buffer.hpp"
#include "surrogate/scaling.hpp"
#include "surrogate/threads.hpp"
#include "surrogate/trainer.hpp"

namespace bimetal::surrogate {
namespace {

constexpr std::int64_t chunk = 512;  // rows per pass: their activations stay in the second-level cache

}  // namespace

struct Surrogate::Impl {
  Impl(const core::Signature& given, const NetworkOptions& network_options, const TrainingOptions& training_options,
       const parallel::Communicator& communicator)
      : signature(given),
        training(training_options),
        comm(communicator),
        scaling(given, NullSpace(given), network_options.knee),
        serving_scaling(scaling),
        replay(given, training_options.replay_capacity, network_options.seed),
        learner(scaling.n_features(), scaling.n_targets(), network_options),
        candidate(scaling.n_features(), scaling.n_targets(), network_options),
        serving(scaling.n_features(), scaling.n_targets(), network_options),
        x(torch::empty({chunk, scaling.n_features()}, torch::kFloat32)) {}

  core::Signature signature;
  TrainingOptions training;
  parallel::Communicator comm;
  Scaling scaling;          // of learner and candidate
  Scaling serving_scaling;  // as it was at the promotion
  ReplayBuffer replay;
  Network learner;    // what gradient steps change
  Network candidate;  // the running mean of its weights
  Network serving;
  std::optional<Trainer> trainer;   // once there are rows to fix the scaling
  torch::Tensor x;                  // [chunk, n_features], work space of predict()
  std::int64_t n_offered = 0;       // rows this rank was told to remember
  std::int64_t offered_at_fit = 0;  // by all ranks, when the scaling was last fitted
  std::int32_t version = -1;

  void fit_scaling(std::int64_t n_offered_by_all);
};

/// Standardises anew by what is in the buffers. The networks go on saying what they said; the optimiser, whose memory
/// is in the old units, starts afresh. Collective.
void Surrogate::Impl::fit_scaling(std::int64_t n_offered_by_all) {
  const auto before = scaling;
  scaling.fit(replay.in(), replay.out(), comm);
  if (trainer) {
    learner.restate(before, scaling);
    candidate.restate(before, scaling);
  }
  const auto counts = trainer ? trainer->counts() : Trainer::Counts{};
  trainer.emplace(signature, scaling, replay, learner, candidate, training, comm, counts);
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

void Surrogate::predict(Weights which, core::ConstRows in, core::Rows out, std::span<double> score) {
  EXPECT(in.size() == out.size() && in.size() == static_cast<std::int64_t>(score.size()));
  EXPECT(in.width() == std::ssize(impl_->signature.inputs) && out.width() == std::ssize(impl_->signature.outputs));
  EXPECT(which == Weights::candidate || version() >= 0);
  auto& self = *impl_;
  const bool serves = which == Weights::serving;
  const auto& network = serves ? self.serving : self.candidate;
  auto& scaling = serves ? self.serving_scaling : self.scaling;
  const torch::InferenceMode inference;
  for (std::int64_t first = 0; first < in.size(); first += chunk) {
    const auto n = std::min(chunk, in.size() - first);
    scaling.features(in, first, n, self.x.data_ptr<float>());
    const auto answer = network.forward(self.x.narrow(0, 0, n));
    const float* z = answer.z.data_ptr<float>();
    const float* log_error = answer.log_error.data_ptr<float>();
    for (std::int64_t i = 0; i < n; ++i, z += scaling.n_targets()) {
      scaling.advance(in[first + i], z, out[first + i]);
      score[static_cast<std::size_t>(first + i)] = std::pow(10.0, static_cast<double>(log_error[i]));
    }
  }
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
  for (std::int64_t i = 0; i < n_updates; ++i) report.loss += self.trainer->update() / static_cast<double>(n_updates);
  report.updates = self.trainer->counts().updates;
  report.skipped = self.trainer->counts().skipped;
  return report;
}

void Surrogate::promote() {
  std::ranges::copy(std::as_const(impl_->candidate).weights(), impl_->serving.weights().begin());
  impl_->serving_scaling = impl_->scaling;
  ++impl_->version;
}

std::int32_t Surrogate::version() const { return impl_->version; }
std::int64_t Surrogate::n_parameters() const { return impl_->candidate.n_parameters(); }
std::int64_t Surrogate::n_remembered() const { return impl_->replay.size(); }
std::int64_t Surrogate::n_refused() const { return impl_->replay.n_refused(); }
std::int64_t Surrogate::samples_trained() const { return impl_->trainer ? impl_->trainer->counts().samples : 0; }
bool Surrogate::trained() const { return impl_->trainer && impl_->trainer->counts().updates > 0; }

}  // namespace bimetal::surrogate
