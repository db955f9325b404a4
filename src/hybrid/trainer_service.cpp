#include "hybrid/trainer_service.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <stdexcept>
#include <thread>
#include <utility>

#include "core/error.hpp"
#include "core/packed_archive.hpp"

namespace bimetal::hybrid {
namespace {

constexpr double round_seconds = 0.2;      // so that mail is read and life is shown often enough
constexpr std::int64_t most_updates = 50;  // of a round
constexpr double life_seconds = 0.5;       // between two signs of life

/// Passes over what is remembered after which nothing more is to be had from it until new rows arrive.
constexpr std::int64_t enough_passes = 20;

void rest() { std::this_thread::sleep_for(std::chrono::milliseconds(5)); }

}  // namespace

TrainerService::TrainerService(const HybridOptions& options, const Crew& crew, const core::Signature& signature,
                               surrogate::Surrogate surrogate)
    : options_(options),
      crew_(crew),
      surrogate_(std::move(surrogate)),
      n_in_(std::ssize(signature.inputs)),
      n_out_(std::ssize(signature.outputs)) {
  EXPECT(crew.trains());
}

void TrainerService::run() {
  while (true) {
    const auto agreed = look_at_mail();
    end_by_error_of_solvers(agreed);
    if (agreed.goodbyes == crew_.n_solvers() * crew_.n_trainers()) return part();
    go_on(agreed);
  }
}

/// A round, by what the trainers have agreed on. Collective over trainers.
void TrainerService::go_on(const Agreed& agreed) {
  while (health() == Health::hung) rest();
  if (health() == Health::silent) return rest();
  show_life();
  if (agreed.begun < crew_.n_trainers()) return rest();
  // In the same round, so that the weights of all are the same.
  if (agreed.save_letters >= (n_saved_ + 1) * crew_.n_trainers()) hand_over_state();
  if (agreed.taken > 0) under_way_ = false;
  if (!has_something_to_learn(agreed)) return rest();
  train(agreed.updates);
  // As many gradient steps as there are in situ between two looks at the candidate.
  const auto& schedule = options_.schedule;
  const auto worth_a_look = std::max<std::int64_t>(1, schedule.updates_per_step * schedule.promote_every);
  if (!under_way_ && updates_ - updates_then_ >= worth_a_look) send_candidate();
}

/// Reads mail, then adds up what the trainers found. For no longer than a round of training takes: solvers that write
/// faster than their letters can be read would else keep it from training for ever; what waits fills their queues,
/// and they drop rows. Collective over trainers.
TrainerService::Agreed TrainerService::look_at_mail() {
  const core::Stopwatch reading;
  while (reading.seconds() < round_seconds) {
    const auto letter = crew_.mail().next();
    if (!letter) break;
    switch (static_cast<About>(letter->kind)) {
      case About::samples:
        if (begun_)
          take_samples(*letter);
        else
          early_.push_back(*letter);
        break;
      case About::taken: ++taken_; break;
      case About::begin: begin(letter->content); break;
      case About::save: ++save_letters_; break;
      case About::goodbye: {
        ++goodbyes_;
        auto goodbye = unpack_goodbye(letter->content);
        if (goodbye.ending != Ending::done) error_ = std::move(goodbye);
        break;
      }
      default: EXPECT(false && "only solvers write to trainers");
    }
  }
  const auto ended_by = [&](Ending ending) { return std::int64_t{error_ && error_->ending == ending}; };
  const double affordable = seconds_per_update_ > 0.0 ? std::floor(round_seconds / seconds_per_update_) : 1.0;
  const auto updates = std::clamp(static_cast<std::int64_t>(affordable), std::int64_t{1}, most_updates);
  const Agreed known_here{.arrived = std::exchange(arrived_, 0),
                          .remembered = surrogate_.n_remembered(),
                          .goodbyes = goodbyes_,
                          .taken = std::exchange(taken_, 0),
                          .user_errors = ended_by(Ending::user_error),
                          .failures = ended_by(Ending::failure),
                          .begun = begun_,
                          .save_letters = save_letters_,
                          .updates = crew_.own().is_root() ? updates : 0};
  auto sums = std::bit_cast<std::array<std::int64_t, 9>>(known_here);
  crew_.own().sum_in_place(std::span<std::int64_t>(sums));
  return std::bit_cast<Agreed>(sums);
}

void TrainerService::take_samples(const parallel::Letter& letter) {
  if (health() != Health::sound) return;
  const auto samples = unpack_samples(letter.content, n_in_, n_out_);
  surrogate_.remember(samples.in.rows(), samples.out.rows(), samples.id, samples.step);
  arrived_ += samples.size();
}

/// From nothing, or from where trainers of an earlier part of the run have stopped.
void TrainerService::begin(const parallel::Bytes& state) {
  begun_ = true;
  if (!state.empty()) {
    core::PackedArchive packed(state);
    persist(core::Archive(packed));
  }
  for (const auto& letter : std::exchange(early_, {})) take_samples(letter);
}

void TrainerService::hand_over_state() {
  ++n_saved_;
  core::PackedArchive packed;
  persist(core::Archive(packed));
  crew_.tell(crew_.first_solver(), About::state, packed.bytes());
}

/// A candidate on its way is not waited for: it will be superseded.
void TrainerService::persist(const core::Archive& archive) {
  surrogate_.persist(archive.in("surrogate"));
  archive.alike("updates", updates_);
  archive.alike("updates_then", updates_then_);
  archive.alike("n_candidates", n_candidates_);
  archive.alike("seen_since_news", seen_since_news_);
  archive.alike("loss", loss_);
}

void TrainerService::end_by_error_of_solvers(const Agreed& agreed) const {
  if (agreed.user_errors + agreed.failures == 0) return;
  const std::string reason = error_ ? error_->reason : "the ranks that solve ended by an error";
  if (agreed.user_errors > 0) throw core::UserError(reason);
  throw core::RuntimeFailure(reason);
}

/// What is left of it after the faults that were asked for; the same on all trainers.
TrainerService::Health TrainerService::health() const {
  const auto& faults = options_.faults;
  if (faults.trainer_throws_at && n_candidates_ >= *faults.trainer_throws_at)
    throw std::runtime_error("this trainer fails as faults.trainer_throws_at asks for");
  if (faults.trainer_hangs_at && n_candidates_ >= *faults.trainer_hangs_at) return Health::hung;
  if (faults.trainer_silent_at && n_candidates_ >= *faults.trainer_silent_at) return Health::silent;
  return Health::sound;
}

bool TrainerService::has_something_to_learn(const Agreed& agreed) {
  if (agreed.arrived > 0) seen_since_news_ = 0;
  return agreed.remembered > 0 && seen_since_news_ < enough_passes * agreed.remembered;
}

/// Collective over trainers.
void TrainerService::train(std::int64_t n_updates) {
  const core::Stopwatch watch;
  const auto seen_before = surrogate_.samples_trained();
  const auto report = surrogate_.train(n_updates);
  seen_since_news_ += surrogate_.samples_trained() - seen_before;
  if (report.updates == updates_) return rest();  // not a batch yet
  seconds_per_update_ = watch.seconds() / static_cast<double>(report.updates - updates_);
  updates_ = report.updates;
  loss_ = report.loss;
}

/// Collective over trainers.
void TrainerService::send_candidate() {
  surrogate_.make_candidate_alike();
  surrogate_.familiarise();
  updates_then_ = updates_;
  under_way_ = true;
  ++n_candidates_;
  if (crew_.own().is_root())
    crew_.tell_all_solvers(About::candidate, pack(Candidate{updates_, surrogate_.samples_trained(), loss_,
                                                            surrogate_.pack_candidate()}));
}

/// All trainers are alive if the first one is: it has just agreed on something with the others.
void TrainerService::show_life() {
  if (!crew_.own().is_root() || (since_life_ && since_life_->seconds() < life_seconds)) return;
  since_life_ = core::Stopwatch();
  crew_.tell(crew_.first_solver(), About::alive);
}

void TrainerService::part() {
  if (crew_.own().is_root()) crew_.tell_all_solvers(About::farewell);
  while (crew_.mail().n_under_way() > 0) rest();
}

}  // namespace bimetal::hybrid
