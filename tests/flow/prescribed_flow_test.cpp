#include "flow/prescribed_flow.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/error.hpp"
#include "fields.hpp"
#include "test_gas.hpp"

namespace bimetal::flow {
namespace {

using bimetal::testing::box;
using bimetal::testing::gather;
using bimetal::testing::observed_order;
using bimetal::testing::species;
using bimetal::testing::world;
using Cells = std::vector<std::int64_t>;

constexpr double pressure = 101325.0;
constexpr std::size_t width = 4;  // T, Y of A, B and C

/// A turns into B at a rate set by the amount of C, which does not change; heat is released. C's weight and heat
/// capacity differ, so that transport and reaction do not commute.
chemistry::Mechanism catalyst_gas() {
  return bimetal::testing::gas_of({species("A", {2, 0, 0}, 2.016, 3.5, 3e-4),
                                   species("B", {2, 0, 0}, 2.016, 3.0, 8e-4),
                                   species("C", {0, 0, 2}, 28.014, 3.5, 4e-4)});
}

/// The exact answer to that reaction over dt; remembers what it was asked.
class Catalysis : public subproblem::SubproblemSolver, private subproblem::Kind {
 public:
  explicit Catalysis(double dt) {
    signature_.kind = "catalysis";
    signature_.dt = dt;
    for (const char* name : {"T", "Y_A", "Y_B", "Y_C"}) signature_.inputs.push_back({name, "1"});
    signature_.outputs = core::continued(signature_.inputs);
  }

  subproblem::Kind& kind() override { return *this; }
  subproblem::BatchReport solve(subproblem::Batch& batch) override {
    asked.assign(batch.id.begin(), batch.id.end());
    subproblem::BatchReport report;
    for (std::int64_t i = 0; i < batch.in.size(); ++i) {
      const auto in = batch.in[i];
      const double turned = in[1] * (1.0 - std::exp(-2000.0 * in[3] * signature_.dt));
      const std::array<double, width> answer{in[0] + 3000.0 * turned, in[1] - turned, in[2] + turned, in[3]};
      std::ranges::copy(answer, batch.out[i].begin());
      const auto n = static_cast<std::size_t>(i);
      batch.provenance[n].version = static_cast<std::int32_t>(batch.step);
      if (batch.id[n] == unsolvable) report.failures.push_back({batch.id[n], "on purpose", {}});
    }
    return report;
  }

  std::vector<std::int64_t> asked;
  std::int64_t unsolvable = -1;

 private:
  const core::Signature& signature() const override { return signature_; }
  subproblem::Gate admit(std::span<const double>, std::span<double>, double) override {
    return subproblem::Gate::open;
  }

  core::Signature signature_;
};

/// Smooth, and periodic in a box of 1 cm.
void warm_waves(const Position& x, std::span<double> row) {
  double wave = 1.0;
  for (const double along : x) wave *= std::cos(2.0 * std::numbers::pi * along / 0.01);
  row[0] = 800.0 + 200.0 * wave;
  row[1] = 0.10 + 0.05 * std::sin(2.0 * std::numbers::pi * x[0] / 0.01);
  row[2] = 0.0;
  row[3] = 1.0 - row[1];
}

struct March {
  grid::StructuredGrid grid;
  Catalysis chemistry;
  PrescribedFlow flow;
  double dt;

