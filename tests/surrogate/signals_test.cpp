#include <gtest/gtest.h>
#include <mpi.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "parallel/mpi.hpp"
#include "taught_surrogate.hpp"

namespace bimetal::surrogate {
namespace {

using testing::ask;
using testing::column;
using testing::hash;
using testing::quantile;
using testing::taught;
using testing::toy_rows;
using testing::Weights;

/// States no flame of the toy passes through: three quarters A2 where there was a quarter, and hotter than the
/// hottest.
testing::Rows foreign_rows(std::int64_t n, std::uint64_t seed) {
  auto rows = toy_rows(n, seed);
  for (std::int64_t i = 0; i < n; ++i) {
    const auto in = rows.in[i];
    in[0] += 800.0;
    std::swap(in[1], in[2]);
    testing::toy_solve(in, rows.out[i]);
  }
  return rows;
}

TEST(Signals, tell_foreign_states_by_what_the_second_network_says_of_them) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  auto surrogate = taught(world, 1000);
  const auto disagreement = [&](const testing::Rows& rows) {
    return column(ask(surrogate, Weights::candidate, rows), &Signals::disagreement);
  };
  const auto near = toy_rows(1000, 40), far = foreign_rows(1000, 40);
  const auto errors = testing::errors_of(ask(surrogate, Weights::candidate, far), far);
  EXPECT_GT(quantile(errors, 0.5), 0.05) << "answers to foreign states are bad";
  EXPECT_LT(quantile(disagreement(near), 0.5), 5e-3);
  EXPECT_GT(quantile(disagreement(far), 0.05), quantile(disagreement(near), 0.95)) << "hardly any overlap";
  EXPECT_GT(quantile(disagreement(far), 0.5), 20.0 * quantile(disagreement(near), 0.5));
}

TEST(Signals, put_one_row_in_two_hundred_of_those_learned_from_beyond_a_distance_of_1) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  auto surrogate = taught(world, 1);
  const auto own = toy_rows(8000 / world.size(), 100 + static_cast<std::uint64_t>(world.rank()));
  const auto distance = [&](const testing::Rows& rows) {
    return column(ask(surrogate, Weights::candidate, rows), &Signals::distance);
  };
  EXPECT_EQ(std::ranges::max(distance(own)), 0.0) << "nothing is known yet about what is known";
  surrogate.familiarise();
  const auto beyond = world.sum(
      static_cast<std::int64_t>(std::ranges::count_if(distance(own), [](double value) { return value > 1.0; })));
  EXPECT_NEAR(static_cast<double>(beyond) / 8000.0, 0.005, 2.5e-4);
  EXPECT_GT(quantile(distance(foreign_rows(1000, 41)), 0.01), 1.5);
}

TEST(Signals, go_on_knowing_what_is_familiar_when_the_scaling_is_fitted_again) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  auto surrogate = taught(world, 1);
  surrogate.familiarise();
  const auto more = foreign_rows(32000 / world.size(), 42 + static_cast<std::uint64_t>(world.rank()));
  surrogate.remember(more.in.rows(), more.out.rows(), more.id, 1);
  surrogate.train(1);
  const auto learned = column(ask(surrogate, Weights::candidate, foreign_rows(1000, 43)), &Signals::distance);
  EXPECT_LT(quantile(learned, 0.95), 1.0) << "these have become familiar";
  EXPECT_GT(quantile(learned, 0.5), 0.2);
}

TEST(Signals, stay_as_they_are_when_the_scaling_is_fitted_again) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  auto surrogate = taught(world, 50);
  const auto rows = toy_rows(200, 45);
  const auto before = ask(surrogate, Weights::candidate, rows);
  const auto more = foreign_rows(32000 / world.size(), 46 + static_cast<std::uint64_t>(world.rank()));
  surrogate.remember(more.in.rows(), more.out.rows(), more.id, 1);
  surrogate.train(0);
  const auto after = ask(surrogate, Weights::candidate, rows);
  EXPECT_NE(hash(before), hash(after)) << "fitted again, so not to the bit";
  for (std::size_t i = 0; i < 200; ++i) {
    const auto &was = before.signals[i], &is = after.signals[i];
    EXPECT_NEAR(is.disagreement, was.disagreement, 1e-3 * was.disagreement + 1e-5);
    EXPECT_NEAR(is.predicted_error, was.predicted_error, 1e-3 * was.predicted_error);
  }
}

TEST(Signals, are_never_small_when_something_is_not_finite) {
  auto surrogate = taught({}, 5);
  surrogate.familiarise();
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto whole = toy_rows(3, 44);
  for (const std::size_t column : {0U, 2U, 5U})
    for (const double value : {nan, infinity, -infinity}) {
      auto rows = whole;
      rows.in[1][column] = value;
      const auto answers = ask(surrogate, Weights::candidate, rows);
      for (const std::size_t i : {0U, 1U, 2U}) {
        const auto& signals = answers.signals[i];
        EXPECT_EQ(std::isfinite(signals.predicted_error), i != 1) << "row " << i << ", " << value << " in " << column;
        EXPECT_EQ(std::isfinite(signals.disagreement), i != 1) << "row " << i << ", " << value << " in " << column;
        EXPECT_EQ(std::isfinite(signals.distance), i != 1) << "row " << i << ", " << value << " in " << column;
      }
    }
}

}  // namespace
}  // namespace bimetal::surrogate
