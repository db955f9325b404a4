#include "surrogate/surrogate.hpp"

#include <torch/types.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <span>

#include "core/error.hpp"
#include "core/fingerprint.hpp"
#include "core/finite.hpp"
#include "surrogate/blas.hpp"
#include "surrogate/device.hpp"
#include "surrogate/familiarity.hpp"
#include "surrogate/model.hpp"
#include "surrogate/model_content.hpp"
#include "surrogate/packing.hpp"
#include "surrogate/persist_tensor.hpp"
#include "surrogate/replay_buffer.hpp"
#include "surrogate/threads.hpp"
#include "surrogate/trainer.hpp"
#include "surrogate/trial.hpp"

namespace bimetal::surrogate {

namespace {

// How many times the rows must be for the scaling to be fitted anew, which costs the optimiser its memory.
constexpr std::int64_t refit_factor = 4;

using MakeModel = std::function<Model(torch::Device)>;

/// Where models of this make compute. Collective.
DeviceChoice choose_device_of(const MakeModel& make, const core::Signature& signature, Device wanted,
                              const TrainingOptions& training, const parallel::Communicator& comm) {
  const auto batch = (training.batch + comm.size() - 1) / comm.size();
  std::optional<Trial> trial;
  torch::Device place = torch::kCPU;
  const auto lap = [&](torch::Device device) {
    if (!trial || device != place) trial.emplace(make(device), training, batch, std::ssize(signature.inputs));
    place = device;
    return trial->lap();
  };
  return choose_device(wanted, count_gpus(), lap, comm);
}

}  // namespace

struct Surrogate::Impl {
  Impl(const core::Signature& given, Model&& first, const NetworkOptions& network, const TrainingOptions& options,
       const parallel::Communicator& communicator)
      : signature(given),
        file_signature(given),
        training(options),
        comm(communicator),
        replay(given, options.replay_capacity, network.seed),
        candidate(std::move(first)),
        serving(given, candidate),
        snapshot(given, candidate),
        previous(given, candidate),
        learner(candidate.network->clone()) {}

  core::Signature signature;
  core::Signature file_signature;  // that the scaling goes by: of the model file there was, else `signature`
  TrainingOptions training;
  parallel::Communicator comm;
  ReplayBuffer replay;
  Model candidate;  // its weights: the running mean of the learner's
  Model serving;
  Model snapshot;                    // the candidate as it was when this was taken
  Model previous;                    // served before `serving` did
  std::unique_ptr<Network> learner;  // what gradient steps change; in the candidate's scaling
  std::optional<Trainer> trainer;    // once there are rows to fix the scaling
  Trainer::Counts counts;            // by this trainer and those before it
  std::int64_t n_offered = 0;        // rows this rank was told to remember
  std::int64_t offered_at_fit = 0;   // by all ranks, when the scaling was last fitted
  std::int32_t n_versions = 0;       // promotions so far
  bool has_snapshot = false;
  std::string device_choice;
  bool warm = false;                            // began as the model of a file
  nlohmann::ordered_json foreign_architecture;  // of that file

