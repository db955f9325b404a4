#include "hybrid/learner.hpp"

#include "hybrid/dedicated_learner.hpp"

namespace bimetal::hybrid {
namespace {

/// The ranks that solve train between two steps.
class InSituLearner : public Learner {
 public:
  InSituLearner(const TrainingSchedule& schedule, surrogate::Surrogate& surrogate)
      : look_every_(schedule.promote_every), surrogate_(&surrogate) {}

  void remember(core::ConstRows in, core::ConstRows out, std::span<const std::int64_t> id,
                std::int64_t step) override {
    surrogate_->remember(in, out, id, step);
  }

  TrainingRound train(std::int64_t step, std::int64_t n_updates) override {
    TrainingRound round;
    if (n_updates > 0) {
      const auto report = surrogate_->train(n_updates);
      round.updates = report.updates - updates_;
      round.loss = report.loss;
      updates_ = report.updates;
    }
    round.new_candidate = (step + 1) % look_every_ == 0 && surrogate_->trained();
    if (round.new_candidate) surrogate_->familiarise();
    return round;
  }

  TrainingAccount account() const override {
    TrainingAccount account;
    account.updates = updates_;
    account.samples = surrogate_->samples_trained();
    return account;
  }

  void persist(const core::Archive& archive) override { archive.alike("updates", updates_); }

 private:
  std::int64_t look_every_;
  surrogate::Surrogate* surrogate_;
  std::int64_t updates_ = 0;  // so far
};

/// Nobody trains: the network serves as it is.
class NobodyLearns : public Learner {
 public:
  void remember(core::ConstRows, core::ConstRows, std::span<const std::int64_t>, std::int64_t) override {}
  TrainingRound train(std::int64_t, std::int64_t) override { return {}; }
  TrainingAccount account() const override { return {}; }
  void persist(const core::Archive&) override {}
};

}  // namespace

std::unique_ptr<Learner> make_learner(const HybridOptions& options, const Crew& crew,
                                      const core::Signature& signature, surrogate::Surrogate& surrogate,
                                      const core::Log& log) {
  switch (options.schedule.placement) {
    case Placement::in_situ: return std::make_unique<InSituLearner>(options.schedule, surrogate);
    case Placement::dedicated:
      if (crew.n_trainers() > 0) return std::make_unique<DedicatedLearner>(options, crew, signature, surrogate, log);
      break;
    case Placement::off: break;
  }
  return std::make_unique<NobodyLearns>();
}

}  // namespace bimetal::hybrid
