// Placement `dedicated` on crews of some of the ranks: both of its ends, and what they do when the other one fails.
#include <gtest/gtest.h>

#include <numeric>
#include <optional>

#include "../support/deliberate_leaks.hpp"
#include "core/error.hpp"
#include "core/packed_archive.hpp"
#include "core/timer.hpp"
#include "hybrid/dedicated_learner.hpp"
#include "hybrid/trainer_service.hpp"
#include "toy_run.hpp"

namespace bimetal::hybrid {
namespace {

using testing::Duration;
using testing::ToyRun;

constexpr double too_long = 600.0;  // [s]: what takes a second on a quiet machine

struct Shape {
  int n_solvers, n_trainers;
};
std::ostream& operator<<(std::ostream& stream, const Shape& shape) {
  return stream << shape.n_solvers << "_and_" << shape.n_trainers;
}

/// The first ranks of the test are the crew, the others sit out. Skipped if there are too few.
class DedicatedTest : public ::testing::TestWithParam<Shape> {
 protected:
  void SetUp() override {
    const auto [n_solvers, n_trainers] = GetParam();
    const auto world = parallel::duplicate(MPI_COMM_WORLD);
    const int spare = world.size() - n_solvers - n_trainers;
    if (spare < 0) GTEST_SKIP() << "needs " << n_solvers + n_trainers << " ranks";
    if (spare > 1) GTEST_SKIP() << "tested on fewer ranks: those that sit out do so busily";
    const bool member = world.rank() < n_solvers + n_trainers;
    members_ = world.split(member ? 0 : 1);
    if (member) crew_.emplace(members_, n_trainers);
    options_ = testing::options_of(control::Policy::certified);
    options_.schedule.placement = Placement::dedicated;
  }

  /// Trainers serve, solvers do `solve(run)` and part from them.
  template <class Solve>
  void play(Solve solve) {
    if (!crew_) return;
    if (crew_->trains()) {
      TrainerService(options_, *crew_, testing::ToyKind().signature(),
                     testing::toy_surrogate(Duration::common, crew_->own()))
          .run();
      return;
    }
    ToyRun run(options_, Duration::common, {}, *crew_);
    solve(run);
    crew_->say_goodbye({});
    EXPECT_TRUE(crew_->hears_farewell(too_long));
  }

  /// Steps until `reached()`, the same on all solvers, or it has taken too long.
  template <class Reached>
  static bool step_until(ToyRun& run, std::int64_t& step, Reached reached) {
    const core::Stopwatch watch;
    while (!reached() && run.comm().max(watch.seconds()) < too_long) run.step(step++);
    return reached();
  }

