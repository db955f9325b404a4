#include "hybrid/learner.hpp"

#include "hybrid/dedicated_learner.hpp"

namespace bimetal::hybrid {
namespace {

/// The ranks that solve train between two steps, in bursts.
class InSituLearner : public Learner {
 public:
  InSituLearner(const TrainingSchedule& schedule, surrogate::Surrogate& surrogate)
      : schedule_(schedule),
        surrogate_(&surrogate),
        plan_(schedule.promote_every, surrogate.decay_updates() / 2, schedule.lost_share, surrogate.warm()) {}

  void remember(core::ConstRows in, core::ConstRows out, std::span<const std::int64_t> id,
                std::int64_t step) override {
    surrogate_->remember(in, out, id, step);
  }

  std::int64_t updates_due(std::int64_t step, const AnswersOfStep& answers) override {
    plan_.note(step, answers, updates_, surrogate_->rate_is_down());
    if (plan_.begins()) surrogate_->begin_again();
    return learns() ? schedule_.updates_per_step : 0;
  }

  bool learns() const override { return plan_.phase() == LearningPlan::Phase::learning; }

  TrainingRound train(std::int64_t step, std::int64_t n_updates) override {
    TrainingRound round;
    if (n_updates > 0) {
      const auto report = surrogate_->train(n_updates);
      round.updates = report.updates - updates_;
      round.loss = report.loss;
      updates_ = report.updates;
    }
    round.new_candidate = (step + 1) % schedule_.promote_every == 0 && updates_ != looked_at_;
    if (round.new_candidate) {
      looked_at_ = updates_;
      surrogate_->make_candidate_alike();
      surrogate_->familiarise();
    }
    return round;
  }

  TrainingAccount account() const override { return {.updates = updates_, .samples = surrogate_->samples_trained()}; }

  void persist(const core::Archive& archive) override {
    archive.alike("updates", updates_);
    archive.alike("looked_at", looked_at_);
    plan_.persist(archive.in("plan"));
  }

 private:
  TrainingSchedule schedule_;
  surrogate::Surrogate* surrogate_;
  LearningPlan plan_;
  std::int64_t updates_ = 0;    // so far
  std::int64_t looked_at_ = 0;  // updates at the last look
};

/// Nobody trains: the network serves as it is.
class NobodyLearns : public Learner {
 public:
  void remember(core::ConstRows, core::ConstRows, std::span<const std::int64_t>, std::int64_t) override {}
  std::int64_t updates_due(std::int64_t, const AnswersOfStep&) override { return 0; }
  bool learns() const override { return false; }
  TrainingRound train(std::int64_t, std::int64_t) override { return {}; }
  TrainingAccount account() const override { return {}; }
  void persist(const core::Archive&) override {}
};

}  // namespace

std::unique_ptr<Learner> make_learner(const HybridOptions& options, const Crew& crew,
                                      const core::Signature& signature, surrogate::Surrogate& surrogate,
                                      const core::Log& log) {
  const auto placement = surrogate.learns() ? options.schedule.placement : Placement::off;
  if (placement == Placement::in_situ) return std::make_unique<InSituLearner>(options.schedule, surrogate);
  if (placement == Placement::dedicated && crew.n_trainers() > 0)
    return std::make_unique<DedicatedLearner>(options, crew, signature, surrogate, log);
  return std::make_unique<NobodyLearns>();
}

}  // namespace bimetal::hybrid
