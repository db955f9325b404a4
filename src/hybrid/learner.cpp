#include "hybrid/learner.hpp"

#include <algorithm>

#include "hybrid/dedicated_learner.hpp"
#include "hybrid/learning_plan.hpp"

namespace bimetal::hybrid {
namespace {

// A candidate is worth a look once it has taken this much more gradient steps than at the last one.
constexpr double steps_between_looks = 1.5;

/// The ranks that solve train between two steps, in bursts.
class InSituLearner : public Learner {
 public:
  InSituLearner(const TrainingSchedule& schedule, surrogate::Surrogate& surrogate)
      : schedule_(schedule), surrogate_(&surrogate), plan_(8 * schedule.promote_every, surrogate.warm()) {}

  void remember(core::ConstRows in, core::ConstRows out, std::span<const std::int64_t> id,
                std::int64_t step) override {
    surrogate_->remember(in, out, id, step);
  }

  std::int64_t updates_due(std::int64_t step, double accepted_share) override {
    plan_.note(step, accepted_share, surrogate_->updates_left() == 0);
    if (plan_.begins()) {
      surrogate_->begin_again();
      looked_at_ = updates_;
      burst_began_at_ = updates_;
    }
    return learns() ? std::min(schedule_.updates_per_step, surrogate_->updates_left()) : 0;
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
    round.new_candidate = (step + 1) % schedule_.promote_every == 0 && is_worth_a_look();
    if (round.new_candidate) {
      looked_at_ = updates_;
      surrogate_->familiarise();
    }
    return round;
  }

  TrainingAccount account() const override {
    TrainingAccount account;
    account.updates = updates_;
    account.samples = surrogate_->samples_trained();
    return account;
  }

  void persist(const core::Archive& archive) override {
    archive.alike("updates", updates_);
    archive.alike("looked_at", looked_at_);
    archive.alike("burst_began_at", burst_began_at_);
    plan_.persist(archive.in("plan"));
  }

 private:
  /// More seldom as the burst goes on, and once at its end: evidence about a version starts anew with every promotion.
  bool is_worth_a_look() const {
    if (updates_ == looked_at_) return false;
    return surrogate_->updates_left() == 0 || static_cast<double>(updates_ - burst_began_at_) >=
                                                  steps_between_looks * static_cast<double>(looked_at_ - burst_began_at_);
  }

  TrainingSchedule schedule_;
  surrogate::Surrogate* surrogate_;
  LearningPlan plan_;
  std::int64_t updates_ = 0;         // so far
  std::int64_t looked_at_ = 0;       // updates at the last look
  std::int64_t burst_began_at_ = 0;  // updates
};

/// Nobody trains: the network serves as it is.
class NobodyLearns : public Learner {
 public:
  void remember(core::ConstRows, core::ConstRows, std::span<const std::int64_t>, std::int64_t) override {}
  std::int64_t updates_due(std::int64_t, double) override { return 0; }
  bool learns() const override { return false; }
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