  March(const Cells& cells, double step, PrescribedOptions velocity = {},
        const parallel::Communicator& comm = world(), grid::Boundary boundary = grid::Boundary::periodic)
      : grid(box(cells, boundary), width, comm),
        chemistry(step),
        flow(grid, catalyst_gas(), pressure, std::make_unique<PrescribedVelocity>(velocity, grid), chemistry),
        dt(step) {
    flow.initialise(warm_waves);
  }
  std::vector<StepReport> advance(int n_steps) {
    std::vector<StepReport> reports;
    for (int step = 0; step < n_steps; ++step) reports.push_back(flow.advance(dt, step));
    return reports;
  }
  std::vector<double> field() {
    const auto view = flow.state();
    return gather(grid, view.rows());
  }
};

double distance(const std::vector<double>& a, const std::vector<double>& b, std::size_t component) {
  double largest = 0.0;
  for (std::size_t i = component; i < a.size(); i += width) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

TEST(PrescribedFlow, splits_with_second_order_in_time) {
  constexpr double end = 8e-4;
  const auto after = [&](const Cells& cells, int n_steps) {
    March run(cells, end / n_steps, {PrescribedKind::uniform, 1.0});
    run.advance(n_steps);
    return run.field();
  };
  for (const auto& cells : {Cells{16}, {8, 8}}) {
    const auto exact = after(cells, 256), coarse = after(cells, 8), fine = after(cells, 16);
    for (const std::size_t component : {0, 1, 2})
      EXPECT_GT(observed_order(distance(coarse, exact, component), distance(fine, exact, component)), 1.9)
          << cells.size() << "-D, component " << component;
  }
}

TEST(PrescribedFlow, gives_the_same_state_on_any_number_of_ranks) {
  const PrescribedOptions vortex{PrescribedKind::vortex, 20.0}, rest;
  for (const auto boundary : {grid::Boundary::periodic, grid::Boundary::wall})
    for (const auto& cells : {Cells{8}, {8, 9}, {5, 6, 4}}) {
      const auto& velocity = cells.size() == 1 ? rest : vortex;
      March together(cells, 2e-5, velocity, world(), boundary), alone(cells, 2e-5, velocity, {}, boundary);
      const auto reports = together.advance(3);
      EXPECT_EQ(reports.back().stages, alone.advance(3).back().stages);
      const auto a = together.field(), b = alone.field();
      EXPECT_LT(distance(a, b, 0), 1e-9);
      for (const std::size_t component : {1, 2, 3}) EXPECT_LT(distance(a, b, component), 1e-13);
    }
}

TEST(PrescribedFlow, keeps_mass_fractions_adding_up_to_one) {
  March run({12, 12}, 5e-5, {PrescribedKind::vortex, 20.0});
  run.advance(20);
  const auto field = run.field();
  double drift = 0.0;
  for (std::size_t i = 0; i < field.size(); i += width)
    drift = std::max(drift, std::abs(field[i + 1] + field[i + 2] + field[i + 3] - 1.0));
  EXPECT_LT(drift, 1e-13);
}

TEST(PrescribedFlow, hands_over_every_owned_cell_with_its_global_id) {
  March run({4, 5, 6}, 1e-6);
  const auto& e = run.flow.extents();
  {
    const auto view = run.flow.state();
    ASSERT_EQ(view.rows().size(), static_cast<std::int64_t>(run.flow.ids().size()));
    for (std::int64_t row = 0; row < view.rows().size(); ++row) {
      const std::int64_t id = run.flow.ids()[static_cast<std::size_t>(row)];
      std::array<double, width> expected{};
      warm_waves({e.centre(0, id % 4), e.centre(1, id / 4 % 5), e.centre(2, id / 20)}, expected);
      EXPECT_TRUE(std::ranges::equal(view.rows()[row], expected)) << id;
    }
  }
  run.flow.advance(run.dt, 7);
  EXPECT_TRUE(std::ranges::equal(run.chemistry.asked, run.flow.ids()));
  for (const auto& provenance : run.flow.provenance()) EXPECT_EQ(provenance.version, 7);

  std::vector<std::int64_t> count(120);
  for (const auto id : run.chemistry.asked) ++count[static_cast<std::size_t>(id)];
  world().sum_in_place(std::span<std::int64_t>(count));
  EXPECT_TRUE(std::ranges::all_of(count, [](auto n) { return n == 1; }));
}

TEST(PrescribedFlow, works_with_the_fewest_cells_a_rank_can_have) {
  March run({2 * world().size()}, 1e-5);
  EXPECT_EQ(run.flow.extents().n_owned(), 2);
  run.advance(2);
  for (const double value : run.field()) EXPECT_TRUE(std::isfinite(value));
}

TEST(PrescribedFlow, reports_failures_on_the_rank_that_has_them) {
  March run({8, 8}, 1e-5);
  run.chemistry.unsolvable = 63;
  const auto report = run.flow.advance(run.dt, 0);
  const bool mine = std::ranges::find(run.flow.ids(), 63) != run.flow.ids().end();
  EXPECT_EQ(report.batch.failures.size(), mine ? 1u : 0u);
  EXPECT_EQ(world().sum(static_cast<std::int64_t>(report.batch.failures.size())), 1);
}

TEST(PrescribedFlow, takes_substeps_for_fast_flow_and_stages_for_strong_diffusion) {
  March fast({32}, 1e-4, {PrescribedKind::uniform, 10.0});  // Courant number 1.6 in each half step
  const auto fast_report = fast.flow.advance(fast.dt, 0);
  EXPECT_EQ(fast_report.substeps, 2 * 4);
  EXPECT_EQ(fast_report.evaluations, fast_report.substeps * fast_report.stages);

  March coarse({128}, 1e-4), fine({512}, 1e-4);
  EXPECT_GT(fine.flow.advance(fine.dt, 0).stages, 3 * coarse.flow.advance(coarse.dt, 0).stages);
}

TEST(PrescribedFlow, clips_undershoots_and_says_so) {
  March run({32}, 1e-4);
  run.flow.initialise([](const Position& x, std::span<double> row) {
    warm_waves(x, row);
    if (x[0] > 0.0048) return;
    row[1] = -1e-6;
    row[3] = 1.0 + 1e-6;
  });
  const auto report = run.flow.advance(run.dt, 0);
  EXPECT_GT(world().max(report.largest_negative), 1e-7);
  EXPECT_GT(world().sum(report.negative_cells), 0);
  const auto field = run.field();
  for (std::size_t i = 0; i < field.size(); i += width)
    EXPECT_GE(*std::min_element(&field[i], &field[i] + width), 0.0);
}

TEST(PrescribedFlow, refuses_a_step_its_chemistry_is_not_made_for) {
  March run({16}, 1e-5);
  EXPECT_THROW(run.flow.advance(0.5e-5, 0), core::RuntimeFailure);
}

}  // namespace
}  // namespace bimetal::flow
