// What a caller's Hybrid is made of: a problem described by somebody else, its laws, and its state.
#include "library/session.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "../io/temporary_directory.hpp"
#include "core/error.hpp"
#include "core/random.hpp"
#include "parallel/mpi.hpp"

namespace bimetal::library {
namespace {

constexpr std::size_t n_rows = 400;

/// Exchange between two species at a rate that depends on the first: their sum stays.
void exchange(std::span<const double> in, std::span<double> out) {
  const double moved = 0.2 * in[0] * std::exp(-in[2]) * in[0];
  out[0] = in[0] - moved;
  out[1] = in[1] + moved;
}

Problem exchange_problem() {
  return {.kind = "exchange",
          .inputs = {{"a", "1"}, {"b", "1"}, {"cold", "1"}},
          .outputs = {{"a", "1", 1.0, "a", 0.0, 2.0}, {"b", "1", 1.0, "b", 0.0, 2.0}},
          .invariants = {{1.0, 1.0}},
          .reference = by_row(exchange)};
}

const Options quick{{"switching.tolerance", "0.01"},
                    {"switching.cost_veto", "false"},
                    {"surrogate.layers", "[32, 32]"},
                    {"output.log", "silent"}};

Options with(Options options, const std::string& key, const std::string& value) {
  options[key] = value;
  return options;
}

/// A session and the rows it is asked about: fresh ones in every step.
class Caller {
 public:
  explicit Caller(Problem problem = exchange_problem(), const Options& options = quick)
      : comm_(parallel::duplicate(MPI_COMM_WORLD)), session_(std::move(problem), options, "", comm_) {}

  std::optional<FailedRow> solve(std::int64_t step, Iteration iteration = Iteration::none) {
    for (std::size_t i = 0; i < n_rows; ++i)
      for (std::size_t k = 0; k < 3; ++k)
        in_[3 * i + k] = core::random_uniform(7, core::Purpose::initial, static_cast<std::uint64_t>(step),
                                              3 * (i + n_rows * static_cast<std::size_t>(comm_.rank())) + k);
    return session_.solve(step, {.n = n_rows, .in = in_, .out = out_, .answered_by = who_, .iteration = iteration});
  }
  nlohmann::json report() { return nlohmann::json::parse(session_.report()); }
  Session& session() { return session_; }
  std::span<const double> in() const { return in_; }
  std::span<const double> out() const { return out_; }
  std::span<const AnsweredBy> who() const { return who_; }
  const parallel::Communicator& comm() const { return comm_; }

