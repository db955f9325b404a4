#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "core/archive.hpp"
#include "core/log.hpp"
#include "core/rows.hpp"
#include "hybrid/crew.hpp"
#include "hybrid/hybrid_options.hpp"
#include "hybrid/learning_plan.hpp"
#include "surrogate/surrogate.hpp"

namespace bimetal::hybrid {

/// What came of the training after a step.
struct TrainingRound {
  std::int64_t updates = 0;    // gradient steps that this rank took part in
  double loss = 0.0;           // mean over the last ones, whoever took them; 0 before the first
  bool new_candidate = false;  // the surrogate's candidate is ready to be judged
};

/// What the training of a run amounts to.
struct TrainingAccount {
  std::int64_t updates = 0;  // gradient steps, whoever took them
  std::int64_t samples = 0;  // rows seen by them
  // With trainers of their own:
  std::int64_t sent = 0;                      // rows of this rank
  std::int64_t dropped = 0;                   // rows of this rank that found the queue full
  std::int64_t candidates = 0;                // received
  std::optional<std::int64_t> given_up_at{};  // step; nothing: the trainers have not been silent for too long
};

/// Who makes candidates of what physics answers. Gives them to the surrogate; whether they ever serve is decided
/// elsewhere, and the same way wherever they come from.
class Learner {
 public:
  virtual ~Learner() = default;
  /// A physics answer to learn from. in: [n, n_in], out: [n, n_out], id: [n]. Local, and waits for nobody.
  virtual void remember(core::ConstRows in, core::ConstRows out, std::span<const std::int64_t> id,
                        std::int64_t step) = 0;
  /// After each step with rows that may be asked about: how many gradient steps the ranks that solve should take now.
  /// Local, alike on all ranks.
  virtual std::int64_t updates_due(std::int64_t step, const AnswersOfStep& answers) = 0;
  /// Whether rows that are handed over now will be learned from soon. Local, alike on all ranks.
  virtual bool learns() const = 0;
  /// Once after each step, with as many gradient steps as the ranks that solve should take. Collective.
  virtual TrainingRound train(std::int64_t step, std::int64_t n_updates) = 0;
  virtual TrainingAccount account() const = 0;  // Local
  /// Before its state is saved: gets what others hold of it. Collective.
  virtual void gather_state() {}
  /// The surrogate aside. Collective.
  virtual void persist(const core::Archive& archive) = 0;
};

/// The learner that the options ask for: the ranks themselves, their trainers, or nobody (also if a crew without
/// trainers is to be trained by some, or the surrogate does not learn). Borrows the surrogate. Collective.
std::unique_ptr<Learner> make_learner(const HybridOptions& options, const Crew& crew,
                                      const core::Signature& signature, surrogate::Surrogate& surrogate,
                                      const core::Log& log);

}  // namespace bimetal::hybrid