  parallel::Communicator members_;
  std::optional<Crew> crew_;
  HybridOptions options_;
};

INSTANTIATE_TEST_SUITE_P(Crews, DedicatedTest, ::testing::Values(Shape{1, 1}, Shape{2, 1}, Shape{3, 1}, Shape{2, 2}),
                         ::testing::PrintToStringParamName());

TEST_P(DedicatedTest, solvers_take_over_what_trainers_have_learned) {
  play([](ToyRun& run) {
    std::int64_t step = 0;
    EXPECT_TRUE(step_until(run, step, [&] { return run.solver().rows().accepted > 5000; }));

    const auto training = run.solver().training();
    EXPECT_GT(training.candidates, 0);
    EXPECT_GE(training.updates, 150) << "a candidate takes 5 times 30";
    EXPECT_GT(training.samples, 0);
    EXPECT_EQ(run.solver().seconds().updates, 0.0) << "solvers take no gradient steps";
    EXPECT_GT(run.solver().last_step().loss, 0.0);
    EXPECT_FALSE(training.given_up_at);
    const auto& rows = run.solver().rows();
    EXPECT_LE(static_cast<double>(rows.verified_wrong),
              run.solver().certificate().upper_bound * static_cast<double>(rows.verified));

    // All solvers were given the same version at the same step.
    core::RowTable in(3, 1), out(3, 1);
    in[0][0] = 1500.0;
    in[0][1] = 1.0;
    std::vector<surrogate::Signals> signals(1);
    auto& surrogate = const_cast<surrogate::Surrogate&>(*run.solver().surrogate());
    surrogate.predict(surrogate::Surrogate::Weights::serving, in.rows(), out.rows(), signals);
    EXPECT_EQ(run.comm().min(out[0][1]), run.comm().max(out[0][1]));
  });
}

TEST_P(DedicatedTest, silent_trainers_are_given_up_and_the_last_version_stays) {
  options_.faults.trainer_silent_at = 3;
  options_.schedule.patience = 1.0;
  play([&](ToyRun& run) {
    std::int64_t step = 0;
    EXPECT_TRUE(step_until(run, step, [&] { return run.solver().training().given_up_at.has_value(); }));
    const auto then = run.solver().training();
    EXPECT_LE(then.candidates, 3);
    const auto version = run.solver().surrogate()->version();
    for (int i = 0; i < 20; ++i) run.step(step++);
    EXPECT_EQ(run.solver().training().sent, then.sent);
    EXPECT_EQ(run.solver().surrogate()->version(), version);
  });
}

TEST_P(DedicatedTest, a_full_queue_keeps_a_fair_sample_and_counts_the_rest) {
  if (!crew_) return;
  constexpr std::int64_t capacity = 300, n_rows = 1000, n_more = 100;
  constexpr std::int64_t width = 4;  // so that letters are small: they too are under way until somebody reads them
  if (crew_->trains()) {
    members_.barrier();  // busy until then
    std::vector<std::int64_t> ids;
    std::int64_t goodbyes = 0;
    const auto n_mine = (crew_->n_solvers() + crew_->n_trainers() - 1 - crew_->own().rank()) / crew_->n_trainers();
    while (goodbyes < crew_->n_solvers()) {
      const auto letter = crew_->mail().next();
      if (!letter) continue;
      goodbyes += letter->kind == static_cast<int>(About::goodbye);
      if (letter->kind != static_cast<int>(About::samples)) continue;
      const auto samples = unpack_samples(letter->content, width, width);
      ids.insert(ids.end(), samples.id.begin(), samples.id.end());
      for (std::int64_t i = 0; i < samples.size(); ++i)
        EXPECT_EQ(samples.in[i][1], static_cast<double>(samples.id[static_cast<std::size_t>(i)]));
    }
    ASSERT_EQ(std::ssize(ids), capacity * n_mine);
    const double n = static_cast<double>(ids.size());
    const double mean = static_cast<double>(std::reduce(ids.begin(), ids.end())) / std::max(n, 1.0);
    if (n_mine > 0) {
      EXPECT_NEAR(mean, 0.5 * n_rows, 4.0 * n_rows / std::sqrt(12.0 * n));
    }
    return;
  }
  options_.schedule.queue_rows = capacity;
  auto surrogate = testing::toy_surrogate(Duration::common, crew_->own());
  core::Signature wide;
  wide.inputs.resize(width);
  wide.outputs.resize(width);
  DedicatedLearner learner(options_, *crew_, wide, surrogate, core::Log());
  const auto offer = [&](std::int64_t n, std::int64_t step) {
    for (std::int64_t id = 0; id < n; ++id) {
      std::vector<double> row(width, 0.0);
      row[1] = static_cast<double>(id);
      learner.remember({row.data(), 1, width}, {row.data(), 1, width}, {&id, 1}, step);
    }
    learner.train(step, 0);
  };
  offer(n_rows, 0);
  EXPECT_EQ(learner.account().sent, capacity);
  EXPECT_EQ(learner.account().dropped, n_rows - capacity);
  offer(n_more, 1);
  EXPECT_EQ(learner.account().sent, capacity) << "nothing has been taken yet";
  EXPECT_EQ(learner.account().dropped, n_rows - capacity + n_more);
  members_.barrier();
  crew_->say_goodbye({});
  const core::Stopwatch watch;
  while (crew_->mail().n_under_way() > 0 && watch.seconds() < too_long) {
  }
  EXPECT_EQ(crew_->mail().n_under_way(), 0);
}

/// The next letter of this kind from any of the trainers; those of other kinds are dropped.
parallel::Bytes wait_for(const Crew& crew, About what) {
  const core::Stopwatch watch;
  while (watch.seconds() < too_long)
    if (auto letter = crew.mail().next(); letter && letter->kind == static_cast<int>(what)) return letter->content;
  throw core::RuntimeFailure("no such letter has come");
}

TEST_P(DedicatedTest, trainers_whose_weights_have_parted_go_on_alike) {
  if (!crew_) return;
  if (crew_->n_trainers() < 2) GTEST_SKIP() << "there is nobody to part from";
  options_.schedule.updates_per_step = options_.schedule.promote_every = 1;  // a candidate after every round
  if (crew_->trains()) {
    const auto seed = 1 + static_cast<std::uint64_t>(crew_->own().rank());
    TrainerService(options_, *crew_, testing::ToyKind().signature(),
                   testing::toy_surrogate(Duration::common, crew_->own(), seed))
        .run();
    return;
  }
  if (crew_->own().is_root()) {
    crew_->tell_all_trainers(About::begin);
    testing::ToyKind kind;
    Samples samples(3, 3);
    for (std::int64_t id = 0; id < 300; ++id) {  // more than a batch
      const double A = static_cast<double>(id) / 300.0, row[] = {600.0 + 3.0 * static_cast<double>(id), A, 1.0 - A};
      double answer[3];
      kind.burn(row, answer);
      samples.id.push_back(id);
      samples.in.append(row);
      samples.out.append(answer);
    }
    crew_->tell(crew_->my_trainer(), About::samples, pack(samples, 0, samples.size()));
    wait_for(*crew_, About::candidate);
    crew_->tell_all_trainers(About::save);
    std::vector<std::uint64_t> weights;
    for (int t = 0; t < crew_->n_trainers(); ++t) {
      const auto state = wait_for(*crew_, About::state);
      core::PackedArchive packed(state);
      auto surrogate = testing::toy_surrogate(Duration::common, {});
      surrogate.persist(core::Archive(packed).in("surrogate"));
      EXPECT_TRUE(surrogate.trained());
      weights.push_back(surrogate.fingerprint());
    }
    EXPECT_EQ(weights[0], weights[1]);
  }
  crew_->say_goodbye({});
  EXPECT_TRUE(crew_->hears_farewell(too_long));
}

TEST_P(DedicatedTest, trainers_end_by_the_error_that_ends_the_solvers) {
  if (!crew_) return;
  if (!crew_->trains()) {
    const bimetal::testing::DeliberateLeaks unread;  // the letter to a trainer that another one's error ends first
    crew_->say_goodbye({Ending::user_error, "no such grid"});
    crew_.reset();
    return;
  }
  TrainerService service(options_, *crew_, testing::ToyKind().signature(),
                         testing::toy_surrogate(Duration::common, crew_->own()));
  try {
    service.run();
    ADD_FAILURE() << "it went on as if nothing had happened";
  } catch (const core::UserError& error) {
    EXPECT_EQ(std::string(error.what()), "no such grid");
  }
}

TEST(Crew, needs_a_rank_that_solves) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  try {
    const Crew crew(world, world.size());
    FAIL() << "nobody is left to solve";
  } catch (const core::UserError& error) {
    EXPECT_NE(std::string(error.what()).find("trainer_ranks"), std::string::npos) << error.what();
  }
  const Crew alone(world);
  EXPECT_EQ(alone.n_trainers(), 0);
  EXPECT_FALSE(alone.trains());
  alone.say_goodbye({});
  EXPECT_TRUE(alone.hears_farewell(0.0)) << "there is nobody to wait for";
}

TEST(Letters, are_unpacked_as_they_were_packed) {
  Samples samples(2, 1);
  samples.step = 7;
  for (int i = 0; i < 5; ++i) {
    samples.id.push_back(10 + i);
    samples.in.append(std::vector{1.0 * i, 2.0 * i});
    samples.out.append(std::vector{3.0 * i});
  }
  const auto part = unpack_samples(pack(samples, 1, 3), 2, 1);
  EXPECT_EQ(part.step, 7);
  EXPECT_EQ(part.id, (std::vector<std::int64_t>{11, 12, 13}));
  EXPECT_EQ(part.in[2][1], 6.0);
  EXPECT_EQ(part.out[0][0], 3.0);

  const Candidate candidate{5, 6, 0.5, parallel::Bytes(9, std::byte{3})};
  const auto copy = unpack_candidate(pack(candidate));
  EXPECT_EQ(copy.updates, 5);
  EXPECT_EQ(copy.samples, 6);
  EXPECT_EQ(copy.loss, 0.5);
  EXPECT_EQ(copy.model, candidate.model);

  const auto goodbye = unpack_goodbye(pack(Goodbye{Ending::failure, "why"}));
  EXPECT_EQ(goodbye.ending, Ending::failure);
  EXPECT_EQ(goodbye.reason, "why");
}

}  // namespace
}  // namespace bimetal::hybrid
