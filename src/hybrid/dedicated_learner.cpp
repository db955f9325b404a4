#include "hybrid/dedicated_learner.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "core/error.hpp"
#include "core/random.hpp"

namespace bimetal::hybrid {
namespace {

/// Rows of a letter at most: tens of kilobytes.
constexpr std::int64_t rows_per_letter = 256;

}  // namespace

DedicatedLearner::DedicatedLearner(const HybridOptions& options, const Crew& crew, const core::Signature& signature,
                                   surrogate::Surrogate& surrogate, core::Log log)
    : schedule_(options.schedule),
      seed_(options.seed),
      crew_(crew),
      surrogate_(&surrogate),
      log_(std::move(log)),
      samples_(std::ssize(signature.inputs), std::ssize(signature.outputs)),
      room_(options.schedule.queue_rows),
      trainer_states_(static_cast<std::size_t>(crew.n_trainers())) {
  EXPECT(crew.n_trainers() > 0 && !crew.trains());
}

/// Reservoir sampling of the step's rows (Vitter, ACM Trans. Math. Softw. 11 (1985) 37, algorithm R).
void DedicatedLearner::remember(core::ConstRows in, core::ConstRows out, std::span<const std::int64_t> id,
                                std::int64_t step) {
  if (account_.given_up_at) return;
  samples_.step = step;
  for (std::int64_t i = 0; i < in.size(); ++i) {
    const auto row_id = id[static_cast<std::size_t>(i)];
    ++n_offered_;
    if (samples_.size() < room_) {
      samples_.id.push_back(row_id);
      samples_.in.append(in[i]);
      samples_.out.append(out[i]);
      continue;
    }
    ++account_.dropped;
    const auto bits = core::random_bits(seed_, core::Purpose::thinning, static_cast<std::uint64_t>(step),
                                        static_cast<std::uint64_t>(row_id));
    const auto slot = static_cast<std::int64_t>(bits % static_cast<std::uint64_t>(n_offered_));
    if (slot >= samples_.size()) continue;
    samples_.id[static_cast<std::size_t>(slot)] = row_id;
    std::ranges::copy(in[i], samples_.in[slot].begin());
    std::ranges::copy(out[i], samples_.out[slot].begin());
  }
}

TrainingRound DedicatedLearner::train(std::int64_t step, std::int64_t) {
  if (account_.given_up_at) return {.loss = loss_};
  if (!std::exchange(begun_, true)) begin();
  post_samples();
  read_mail();
  TrainingRound round;
  if (agreement_.under_way()) {
    const auto known = agreement_.take();
    const bool all_have_it = known[0] == crew_.own().size();
    if (known[1] > 0.0) {
      give_up(step);
      return {.loss = loss_};
    }
    round.new_candidate = all_have_it && (step + 1) % schedule_.promote_every == 0;
  }
  if (round.new_candidate) take_candidate();
  round.loss = loss_;
  // What is known of all solvers in the next step: waiting for it now would cost a wait for the slowest.
  const bool silent = crew_.own().is_root() && silence_.seconds() > schedule_.patience;
  agreement_ = crew_.own().begin_sum(std::array{candidate_ ? 1.0 : 0.0, silent ? 1.0 : 0.0});
  return round;
}

void DedicatedLearner::begin() {
  if (!crew_.own().is_root()) return;
  for (int t = 0; t < crew_.n_trainers(); ++t)
    crew_.tell(crew_.first_trainer() + t, About::begin, trainer_states_[static_cast<std::size_t>(t)]);
}

void DedicatedLearner::gather_state() {
  if (account_.given_up_at || !begun_) return;
  if (crew_.own().is_root()) {
    n_states_arrived_ = 0;
    crew_.tell_all_trainers(About::save);
    const core::Stopwatch watch;
    while (n_states_arrived_ < crew_.n_trainers() && watch.seconds() < schedule_.patience) {
      read_mail();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    if (n_states_arrived_ < crew_.n_trainers())
      log_.warn(
          "the trainers have not handed over their state in {} s (training.patience): a restart will do without",
          schedule_.patience);
  }
  crew_.own().barrier();
}

void DedicatedLearner::post_samples() {
  for (std::int64_t first = 0; first < samples_.size(); first += rows_per_letter) {
    const auto n = std::min(rows_per_letter, samples_.size() - first);
    crew_.tell(crew_.my_trainer(), About::samples, pack(samples_, first, n), n);
  }
  account_.sent += samples_.size();
  samples_.clear();
  n_offered_ = 0;
  room_ = std::max<std::int64_t>(0, schedule_.queue_rows - crew_.mail().weight_under_way());
}

void DedicatedLearner::read_mail() {
  while (auto letter = crew_.mail().next()) {
    silence_ = core::Stopwatch();
    if (letter->kind == static_cast<int>(About::candidate)) candidate_ = unpack_candidate(letter->content);
    if (letter->kind == static_cast<int>(About::state)) {
      trainer_states_[static_cast<std::size_t>(letter->from - crew_.first_trainer())] = std::move(letter->content);
      ++n_states_arrived_;
    }
  }
}

void DedicatedLearner::take_candidate() {
  surrogate_->unpack_candidate(candidate_->model);
  loss_ = candidate_->loss;
  account_.updates = candidate_->updates;
  account_.samples = candidate_->samples;
  ++account_.candidates;
  candidate_.reset();
  if (crew_.own().is_root()) crew_.tell(crew_.first_trainer(), About::taken);
}

/// Letters under way are lost; so is that the trainers had been given up, as there are new ones.
void DedicatedLearner::persist(const core::Archive& archive) {
  archive.alike("updates", account_.updates);
  archive.alike("samples", account_.samples);
  archive.alike("candidates", account_.candidates);
  archive.sums("sent", account_.sent);
  archive.sums("dropped", account_.dropped);
  archive.alike("loss", loss_);
  for (std::size_t t = 0; t < trainer_states_.size(); ++t)
    archive.in("trainers").first(std::to_string(t), trainer_states_[t]);
}

void DedicatedLearner::give_up(std::int64_t step) {
  account_.given_up_at = step;
  samples_.clear();
  candidate_.reset();
  const auto version = surrogate_->version();
  log_.warn(
      "step {}: trainers silent for {:.1f} s, more than training.patience ({} s): the run goes on with {} and "
      "without further training",
      step, silence_.seconds(), schedule_.patience,
      version < 0 ? "physics alone" : fmt::format("surrogate version {}", version));
}

}  // namespace bimetal::hybrid
