#include "conduction/heat_conduction.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <set>

#include "../support/memory_archive.hpp"
#include "core/error.hpp"
#include "manufactured.hpp"

namespace bimetal::conduction {
namespace {

using bimetal::testing::Body;
using bimetal::testing::Manufactured;
using bimetal::testing::MemoryArchive;
using bimetal::testing::world;
using subproblem::Iterate;
constexpr auto periodic = Thermal::periodic, insulated = Thermal::insulated, fixed = Thermal::fixed;

const Manufactured heated{{.d = 2, .p = 3.0, .slope = 0.5}, {fixed, insulated}, 0.5};
const Manufactured heated_3d{{.d = 3, .p = 1.5, .slope = 0.5}, {fixed, periodic, insulated}, 0.5};

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

TEST(HeatConduction, conserves_heat_to_round_off_however_well_newton_has_converged) {
  for (const auto& exact : {heated, heated_3d}) {
    auto options = exact.options();
    options.newton_tolerance = 1e-3;
    options.ends[0][0] = {.kind = fixed, .temperature = 340.0, .ramp = 0.2};
    Body body(exact, 10, options);
    const double before = body.conduction.heat();
    for (const double dt : {0.02, 0.03, 0.1, 0.1}) {
      const auto report = body.conduction.advance(dt, 0);
      EXPECT_GT(report.residual, 1e-9);
      const double gained = body.conduction.heat() - before;
      EXPECT_NEAR(gained, body.conduction.heat_in(), 1e-13 * before);
      EXPECT_GT(std::abs(gained), 1e-3);
    }
  }
}

TEST(HeatConduction, keeps_the_heat_of_a_closed_body) {
  const Manufactured exact{{.d = 2, .p = 1.5, .slope = 0.5}, {periodic, insulated}};
  auto options = exact.options();
  options.source = {};
  Body body(exact, 12, options);
  const double before = body.conduction.heat();
  for (int step = 0; step < 5; ++step) body.conduction.advance(0.05, step);
  EXPECT_NEAR(body.conduction.heat(), before, 1e-13 * before);
  EXPECT_LT(std::abs(body.conduction.heat_in()), 1e-13 * before);
}

TEST(HeatConduction, comes_to_the_linear_profile_between_two_fixed_ends) {
  Manufactured exact{{.d = 2}, {fixed, periodic}};
  auto options = exact.options();
  options.source = {};
  options.ends[0] = {End{.kind = fixed, .temperature = 400.0, .ramp = 1.0}, End{.kind = fixed, .temperature = 200.0}};
  grid::StructuredGrid grid(exact.box(8), 1, world());
  testing::PowerLawSolver solver(exact.law);
  HeatConduction conduction(
      grid, options, [](const auto&) { return Microstructure{}; }, solver, solver, nullptr);
  conduction.initialise([](const auto&) { return 300.0; });
  conduction.advance(0.5, 0);  // the lower end is at 350 K by then
  for (int step = 1; step < 40; ++step) conduction.advance(0.5, step);
  const auto view = conduction.state();
  const auto flux = conduction.flux();
  for (std::int64_t row = 0; row < flux.size(); ++row) {
    const std::int64_t i = grid.extents().first[0] + row % grid.extents().owned[0];
    EXPECT_NEAR(view.rows()[row][0], 400.0 - 200.0 * grid.extents().centre(0, i), 1e-3);
    EXPECT_NEAR(flux[row][0], 200.0, 1e-2);
    EXPECT_NEAR(flux[row][1], 0.0, 1e-2);
  }
}

TEST(HeatConduction, goes_through_the_ramp_of_an_end) {
  Manufactured exact{{.d = 1}, {fixed}};
  auto options = exact.options();
  options.source = {};
  options.heat_capacity = 1e-6;  // at rest at once
  options.time_order = TimeOrder::first;
  options.ends[0] = {End{.kind = fixed, .temperature = 400.0, .ramp = 4.0}, End{.kind = fixed, .temperature = 300.0}};
  grid::StructuredGrid grid(exact.box(8), 1, world());
  testing::PowerLawSolver solver(exact.law);
  HeatConduction conduction(
      grid, options, [](const auto&) { return Microstructure{}; }, solver, solver, nullptr);
  conduction.initialise([](const auto&) { return 300.0; });
  for (const double at_end : {325.0, 350.0, 375.0, 400.0, 400.0}) {
    conduction.advance(1.0, 0);
    const auto flux = conduction.flux();
    for (std::int64_t row = 0; row < flux.size(); ++row) EXPECT_NEAR(flux[row][0], at_end - 300.0, 1e-2);
  }
}

TEST(HeatConduction, finds_the_same_on_any_number_of_ranks) {
  for (const auto& exact : {heated, heated_3d}) {
    auto options = exact.options();
    options.newton_tolerance = 1e-11;
    Body together(exact, 10, options), alone(exact, 10, options, parallel::Communicator());
    for (int step = 0; step < 3; ++step) {
      together.conduction.advance(0.05, step);
      alone.conduction.advance(0.05, step);
    }
    EXPECT_LT(largest_difference(together.field(), alone.field()), 1e-9 * 300.0);
    EXPECT_NEAR(together.conduction.heat_in(), alone.conduction.heat_in(), 1e-9 * alone.conduction.heat());
  }
}

TEST(HeatConduction, numbers_faces_alike_on_any_number_of_ranks) {
  for (const auto& exact : {heated, heated_3d}) {
    Body together(exact, 10, exact.options()), alone(exact, 10, exact.options(), parallel::Communicator());
    std::set<std::int64_t> ids;
    for (const Face& face : alone.conduction.faces()) EXPECT_TRUE(ids.insert(face.id).second);
    std::vector<double> seen(static_cast<std::size_t>(*ids.rbegin() + 1), 0.0);
    for (const Face& face : together.conduction.faces()) {
      ASSERT_TRUE(ids.contains(face.id));
      seen[static_cast<std::size_t>(face.id)] += 1.0;
    }
    world().sum_in_place(std::span<double>(seen));
    for (const std::int64_t id : ids) EXPECT_EQ(seen[static_cast<std::size_t>(id)], 1.0);
    const std::size_t n = exact.law.d == 2 ? 10 * 11 + 10 * 9 : 100 * 11 + 100 * 10 + 100 * 9;
    EXPECT_EQ(ids.size(), n);
  }
}

TEST(HeatConduction, says_which_step_a_batch_is_of_and_where_it_begins) {
  Body body(heated, 8, heated.options());
  std::int64_t n_evaluations = 0;
  for (int step = 0; step < 3; ++step) {
    const auto report = body.conduction.advance(0.05, step);
    EXPECT_GE(report.evaluations, 2);
    for (int i = 0; i < report.evaluations; ++i, ++n_evaluations) {
      const auto& call = body.solver.calls.at(static_cast<std::size_t>(n_evaluations));
      EXPECT_EQ(call.step, step);
      EXPECT_EQ(call.iterate, i == 0 ? Iterate::first : Iterate::next);
      EXPECT_EQ(call.ids, body.solver.calls.front().ids);
    }
  }
  EXPECT_EQ(body.solver.calls.size(), static_cast<std::size_t>(n_evaluations));
  EXPECT_TRUE(std::ranges::is_sorted(body.solver.calls.front().ids));
  body.conduction.advance(0.05, -1);
  EXPECT_EQ(body.solver.calls.back().step, -1);
}

TEST(HeatConduction, goes_on_where_physics_takes_over_in_the_middle_of_a_step) {
  Body plain(heated, 8, heated.options()), body(heated, 8, heated.options());
  for (int step = 0; step < 2; ++step) {
    plain.conduction.advance(0.05, step);
    body.conduction.advance(0.05, step);
  }
  const auto usual = plain.conduction.advance(0.05, 2);
  body.solver.handed_over_at = body.solver.calls.size() + 2;  // after two evaluations by a surrogate
  const auto report = body.conduction.advance(0.05, 2);
  EXPECT_EQ(body.conduction.provenance(0).front().answerer, subproblem::Answerer::physics);
  EXPECT_LE(report.evaluations, 2 + usual.evaluations + 1) << "it began anew instead of going on";
  const auto ours = body.field(), theirs = plain.field();
  for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_NEAR(ours[i], theirs[i], 1e-3);
}

TEST(HeatConduction, says_who_answered_the_lower_face_of_each_cell) {
  Body body(heated, 8, heated.options());
  body.conduction.advance(0.05, 0);
  const auto& e = body.conduction.extents();
  for (std::int64_t row = 0; row < e.n_owned(); ++row) {
    const bool at_insulated = e.first[1] + row / e.owned[0] == 0;
    const auto at = static_cast<std::size_t>(row);
    EXPECT_EQ(body.conduction.provenance(0)[at].answerer, subproblem::Answerer::physics);
    EXPECT_EQ(body.conduction.provenance(1)[at].answerer,
              at_insulated ? subproblem::Answerer::inert : subproblem::Answerer::physics);
  }
}

TEST(HeatConduction, goes_on_to_the_bit_after_a_restart) {
  for (const auto tangents : {Tangents::secant, Tangents::exact}) {
    auto options = heated_3d.options();
    options.tangents = tangents;
    Body through(heated_3d, 8, options), again(heated_3d, 8, options);
    for (int step = 0; step < 3; ++step) through.conduction.advance(0.05, step);
    MemoryArchive archive = MemoryArchive::of(through.conduction);
    archive.give_to(again.conduction);
    EXPECT_TRUE(std::ranges::equal(again.conduction.flux().rows().flat(), through.conduction.flux().rows().flat()));
    EXPECT_EQ(again.conduction.time(), through.conduction.time());
    for (const double dt : {0.05, 0.02}) {
      const auto report = through.conduction.advance(dt, 0);
      EXPECT_EQ(again.conduction.advance(dt, 0).evaluations, report.evaluations);
    }
    EXPECT_EQ(again.field(), through.field());
    EXPECT_EQ(again.conduction.heat_in(), through.conduction.heat_in());
    EXPECT_EQ(again.solver.calls.back().step, through.solver.calls.back().step);
  }
}

TEST(HeatConduction, reports_a_subproblem_that_fails_and_stays_where_it_was) {
  Body other(heated, 8, heated.options());
  for (int step = 0; step < 2; ++step) other.conduction.advance(0.05, step);
  for (const std::size_t evaluation : {0, 1}) {  // of the step
    Body body(heated, 8, heated.options());
    body.conduction.advance(0.05, 0);
    const auto before = body.field();
    const double heat_in = body.conduction.heat_in();
    body.solver.failing_id = 30;
    body.solver.failing_call = body.solver.calls.size() + evaluation;
    const auto report = body.conduction.advance(0.05, 1);
    EXPECT_FALSE(report.completed);
    EXPECT_EQ(body.solver.calls.size(), body.solver.failing_call + 1);
    EXPECT_EQ(world().sum(static_cast<std::int64_t>(report.batch.failures.size())), 1);
    for (const auto& failure : report.batch.failures) EXPECT_EQ(failure.id, 30);
    EXPECT_EQ(body.field(), before);
    EXPECT_EQ(body.conduction.heat_in(), heat_in);
    EXPECT_TRUE(body.conduction.advance(0.05, 1).completed);  // and can go on, as if nothing had been
    EXPECT_LT(largest_difference(body.field(), other.field()), 1e-3);
  }
}

TEST(HeatConduction, tells_every_rank_the_same_where_newton_does_not_converge) {
  auto options = heated.options();
  options.max_iterations = 1;
  options.newton_tolerance = 1e-12;
  Body body(heated, 8, options);
  std::string message;
  try {
    body.conduction.advance(0.5, 0);
  } catch (const core::RuntimeFailure& failure) {
    message = failure.what();
  }
  EXPECT_NE(message.find("gave up at 0 s after 4 evaluations"), std::string::npos) << message;
  std::string of_root = message;
  world().broadcast(of_root);
  EXPECT_EQ(message, of_root);
}

TEST(HeatConduction, refuses_ends_that_do_not_fit_the_grid) {
  auto options = heated.options();
  const Body body(heated, 8, options);
  options.ends[0] = {};
  EXPECT_THROW(checked(options, body.grid), core::UserError);
  options.ends.pop_back();
  EXPECT_THROW(checked(options, body.grid), core::UserError);
}

}  // namespace
}  // namespace bimetal::conduction