  Model& model(Weights which);
  void fit_scaling(std::int64_t n_offered_by_all);
  void familiarise();
  void change_scaling(const Scaling& scaling);
  void note(const Trainer::Counts& counts_now);
  core::RowTable reference_rows(Model& model);
};

Model& Surrogate::Impl::model(Weights which) {
  switch (which) {
    case Weights::serving: return serving;
    case Weights::candidate: return candidate;
    case Weights::snapshot: break;
  }
  return snapshot;
}

/// Everything that is in the candidate's units goes on saying what it said. Local.
void Surrogate::Impl::change_scaling(const Scaling& scaling) {
  learner->restate(scaling);
  candidate.network->restate(scaling);
  candidate.scaling = scaling;
}

/// A snapshot of weights that have been drawn anew since says nothing of those there are now. Local.
void Surrogate::Impl::note(const Trainer::Counts& counts_now) {
  if (counts_now.redrawn != counts.redrawn) has_snapshot = false;
  counts = counts_now;
}

/// Standardises anew by what is in the buffers. The networks go on saying what they said; the optimiser, whose memory
/// is in the old units, starts afresh, and what is familiar is stated anew in the new ones. Collective.
void Surrogate::Impl::fit_scaling(std::int64_t n_offered_by_all) {
  auto scaling = candidate.scaling;
  scaling.fit(replay.in(), replay.out(), comm);
  if (trainer) {
    change_scaling(scaling);
  } else {  // random weights say nothing yet that would have to be kept
    learner->rescale(scaling);
    candidate.network->rescale(scaling);
    candidate.scaling = scaling;
  }
  if (!candidate.familiarity.says_nothing()) familiarise();
  trainer.emplace(replay, *learner, candidate, training, comm, counts);
  offered_at_fit = n_offered_by_all;
}

void Surrogate::Impl::familiarise() {
  if (comm.sum(replay.size()) == 0) return;
  candidate.familiarity = Familiarity(replay, candidate.scaling, comm, candidate.network->device());
  candidate.ranges = ranges_of(replay.in(), comm);
}

Surrogate::Surrogate(const core::Signature& signature, const NetworkOptions& network, const TrainingOptions& training,
                     const parallel::Communicator& comm) {
  use_vector_kernels();
  use_threads(network.threads);
  const MakeModel make = [&](torch::Device device) { return Model(signature, network, device); };
  const auto choice = choose_device_of(make, signature, network.device, training, comm);
  impl_ = std::make_unique<Impl>(signature, make(choice.device), network, training, comm);
  impl_->device_choice = choice.reason;
}

Surrogate::Surrogate(const core::Signature& signature, const ModelFile& file, const NetworkOptions& network,
                     const TrainingOptions& training, const parallel::Communicator& comm) {
  file.require_for(signature);
  use_vector_kernels();
  use_threads(network.threads);
  const MakeModel make = [&](torch::Device device) { return load_model(file, signature, network.seed, device); };
  const auto choice = choose_device_of(make, signature, network.device, training, comm);
  impl_ = std::make_unique<Impl>(signature, make(choice.device), network, training, comm);
  impl_->device_choice = choice.reason;
  impl_->file_signature = file.signature();
  impl_->warm = true;
  impl_->foreign_architecture = file.content().card.architecture;
  // What it knows is not to be shaken by the long steps that are for random weights.
  impl_->counts.age = training.decay_updates;
}
Surrogate::~Surrogate() = default;
Surrogate::Surrogate(Surrogate&&) noexcept = default;
Surrogate& Surrogate::operator=(Surrogate&&) noexcept = default;

void Surrogate::predict(Weights which, core::ConstRows in, core::Rows out, std::span<Signals> signals) {
  EXPECT(in.size() == out.size() && in.size() == std::ssize(signals));
  EXPECT(in.width() == std::ssize(impl_->signature.inputs) && out.width() == std::ssize(impl_->signature.outputs));
  EXPECT(which != Weights::serving || version() >= 0);
  EXPECT(which != Weights::snapshot || has_snapshot());
  impl_->model(which).predict(in, out, signals);
}

void Surrogate::correct(Weights which, core::ConstRows in, core::ConstRows out) {
  EXPECT(in.size() == out.size());
  auto& self = *impl_;
  if (self.comm.sum(in.size()) > 0) self.model(which).correct(in, out, self.training.tolerance, self.comm);
}

void Surrogate::remember(core::ConstRows in, core::ConstRows out, std::span<const std::int64_t> id,
                         std::int64_t step) {
  impl_->replay.add(in, out, id, step);
  impl_->n_offered += in.size();
}

TrainingReport Surrogate::train(std::int64_t n_updates) {
  auto& self = *impl_;
  TrainingReport report;
  if (!learns()) return report;
  // The states a run meets change as it goes on, most of all in the beginning.
  const auto offered = self.comm.sum(self.n_offered);
  if (offered < self.training.batch) return report;
  if (self.warm) {
    if (!self.trainer)
      self.trainer.emplace(self.replay, *self.learner, self.candidate, self.training, self.comm, self.counts);
  } else if (!self.trainer || offered >= refit_factor * self.offered_at_fit) {
    self.fit_scaling(offered);
  }
  self.trainer->heal();
  for (std::int64_t i = 0; i < n_updates; ++i) report.loss += self.trainer->update() / static_cast<double>(n_updates);
  self.note(self.trainer->counts());
  report.updates = self.counts.updates;
  report.skipped = self.counts.skipped;
  report.redrawn = self.counts.redrawn;
  return report;
}

std::int64_t Surrogate::decay_updates() const { return impl_->training.decay_updates; }
bool Surrogate::rate_is_down() const { return impl_->counts.age >= impl_->training.decay_updates; }

void Surrogate::begin_again() { impl_->counts.age = impl_->training.decay_updates / 2; }

void Surrogate::make_candidate_alike() {
  for (const auto* network : {&impl_->learner, &impl_->candidate.network}) {
    auto weights = (*network)->weights();
    auto here = weights.cpu();
    impl_->comm.broadcast(std::span(here.data_ptr<float>(), static_cast<std::size_t>(here.numel())));
    if (!weights.is_cpu()) weights.copy_(here);
  }
}

void Surrogate::familiarise() { impl_->familiarise(); }

void Surrogate::take_snapshot() {
  impl_->snapshot.take(impl_->candidate);
  impl_->has_snapshot = true;
}

void Surrogate::promote(Weights which) {
  auto& self = *impl_;
  EXPECT(which == Weights::candidate || (which == Weights::snapshot && has_snapshot()));
  self.previous.take(self.serving);
  self.serving.take(self.model(which));
  self.serving.version = self.n_versions++;
}

bool Surrogate::can_roll_back() const { return impl_->previous.version >= 0; }

void Surrogate::roll_back() {
  EXPECT(can_roll_back());
  impl_->serving.take(impl_->previous);
  impl_->previous.version = -1;
}

/// Some rows that a model has an answer to, for its file to be recognised by. In single precision, as whoever reads
/// the file may know no other. Local.
core::RowTable Surrogate::Impl::reference_rows(Model& model) {
  constexpr std::int64_t most_rows = 8;
  const auto n = std::min(most_rows, replay.size());
  const auto singles = [](std::span<const double> row) {
    std::vector<double> values(row.begin(), row.end());
    for (auto& value : values) value = static_cast<float>(value);
    return values;
  };
  core::RowTable seen(std::ssize(signature.inputs)), answered = seen;
  for (std::int64_t i = 0; i < n; ++i) seen.append(singles(replay.in(i * replay.size() / n)));
  core::RowTable out(std::ssize(signature.outputs), n);
  std::vector<Signals> signals(static_cast<std::size_t>(n));
  model.predict(seen.rows(), out.rows(), signals);
  for (std::int64_t i = 0; i < n; ++i)
    if (core::all_finite(out[i])) answered.append(seen[i]);
  if (answered.size() > 0) return answered;
  std::vector<double> row;  // this rank has seen nothing: the middle of what all have seen, or what is nominal
  for (std::size_t k = 0; k < signature.inputs.size(); ++k)
    row.push_back(model.ranges.lower.empty() ? signature.inputs[k].scale
                                             : 0.5 * (model.ranges.lower[k] + model.ranges.upper[k]));
  answered.append(singles(row));
  return answered;
}

std::string Surrogate::save(Weights which) const {
  auto& self = *impl_;
  auto& model = self.model(which);
  return write_model(model, self.file_signature, self.reference_rows(model),
                     {{"updates", self.counts.updates}, {"samples", self.counts.samples}}, self.foreign_architecture);
}

std::vector<std::byte> Surrogate::pack_candidate() const {
  const auto& model = impl_->candidate;
  const auto& counts = impl_->counts;
  const auto weights = model.network->weights().cpu();
  const auto familiarity = model.familiarity.numbers();
  Packer packer;
  packer.put(std::vector{counts.updates, counts.skipped, counts.samples, counts.redrawn, counts.age});
  packer.put(std::vector<float>(weights.data_ptr<float>(), weights.data_ptr<float>() + weights.numel()));
  packer.put(model.scaling.feature_standards());
  packer.put(model.scaling.target_standards());
  packer.put(familiarity.whitening);
  packer.put(familiarity.centre);
  packer.put(model.ranges.lower);
  packer.put(model.ranges.upper);
  return packer.take();
}

void Surrogate::unpack_candidate(std::span<const std::byte> bytes) {
  auto& self = *impl_;
  auto& model = self.candidate;
  const auto device = model.network->device();
  Unpacker unpacker(bytes);
  const auto counts = unpacker.take<std::int64_t>();
  self.note({counts[0], counts[1], counts[2], counts[3], counts[4]});
  const auto weights = unpacker.take<float>();
  const auto features = unpacker.take<Scaling::Standard>(), targets = unpacker.take<Scaling::Standard>();
  auto scaling = model.scaling;
  scaling.set_standards(features, targets);
  self.change_scaling(scaling);
  auto flat = model.network->weights();
  flat.copy_(torch::tensor(weights));
  auto whitening = unpacker.take<float>(), centre = unpacker.take<float>();
  model.familiarity = Familiarity({std::move(whitening), std::move(centre)}, device);
  auto lower = unpacker.take<double>(), upper = unpacker.take<double>();
  model.ranges = {std::move(lower), std::move(upper)};
}

void Surrogate::persist(const core::Archive& archive) {
  auto& self = *impl_;
  self.replay.persist(archive.in("replay"));
  self.candidate.persist(archive.in("candidate"));
  self.serving.persist(archive.in("serving"));
  self.previous.persist(archive.in("previous"));
  self.snapshot.persist(archive.in("snapshot"));
  archive.alike("has_snapshot", self.has_snapshot);
  persist_tensor(archive, "learner", self.learner->weights());
  self.learner->rescale(self.candidate.scaling);
  self.counts.persist(archive.in("counts"));
  archive.sums("n_offered", self.n_offered);
  archive.alike("offered_at_fit", self.offered_at_fit);
  archive.alike("n_versions", self.n_versions);

  bool trains = self.trainer.has_value();
  archive.alike("trains", trains);
  if (archive.restores() && trains)
    self.trainer.emplace(self.replay, *self.learner, self.candidate, self.training, self.comm, self.counts);
  if (trains) self.trainer->persist(archive.in("trainer"));
}

void Surrogate::spoil() {
  for (const auto* network : {&impl_->serving.network, &impl_->candidate.network, &impl_->learner}) {
    auto weights = (*network)->weights();
    weights.fill_(std::numeric_limits<float>::quiet_NaN());
  }
}

bool Surrogate::has_snapshot() const { return impl_->has_snapshot; }
const std::string& Surrogate::device_choice() const { return impl_->device_choice; }
std::string Surrogate::device() const { return impl_->candidate.network->device().is_cuda() ? "cuda" : "cpu"; }
bool Surrogate::warm() const { return impl_->warm; }
bool Surrogate::learns() const { return impl_->learner->learns(); }
const std::string& Surrogate::first_words() const { return impl_->serving.first_words; }
bool Surrogate::has_second() const { return impl_->candidate.network->has_second(); }
std::int32_t Surrogate::version() const { return impl_->serving.version; }
std::int64_t Surrogate::n_parameters() const { return impl_->learner->n_parameters(); }
std::int64_t Surrogate::n_remembered() const { return impl_->replay.size(); }
std::int64_t Surrogate::n_refused() const { return impl_->replay.n_refused(); }
std::int64_t Surrogate::samples_trained() const { return impl_->counts.samples; }
bool Surrogate::trained() const { return impl_->counts.updates > 0; }

std::uint64_t Surrogate::fingerprint() const {
  const auto weights = impl_->candidate.network->weights().cpu();
  core::Fingerprint print;
  for (const float weight : std::span(weights.data_ptr<float>(), static_cast<std::size_t>(weights.numel())))
    print.add(static_cast<double>(weight));
  return print.value();
}

}  // namespace bimetal::surrogate