 private:
  parallel::Communicator comm_;
  Session session_;
  std::vector<double> in_ = std::vector<double>(3 * n_rows), out_ = std::vector<double>(2 * n_rows);
  std::vector<AnsweredBy> who_ = std::vector<AnsweredBy>(n_rows);
};

TEST(Session, answers_of_the_surrogate_keep_invariants_and_bounds) {
  Caller caller;
  std::int64_t by_surrogate = 0;
  for (std::int64_t step = 0; step < 60; ++step) {
    ASSERT_FALSE(caller.solve(step));
    for (std::size_t i = 0; i < n_rows; ++i) {
      by_surrogate += caller.who()[i] == AnsweredBy::surrogate;
      const auto in = caller.in().subspan(3 * i, 3), out = caller.out().subspan(2 * i, 2);
      ASSERT_NEAR(out[0] + out[1], in[0] + in[1], 1e-14);
      ASSERT_GE(out[0], 0.0);
    }
  }
  EXPECT_GT(by_surrogate, 1000) << "of 24,000";
  const auto report = caller.report();
  EXPECT_EQ(report["subproblems"]["total"], 60 * n_rows * static_cast<std::size_t>(caller.comm().size()));
  EXPECT_LT(report["certificate"]["upper_bound"], 0.2);
}

TEST(Session, laws_stop_answers_and_are_counted_by_name) {
  auto problem = exchange_problem();
  problem.laws.push_back({"never hot", [](std::span<const double> in, std::span<double>) { return in[2] > 0.5; }});
  Caller caller(std::move(problem));
  for (std::int64_t step = 0; step < 120; ++step) {
    ASSERT_FALSE(caller.solve(step));
    for (std::size_t i = 0; i < n_rows; ++i) {
      ASSERT_TRUE(caller.who()[i] == AnsweredBy::reference || caller.in()[3 * i + 2] > 0.5);
    }
  }
  EXPECT_GT(caller.report()["subproblems"]["gates"]["never hot"], 1000);
}

TEST(Session, a_value_just_outside_a_bound_is_moved_to_it_and_one_further_away_refused) {
  Problem problem = exchange_problem();
  problem.invariants.clear();
  HybridConfig config;
  UserKind kind(problem, config);
  const std::array<double, 3> in{0.5, 0.5, 0.5};
  constexpr double tolerance = 0.01;
  std::array<double, 2> near{-0.0005, 0.5}, far{-0.002, 0.5};
  EXPECT_EQ(kind.admit(in, near, tolerance), subproblem::Gate::open);
  EXPECT_EQ(near[0], 0.0);
  EXPECT_EQ(kind.admit(in, far, tolerance), subproblem::own_gate(0));
  problem.invariants = {{1.0, 1.0}};
  UserKind conserving(problem, config);
  std::array<double, 2> bound{-0.0005, 0.5};
  EXPECT_EQ(conserving.admit(in, bound, tolerance), subproblem::own_gate(0)) << "moving it would break the invariant";
}

TEST(Session, goes_on_from_its_state_to_the_bit) {
  Caller first, second;
  for (std::int64_t step = 0; step < 40; ++step) ASSERT_FALSE(first.solve(step));
  const auto state = first.session().state();
  second.session().set_state(state);
  for (std::int64_t step = 40; step < 50; ++step) {
    ASSERT_FALSE(first.solve(step));
    ASSERT_FALSE(second.solve(step));
    ASSERT_TRUE(std::ranges::equal(first.out(), second.out())) << step;
    ASSERT_TRUE(std::ranges::equal(first.who(), second.who())) << step;
  }
  EXPECT_EQ(first.report()["subproblems"], second.report()["subproblems"]);
  EXPECT_GT(first.report()["subproblems"]["accepted"], 0);
}

TEST(Session, refuses_the_state_of_another_problem_or_of_other_options) {
  Caller caller;
  ASSERT_FALSE(caller.solve(0));
  const auto state = caller.session().state();
  auto other = exchange_problem();
  other.fingerprint = "twice as fast";
  EXPECT_THROW(Caller(other).session().set_state(state), core::UserError);
  EXPECT_THROW(Caller(exchange_problem(), with(quick, "seed", "2")).session().set_state(state), core::UserError);
  EXPECT_THROW(caller.session().set_state(std::span(state).first(state.size() / 2)), core::UserError);
  EXPECT_NO_THROW(Caller(exchange_problem(), with(quick, "output.data_rows", "5")).session().set_state(state));
}

TEST(Session, writes_a_data_set_that_goes_on_behind_a_restart) {
  const test::TemporaryDirectory directory(parallel::duplicate(MPI_COMM_WORLD));
  const auto data = (directory.path() / "rows.h5").string(), file = (directory.path() / "state.h5").string();
  const auto options = with(with(quick, "output.data", data), "output.data_rows", "100");
  {
    Caller caller(exchange_problem(), options);
    for (std::int64_t step = 0; step < 5; ++step) ASSERT_FALSE(caller.solve(step));
    caller.session().save(file);
  }
  {
    Caller caller(exchange_problem(), options);
    caller.session().restore(file);
    for (std::int64_t step = 5; step < 8; ++step) ASSERT_FALSE(caller.solve(step));
    EXPECT_EQ(caller.report()["steps"], 8);
  }
  EXPECT_TRUE(std::filesystem::exists(data));
  EXPECT_GT(std::filesystem::file_size(data), 8u * 100u * 5u * sizeof(double));
}

TEST(Session, two_of_them_write_data_sets_into_one_folder) {
  const test::TemporaryDirectory directory(parallel::duplicate(MPI_COMM_WORLD));
  const auto in = [&](const char* name) { return (directory.path() / name).string(); };
  {
    Caller a(exchange_problem(), with(quick, "output.data", in("a.h5")));
    Caller b(exchange_problem(), with(quick, "output.data", in("b.h5")));
    for (std::int64_t step = 0; step < 3; ++step) {
      ASSERT_FALSE(a.solve(step));
      ASSERT_FALSE(b.solve(step));
    }
  }
  EXPECT_TRUE(std::filesystem::exists(in("a.h5")));
  EXPECT_EQ(std::filesystem::file_size(in("a.h5")), std::filesystem::file_size(in("b.h5")));
}

TEST(Session, keeps_who_answers_through_an_iteration) {
  Caller caller;
  std::int64_t kept = 0;
  for (std::int64_t step = 0; step < 60; ++step) {
    ASSERT_FALSE(caller.solve(step, Iteration::first));
    const std::vector<AnsweredBy> before(caller.who().begin(), caller.who().end());
    ASSERT_FALSE(caller.solve(step, Iteration::next));
    for (std::size_t i = 0; i < n_rows; ++i) {
      ASSERT_TRUE(before[i] != AnsweredBy::reference || caller.who()[i] == AnsweredBy::reference);
      kept += before[i] != AnsweredBy::reference && caller.who()[i] != AnsweredBy::reference;
    }
  }
  EXPECT_GT(kept, 1000);
}

TEST(Session, steps_count_up) {
  Caller caller;
  ASSERT_FALSE(caller.solve(3));
  EXPECT_THROW(caller.solve(3), core::UserError);
  EXPECT_FALSE(caller.solve(4));
}

TEST(Session, saves_a_model_only_if_one_serves) {
  const test::TemporaryDirectory directory(parallel::duplicate(MPI_COMM_WORLD));
  const auto path = (directory.path() / "model.pt").string();
  Caller caller;
  EXPECT_THROW(caller.session().save_model(path), core::UserError);
  for (std::int64_t step = 0; step < 40; ++step) ASSERT_FALSE(caller.solve(step));
  caller.session().save_model(path);
  Caller warm(exchange_problem(), with(with(quick, "surrogate.model", path), "training.placement", "off"));
  for (std::int64_t step = 0; step < 5; ++step) ASSERT_FALSE(warm.solve(step));
  EXPECT_GT(warm.report()["subproblems"]["asked"], 0);
}

}  // namespace
}  // namespace bimetal::library
