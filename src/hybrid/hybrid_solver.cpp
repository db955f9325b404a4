#include "hybrid/hybrid_solver.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"
#include "core/random.hpp"
#include "core/row_or_none.hpp"
#include "core/timer.hpp"
#include "hybrid/persist_costs.hpp"
#include "hybrid/standing_report.hpp"

namespace bimetal::hybrid {

using control::Standing;
using subproblem::Batch;
using subproblem::Iterate;

namespace {

/// The key of the audit coins. A model that an earlier run has taught depends on that run's coins, so it must not
/// meet the same ones again, as it would if all runs had the same seed.
std::uint64_t coin_key(std::uint64_t seed, const std::optional<surrogate::Surrogate>& surrogate) {
  return core::random_bits(seed, core::Purpose::audit, surrogate ? surrogate->fingerprint() : 0, 0);
}

constexpr double least_tightness = 0.02;  // of the tolerance, for the sake of run_tolerance

}  // namespace

HybridSolver::HybridSolver(std::unique_ptr<subproblem::SubproblemSolver> reference,
                           std::optional<surrogate::Surrogate> surrogate, const HybridOptions& options,
                           const Crew& crew, core::Log log)
    : options_(options),
      comm_(crew.own()),
      log_(std::move(log)),
      physics_(std::move(reference), comm_),
      surrogate_(std::move(surrogate)),
      controller_(options.switching, coin_key(options.seed, surrogate_)),
      check_(kind(), options.switching),
      versions_(surrogate_ ? std::optional<Versions>(std::in_place, *surrogate_, kind().signature(), controller_,
                                                     check_, options, comm_, log_)
                           : std::nullopt),
      learner_(surrogate_ ? make_learner(options, crew, kind().signature(), *surrogate_, log_) : nullptr),
      pipeline_(physics_, versions_ ? &*versions_ : nullptr, controller_, check_, options.switching.tolerance, comm_,
                log_),
      evidence_(comm_),
      errors_(kind().signature(), options, comm_) {
  if (options.schedule.perturbed > 0.0)
    perturbed_.emplace(kind().signature(), options.schedule.perturbed, options.switching.tolerance,
                       options.schedule.resolution, options.seed);
  if (surrogate_ && (surrogate_->warm() || options.schedule.placement == Placement::off))
    versions_->serve_candidate();
}

subproblem::BatchReport HybridSolver::solve(Batch& batch) {
  EXPECT(fits(batch, kind().signature()));
  begin_solve(batch);

  const auto sorted = pipeline_.sort(batch, solve_);
  const auto asked = pipeline_.ask(sorted);
  const auto decided = pipeline_.decide(asked);
  auto solved = pipeline_.solve(decided);
  auto committed = pipeline_.commit(std::move(solved));

  keep_for_learning(committed, batch);
  if (options_.verify == Verify::yes) pipeline_.verify(batch, solve_, committed.failures);
  sum_counts();
  if (surrogate_ && batch.step >= 0) book_evidence();
  auto failures = std::move(committed.failures);
  if (batch.iterate == Iterate::none) {
    step_ = solve_;
    conclude(committed, batch.step);
  } else {
    iteration_ = Unconcluded{std::move(committed), batch.step};
  }
  close_solve(batch.iterate);
  if (batch.step >= 0) rows_.add(solve_.rows);  // a rehearsal costs time, but its answers are taken back
  return failures;
}

/// New coins; what is known of an iteration that is over is put to use before, so that nothing changes in the course
/// of one. Collective.
void HybridSolver::begin_solve(const Batch& batch) {
  solve_ = StepReport();
  if (batch.iterate != Iterate::next) conclude_iteration();
  solve_.loss = std::exchange(loss_before_, 0.0);
  controller_.begin_solve(batch.iterate == Iterate::next ? control::Solve::of_same_step
                                                         : control::Solve::of_new_step);
  solve_.standing = controller_.standing();
  if (surrogate_) solve_.version = surrogate_->version();
  solve_.threshold = controller_.threshold_in_force();
  solve_.audit_chance = surrogate_ ? controller_.audit_chance() : 0.0;
  solve_.audit_level = controller_.audit_level();
  if (!surrogate_ || batch.iterate == Iterate::next || batch.step != options_.faults.weights_nan_at) return;
  surrogate_->spoil();
  log_.warn("step {}: all weights of the surrogate become NaN, as faults.weights_nan_at asks for", batch.step);
}

/// What physics has answered, and what it says about the answers of the surrogate that stood. Then physics answers
/// moved copies of some of the rows, to learn from them as well. Collective.
void HybridSolver::keep_for_learning(const Committed& committed, const Batch& batch) {
  const auto step = batch.step;
  const auto audited = batch.iterate == Iterate::none ? control::Audited::replaced : control::Audited::stands;
  for (std::size_t a = 0; a < committed.audits.size(); ++a)
    errors_.add(committed.proposals[static_cast<std::int64_t>(a)], committed.truth[committed.audits[a]],
                solve_.audit_chance, audited);
  if (surrogate_) {
    for (std::int64_t i = 0; i < committed.in.size(); ++i)
      if (committed.audited[static_cast<std::size_t>(i)]) versions_->keep(committed.in[i], committed.truth[i]);
    learner_->remember(committed.in.rows(), committed.truth.rows(), committed.id, step);
  }
  if (perturbed_) perturbed_->clear(batch.memory.width());
  if (!moves_rows()) return;
  for (std::int64_t i = 0; step >= 0 && i < committed.in.size(); ++i)
    perturbed_->offer(kind(), committed.in[i], committed.id[static_cast<std::size_t>(i)], step,
                      core::row_or_none(batch.memory, committed.row[static_cast<std::size_t>(i)]));
  core::ScopedTimer timer(solve_.seconds.training);
  solve_.rows.moved_unsolved = perturbed_->solve(physics_, step);
  if (learner_) learner_->remember(perturbed_->in(), perturbed_->out(), perturbed_->id(), step);
}

bool HybridSolver::moves_rows() const {
  return perturbed_ && (options_.keeps_rows || (learner_ && learner_->learns() && !waits_));
}

/// Over ranks. Collective.
void HybridSolver::sum_counts() {
  auto& rows = solve_.rows;
  auto& cost = solve_.seconds;
  cost.rejected = static_cast<double>(rows.rejected);
  cost.accepted = static_cast<double>(rows.accepted);
  cost.audited = static_cast<double>(rows.audited);
  cost.asked = static_cast<double>(rows.asked);
  core::ScopedTimer timer(cost.communication);
  auto counts = rows.to_array();
  comm_.sum_in_place(std::span<std::int64_t>(counts));
  rows = control::RowCounts::from_array(counts);
}

/// What the answers say to the certificate. Local.
void HybridSolver::book_evidence() {
  const auto& rows = solve_.rows;
  controller_.book(solve_.audit_level, {.accepted = rows.accepted,
                                        .audited = rows.audited,
                                        .audited_wrong = rows.audited_wrong,
                                        .withdrawn_wrong = rows.withdrawn_wrong,
                                        .withdrawn_found = rows.withdrawn_found});
}

/// After a batch of its own, or when an iteration is over. Collective.
void HybridSolver::conclude(const Committed& committed, std::int64_t step) {
  if (!surrogate_) return;
  if (step >= 0) weigh_evidence(step);
  train(committed, step);
  if (step < 0) return;
  note_standing(step);
  note_certificate(step);
}

void HybridSolver::conclude_iteration() {
  if (!iteration_) return;
  conclude(iteration_->committed, iteration_->step);
  iteration_.reset();
  loss_before_ = solve_.loss;
}

void HybridSolver::close_solve(Iterate iterate) {
  if (iterate == Iterate::next)
    step_.add(solve_);
  else
    step_ = solve_;
  seconds_.add(solve_.seconds);
  evidence_.spend(solve_.seconds);
}

/// What the step says to the controller, and what follows. Collective.
void HybridSolver::weigh_evidence(std::int64_t step) {
  const auto& rows = step_.rows;
  errors_.close_step(rows.accepted + rows.rejected);
  off_steps_ += versions_->serves() && step_.standing != Standing::on;

  pass_on_first_words(step);
  distrust_unusable_answers(step);
  if (controller_.window_ends(step)) {
    core::ScopedTimer timer(solve_.seconds.communication);
    evidence_.exchange(controller_);
  }
  if (step_.withdrawn) versions_->forget();
  if (controller_.refuted_at_once()) versions_->roll_back(step);
  if ((step + 1) % options_.schedule.promote_every == 0) hold_to_run_tolerance(step);
}

/// A network from elsewhere may raise for rows that it does not know. They have no answer, so that physics answers
/// them, and what it said stands in the log once. Collective.
void HybridSolver::pass_on_first_words(std::int64_t step) {
  if (passed_on_ || step_.rows.unusable == 0) return;
  auto words = surrogate_->first_words();
  const auto raised = comm_.all_gather(std::int64_t{!words.empty()});
  const auto first = std::ranges::find(raised, 1);
  if (first == raised.end()) return;
  comm_.broadcast(words, static_cast<int>(first - raised.begin()));
  passed_on_ = true;
  log_.warn("step {}: the model's forward fails for some rows, and physics answers these; the first time it said: {}",
            step, words);
}

/// Answers that are not even finite need no audit to be distrusted.
void HybridSolver::distrust_unusable_answers(std::int64_t step) {
  const auto& rows = step_.rows;
  if (2 * rows.unusable <= rows.asked) return;
  if (controller_.standing() == Standing::on) controller_.start_afresh({});
  if (std::exchange(warned_of_, versions_->number()) == versions_->number()) return;
  log_.event("unusable answers",
             "step {}: {} of {} answers of surrogate version {} were not finite, and physics took over", step,
             rows.unusable, rows.asked, versions_->number());
}

/// Holds answers to half of the tolerance if the errors they carry on would add up to more than run_tolerance by the
/// end of the run. Collective.
void HybridSolver::hold_to_run_tolerance(std::int64_t step) {
  if (!versions_->serves()) return;
  const auto excess = errors_.excess(step);
  if (!excess || controller_.tightness() <= least_tightness) return;
  controller_.tighten();
  versions_->judge_serving();
  errors_.measure_anew(step);
  log_.event(
      "tightness",
      "step {}: answers are held to {:.3g} of the tolerance from now on: errors of {} would add up to {:.2g} of its "
      "scale by the end, with {:.2g} allowed (switching.run_tolerance)",
      step, controller_.tightness(), excess->output, excess->expected, *options_.switching.run_tolerance);
}

/// Collective.
void HybridSolver::train(const Committed& committed, std::int64_t step) {
  core::ScopedTimer timer(solve_.seconds.training);
  versions_->correct(step, committed.in.rows(), committed.truth.rows());
  versions_->calibrate_serving(step, learner_->learns());
  const auto& rows = step_.rows;
  const bool any = rows.accepted + rows.rejected > rows.unanswerable;
  note_fixed(step);
  const auto wanted = any ? learner_->updates_due(step, answers_of_step()) : 0;
  const auto allowed = controller_.updates_allowed(wanted, comm_.size());
  note_waiting(step, wanted > 0 && allowed == 0);
  if (step >= 0 && any && !waits_) note_learning(step);
  TrainingRound round;
  {
    core::ScopedTimer learner_timer(learner_seconds_);
    round = learner_->train(step, allowed);
  }
  solve_.loss = round.loss;
  controller_.note_updates(round.updates);
  solve_.seconds.updates += static_cast<double>(round.updates);
  if (round.new_candidate) versions_->consider_promotion(step);
}

void HybridSolver::note_fixed(std::int64_t step) {
  if (step < 0 || surrogate_->learns() || options_.schedule.placement == Placement::off ||
      std::exchange(told_of_fixed_, true))
    return;
  log_.info(
      "step {}: the model has no parameter that training could change: it serves as it is, and nothing is trained "
      "(as with training.placement: off)",
      step);
}

/// Moved rows cost what physics costs, and would leave nothing for the gradient steps that they are for.
void HybridSolver::note_waiting(std::int64_t step, bool waits) {
  waits_ = waits;
  if (!waits || std::exchange(told_of_waiting_, true)) return;
  log_.info(
      "step {}: learning waits, since what it costs is to stay within {:.3g} % of the cost of physics alone "
      "(switching.max_overhead); with switching.cost_veto: false it does not wait",
      step, 100.0 * *options_.switching.max_overhead);
}

void HybridSolver::note_learning(std::int64_t step) {
  if (std::exchange(told_of_learning_, learner_->learns()) == learner_->learns()) return;
  if (learner_->learns())
    log_.event("learning", "step {}: learning begins: a network is trained on what physics answers", step);
  else if (!learner_->account().given_up_at)
    log_.detail("step {}: learning rests until answers are accepted less often, or more of them are wrong", step);
}

void HybridSolver::note_standing(std::int64_t step) {
  const auto standing = controller_.standing();
  if (std::exchange(told_standing_, standing) == standing) return;
  log_.event(control::to_string(standing), "step {}: {}", step, standing_report(controller_));
}

void HybridSolver::note_certificate(std::int64_t step) {
  if (told_of_certificate_ || !controller_.window_ends(step)) return;
  const auto certificate = controller_.certificate();
  if (certificate.upper_bound > options_.switching.wrong_fraction) return;
  told_of_certificate_ = true;
  log_.info(
      "step {}: the certificate holds by now: at most {:.2g} % of the surrogate's answers so far were wrong "
      "(confidence {:.0f} %), and {:.2g} % are allowed",
      step, 100.0 * certificate.upper_bound, 100.0 * certificate.confidence,
      100.0 * options_.switching.wrong_fraction);
}

/// What became of the rows that may be asked about.
AnswersOfStep HybridSolver::answers_of_step() const {
  const auto& rows = step_.rows;
  AnswersOfStep answers{.accepted = static_cast<double>(rows.accepted) /
                                    static_cast<double>(rows.accepted + rows.rejected - rows.unanswerable),
                        .withdrawn = step_.withdrawn,
                        .promotions = versions_->promotions()};
  if (rows.audited > 0)
    answers.wrong = static_cast<double>(rows.audited_wrong) /
                    (static_cast<double>(rows.audited) * options_.switching.wrong_fraction);
  return answers;
}

void HybridSolver::conclude_step() {
  if (!iteration_) return;
  solve_ = StepReport();
  conclude_iteration();
  seconds_.add(solve_.seconds);
  evidence_.spend(solve_.seconds);
}

void HybridSolver::gather_state() {
  conclude_step();
  core::ScopedTimer timer(seconds_.training);
  if (learner_) learner_->gather_state();
}

void HybridSolver::persist(const core::Archive& archive) {
  auto counts = rows_.to_array();
  archive.alike("rows", std::span(counts));
  rows_ = control::RowCounts::from_array(counts);
  persist_costs(archive, "seconds", seconds_);
  if (!surrogate_) return;

  surrogate_->persist(archive.in("surrogate"));
  learner_->persist(archive.in("learner"));
  controller_.persist(archive.in("controller"));
  versions_->persist(archive.in("versions"));
  evidence_.persist(archive.in("evidence"));
  errors_.persist(archive.in("errors"));
  pipeline_.persist(archive.in("pipeline"));
  archive.alike("off_steps", off_steps_);
  archive.alike("loss_before", loss_before_);
  archive.alike("waits", waits_);
  archive.sums("learner_seconds", learner_seconds_);
  archive.alike("warned_of", warned_of_);
}

}  // namespace bimetal::hybrid
