#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "../support/memory_archive.hpp"
#include "core/random.hpp"
#include "hybrid/hybrid_solver.hpp"
#include "parallel/mpi.hpp"
#include "toy_problem.hpp"

namespace bimetal::testing {

/// An untrained one, for the toy.
inline surrogate::Surrogate toy_surrogate(Duration duration, const parallel::Communicator& comm,
                                          std::uint64_t seed = 1) {
  surrogate::NetworkOptions network;
  network.layers = {32, 32};
  network.seed = seed;
  surrogate::TrainingOptions training;
  training.batch = 256;
  training.decay_updates = 1000;  // after 33 steps of 30
  return surrogate::Surrogate(ToyKind(duration).signature(), network, training, comm);
}

/// One that every rank has taught by itself, alike, so that all that could differ between numbers of ranks is who
/// decides. It is taught once and restored from then on.
inline surrogate::Surrogate taught_surrogate() {
  const auto untaught = [] {
    surrogate::NetworkOptions network;
    network.layers = {32, 32};
    surrogate::TrainingOptions training;
    training.batch = 256;
    return surrogate::Surrogate(ToyKind().signature(), network, training, {});
  };
  const auto taught = [&] {
    auto surrogate = untaught();
    constexpr std::int64_t n = 4000;
    core::RowTable in(3, n), out(3, n);
    std::vector<std::int64_t> id(n);
    for (std::int64_t i = 0; i < n; ++i) {
      const auto random = [&](std::uint64_t column) {
        return core::random_uniform(4, core::Purpose::initial, static_cast<std::uint64_t>(i), column);
      };
      id[static_cast<std::size_t>(i)] = i;
      in[i][0] = 500.0 + 1500.0 * random(0);
      in[i][1] = random(1);
      in[i][2] = 1.0 - in[i][1];
    }
    subproblem::Batch batch{.in = in.rows(), .out = out.rows(), .id = id};
    ToySolver().solve(batch);
    surrogate.remember(in.rows(), out.rows(), id, 0);
    surrogate.train(1000);
    surrogate.familiarise();
    return MemoryArchive::of(surrogate);
  };
  static auto archive = taught();
  auto surrogate = untaught();
  archive.give_to(surrogate);
  return surrogate;
}

/// A population of cells handed to a hybrid again and again: every step each cell is some fresh state.
class ToyRun {
 public:
  explicit ToyRun(const hybrid::HybridOptions& options, Duration duration = Duration::common,
                  std::optional<surrogate::Surrogate> surrogate = {},
                  const hybrid::Crew& crew = parallel::duplicate(MPI_COMM_WORLD))
      : comm_(crew.own()),
        duration_(duration),
        truth_(duration),
        physics_(new ToySolver(duration)),
        solver_(std::unique_ptr<ToySolver>(physics_), surrogate ? std::move(surrogate) : make_surrogate(options),
                options, crew, core::Log()),
        in_(std::ssize(solver_.kind().signature().inputs)) {
    // Uneven on purpose; with more than two ranks, the last rank has no rows at all.
    const std::int64_t shares = comm_.size() > 2 ? comm_.size() - 1 : comm_.size();
    for (std::int64_t id = 0; id < n_cells; ++id)
      if (id % shares == comm_.rank()) ids_.push_back(id);
    in_.resize(std::ssize(ids_));
    out_.resize(std::ssize(ids_));
    provenance_.resize(ids_.size());
  }

  /// One step; the largest error of its answers against the truth.
  double step(std::int64_t step) {
    draw_states(static_cast<std::uint64_t>(step));
    core::RowTable truth(3, in_.size());
    subproblem::Batch exact{.in = in_.rows(), .out = truth.rows(), .id = ids_};
    truth_.solve(exact);
    const auto answers = out_.rows();
    subproblem::Batch batch{.in = in_.rows(), .out = answers, .id = ids_, .step = step, .provenance = provenance_};
    EXPECT_TRUE(solver_.solve(batch).failures.empty());
    double worst = 0.0;
    for (std::int64_t i = 0; i < answers.size(); ++i) {
      EXPECT_NEAR(answers[i][1] + answers[i][2], 1.0, 1e-14);
      if (provenance_[static_cast<std::size_t>(i)].answerer == subproblem::Answerer::inert)
        EXPECT_TRUE(std::ranges::equal(answers[i], in_[i].first(3)));
      else
        worst = std::max(worst, std::abs(answers[i][1] - truth[i][1]));
    }
    return comm_.max(worst);
  }

  void change_physics(double rate) {
    truth_.set_rate(rate);
    physics_->set_rate(rate);
  }

  void answer_below(double A) { static_cast<ToyKind&>(physics_->kind()).answer_below(A); }

  hybrid::HybridSolver& solver() { return solver_; }
  /// How many rows of this rank the kind had a closer look at.
  std::int64_t n_rates() { return static_cast<ToyKind&>(physics_->kind()).n_rates(); }
  const std::vector<std::int64_t>& ids() const { return ids_; }
  // Of the last step.
  core::ConstRows rows() const { return in_.rows(); }
  core::ConstRows answers() const { return out_.rows(); }
  const std::vector<subproblem::Provenance>& provenance() const { return provenance_; }
  const parallel::Communicator& comm() const { return comm_; }

 private:
  void draw_states(std::uint64_t step) {
    for (std::int64_t i = 0; i < in_.size(); ++i) {
      const auto id = static_cast<std::uint64_t>(ids_[static_cast<std::size_t>(i)]);
      const auto random = [&](std::uint64_t column) {
        return core::random_uniform(9, core::Purpose::initial, step, 3 * id + column);
      };
      in_[i][0] = 400.0 + 1600.0 * random(0);
      in_[i][1] = random(1);
      in_[i][2] = 1.0 - in_[i][1];
      if (duration_ == Duration::by_row) in_[i][3] = 0.2 * std::pow(10.0, random(2));
    }
  }
  std::optional<surrogate::Surrogate> make_surrogate(const hybrid::HybridOptions& options) {
    if (!options.switching.acceptance_rule().asks_surrogate) return {};
    return toy_surrogate(duration_, comm_);
  }

  static constexpr std::int64_t n_cells = 2000;
  parallel::Communicator comm_;
  Duration duration_;
  ToySolver truth_;
  ToySolver* physics_;  // of the solver
  hybrid::HybridSolver solver_;
  std::vector<std::int64_t> ids_;
  core::RowTable in_, out_{3};
  std::vector<subproblem::Provenance> provenance_;
};

inline hybrid::HybridOptions options_of(control::Policy policy) {
  hybrid::HybridOptions options;
  options.switching.policy = policy;
  options.switching.tolerance = 1e-2;
  options.switching.audit_fraction = 0.1;
  options.switching.max_overhead.reset();  // the toy's physics costs next to nothing
  options.schedule.updates_per_step = 30;
  options.schedule.promote_every = 5;
  options.verify = hybrid::Verify::yes;
  return options;
}

}  // namespace bimetal::testing
