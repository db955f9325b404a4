#include "subproblem/reactor.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <stdexcept>

#include "core/error.hpp"
#include "reactor_rows.hpp"

namespace bimetal::subproblem {
namespace {

using testing::Case;
using testing::cases;
using testing::element_defect;
using testing::enthalpy_defect;
using testing::make_reactor;

class ReactorRows {
 public:
  explicit ReactorRows(const Case& one) : solver(make_reactor(one)), rows(testing::ignition_rows(one, solver)) {}

  Reactor& reactor() { return solver.kind(); }

  ReactorSolver solver;
  core::RowTable rows;
};

TEST(Reactor, admits_perturbed_answers_and_makes_them_conserve) {
  std::mt19937_64 engine(29);
  std::normal_distribution<double> normal;
  for (const auto& one : cases()) {
    ReactorRows rows(one);
    auto& reactor = rows.reactor();
    const auto& columns = reactor.signature().outputs;
    int admitted = 0;
    constexpr int n_trials = 5000;
    for (int trial = 0; trial < n_trials; ++trial) {
      const auto row = trial % one.n_rows;
      const auto in = rows.rows[row];
      const auto answer = rows.rows[row + 1];
      std::vector<double> out(answer.begin(), answer.end());
      const double noise = std::pow(10.0, -6.0 + 3.0 * (trial % 7) / 6.0);  // 1e-6 .. 1e-3 of the scales
      for (std::size_t k = 1; k < out.size(); ++k) out[k] += 0.3 * noise * columns[k].scale * normal(engine);
      out[0] = std::nan("");  // derived: what the proposal says does not matter
      if (reactor.admit(in, out, 0.0) != Gate::open) continue;
      ++admitted;
      ASSERT_LE(element_defect(reactor.signature(), in, out), 1e-14);
      ASSERT_LE(enthalpy_defect(reactor, in, out), 1e-14);
      double sum = 0.0;
      for (std::size_t k = 1; k < out.size(); ++k) {
        ASSERT_GE(out[k], 0.0);
        ASSERT_LE(out[k], 1.0);
        sum += out[k];
      }
      ASSERT_NEAR(sum, 1.0, 1e-12);
    }
    EXPECT_GT(admitted, n_trials / 2) << one.fuel;
  }
}

TEST(Reactor, changes_an_answer_that_conserves_already_by_round_off_only) {
  for (const auto& one : cases()) {
    ReactorRows rows(one);
    for (std::int64_t row = 0; row < one.n_rows; ++row) {
      const auto answer = rows.rows[row + 1];
      std::vector<double> out(answer.begin(), answer.end());
      const auto gate = rows.reactor().admit(rows.rows[row], out, 0.0);
      ASSERT_TRUE(gate == Gate::open || gate == Reactor::induction) << row << ": " << static_cast<int>(gate);
      EXPECT_NEAR(out[0], answer[0], 1e-10 * answer[0]);
      for (std::size_t k = 1; k < out.size(); ++k) EXPECT_NEAR(out[k], answer[k], 1e-14);
    }
  }
}

TEST(Reactor, leaves_a_species_that_is_not_there_at_zero) {
  ReactorRows rows(cases().front());
  const auto in = rows.rows[0];
  std::vector<double> out(in.begin(), in.end());
  out[1 + testing::hydrogen()->require_species("H2")] += 1e-5;
  out[1 + testing::hydrogen()->require_species("OH")] = -1e-7;
  ASSERT_EQ(rows.reactor().admit(in, out, 0.0), Gate::open);
  EXPECT_EQ(out[1 + testing::hydrogen()->require_species("OH")], 0.0);
  EXPECT_EQ(out[1 + testing::hydrogen()->require_species("H")], 0.0);
  EXPECT_LE(element_defect(rows.reactor().signature(), in, out), 1e-15);
}

TEST(Reactor, shuts_the_gate_that_fits) {
  const Case one = cases().front();
  ReactorRows rows(one);
  auto& reactor = rows.reactor();
  const auto index = [&](const char* name) { return 1 + one.mechanism->require_species(name); };
  const auto middle = rows.rows[one.n_rows / 2];
  const auto burnt = rows.rows[one.n_rows];
  const auto unburnt = rows.rows[0];

  const auto gate_after = [&](std::span<const double> in, std::span<const double> answer, auto change) {
    std::vector<double> out(answer.begin(), answer.end());
    change(out);
    return reactor.admit(in, out, 0.0);
  };
  const auto nothing = [](std::vector<double>&) {};
  EXPECT_EQ(gate_after(middle, middle, nothing), Gate::open);
  for (double bad : {std::nan(""), std::numeric_limits<double>::infinity()})
    EXPECT_EQ(gate_after(middle, middle, [&](auto& out) { out[index("O")] = bad; }), Gate::not_finite);
  EXPECT_EQ(gate_after(unburnt, unburnt, [&](auto& out) { out[index("OH")] = -1e-3; }), Reactor::negative);
  // Nothing left that could hold the nitrogen.
  EXPECT_EQ(gate_after(middle, middle, [&](auto& out) { out[index("N2")] = 0.0; }), Reactor::negative);
  EXPECT_EQ(gate_after(unburnt, burnt, nothing), Reactor::temperature_jump);
  // Burnt gas does not become unburnt again, but for the heat that would take.
  std::vector<double> warm(burnt.begin(), burnt.end());
  EXPECT_EQ(gate_after(warm, unburnt, nothing), Reactor::temperature_jump);
  std::vector<double> hot(unburnt.begin(), unburnt.end());
  hot[0] = 3450.0;
  EXPECT_EQ(gate_after(hot, rows.rows[one.n_rows / 2], nothing), Reactor::temperature_range);
  // A little of it is within the jump, but entropy would fall.
  EXPECT_EQ(gate_after(burnt, burnt,
                       [&](auto& out) {
                         for (std::size_t k = 1; k < out.size(); ++k) out[k] += 0.05 * (unburnt[k] - out[k]);
                       }),
            Reactor::entropy);
}

TEST(Reactor, leaves_changes_below_the_tolerance_to_physics_where_rows_are_nearly_at_rest) {
  const Case one = cases().front();
  ReactorRows rows(one);
  auto& reactor = rows.reactor();
  const std::size_t H2 = 1 + one.mechanism->require_species("H2"), O2 = 1 + one.mechanism->require_species("O2"),
                    H2O = 1 + one.mechanism->require_species("H2O");
  const auto gate_after = [&](double T, double burnt) {  // mass fraction of hydrogen that burns
    std::vector<double> in(rows.rows[0].begin(), rows.rows[0].end());
    in[0] = T;
    auto out = in;
    out[H2] -= burnt, out[O2] -= 7.936 * burnt, out[H2O] += 8.936 * burnt;
    return reactor.admit(in, out, 1e-3);
  };
  EXPECT_EQ(gate_after(600.0, 1e-6), Reactor::slight);
  EXPECT_EQ(gate_after(600.0, 1e-4), Gate::open);
  EXPECT_NE(gate_after(1000.0, 1e-6), Reactor::slight) << "hot rows may change by little at a time";
}

TEST(Reactor, moves_a_row_whatever_an_answer_that_far_off_would_mean) {
  const Case one = cases().front();
  ReactorRows rows(one);
  auto& reactor = rows.reactor();
  const std::size_t H = 1 + one.mechanism->require_species("H");
  std::vector<double> in(rows.rows[0].begin(), rows.rows[0].end());
  in[0] = 1200.0;
  auto moved = in;
  moved[H] += 1e-6 * reactor.signature().outputs[H].scale;
  auto answer = moved;
  EXPECT_EQ(reactor.admit(in, answer, 0.0), Reactor::induction);
  EXPECT_TRUE(reactor.admit_moved(in, moved));
  moved[H] = -1.0;
  EXPECT_FALSE(reactor.admit_moved(in, moved));
}

TEST(Reactor, leaves_the_time_before_an_ignition_to_physics) {
  const Case one = cases().front();
  ReactorRows rows(one);
  auto& reactor = rows.reactor();
  const auto scale_of = [&](std::size_t k) { return reactor.signature().outputs[k].scale; };
  const std::size_t H = 1 + one.mechanism->require_species("H");
  const std::vector<double> cold(rows.rows[0].begin(), rows.rows[0].end());
  const auto gate_after = [&](double T, double H_before, double H_after) {
    auto in = cold;
    in[0] = T;
    in[H] = H_before;
    auto out = in;
    out[H] = H_after;
    return reactor.admit(in, out, 0.0);
  };
  for (const double share : {1e-8, 1e-6, 1e-4}) {  // of the scale
    const double few = share * scale_of(H);
    EXPECT_EQ(gate_after(1200.0, few, 1.5 * few), Reactor::induction) << share;
    EXPECT_EQ(gate_after(1200.0, few, 1.1 * few), Gate::open) << share;
    EXPECT_EQ(gate_after(700.0, few, 1.5 * few), Gate::open) << "too cold to branch";
  }
  EXPECT_EQ(gate_after(1200.0, 0.0, 1e-6 * scale_of(H)), Reactor::induction) << "out of nothing";
}

TEST(Reactor, leaves_no_row_to_physics_that_ignites_already) {
  for (const auto& one : cases()) {
    ReactorRows rows(one);
    std::int64_t before = 0;
    for (std::int64_t row = 0; row < one.n_rows; ++row) {
      std::vector<double> out(rows.rows[row + 1].begin(), rows.rows[row + 1].end());
      double change = 0.0;
      for (std::size_t k = 1; k < out.size(); ++k)
        change = std::max(change, std::abs(out[k] - rows.rows[row][k]) / rows.reactor().signature().outputs[k].scale);
      const bool left = rows.reactor().admit(rows.rows[row], out, 0.0) == Reactor::induction;
      before += left;
      EXPECT_FALSE(left && change > rows.reactor().options().induction) << row;
    }
    EXPECT_GT(before, 0) << one.fuel;
    EXPECT_LT(before, one.n_rows) << one.fuel;
  }
}

TEST(Reactor, finds_cold_and_inert_gas_inert_and_igniting_gas_not) {
  for (const auto& one : cases()) {
    ReactorRows rows(one);
    auto& reactor = rows.reactor();
    const auto unburnt = rows.rows[0];
    std::vector<double> cold(unburnt.begin(), unburnt.end());
    for (double T : {300.0, 499.0, 501.0, 600.0}) {
      cold[0] = T;
      EXPECT_TRUE(reactor.inert(cold, 1e-3)) << T;
    }
    std::vector<double> air{700.0};
    const auto Y = chemistry::air(*one.mechanism);
    air.insert(air.end(), Y.begin(), Y.end());
    EXPECT_TRUE(reactor.inert(air, 1e-1));
    // Long before an ignition nothing changes by any part of a tolerance; but what there is of radicals multiplies.
    for (double T : {900.0, 1050.0}) {
      cold[0] = T;
      EXPECT_FALSE(reactor.inert(cold, 1e-1)) << T;
    }
    EXPECT_FALSE(reactor.inert(rows.rows[one.n_rows / 2], 1e-3));
    cold[0] = 300.0;
    cold[1 + one.mechanism->require_species("H")] = 1e-4;
    EXPECT_FALSE(reactor.inert(cold, 1e-3));
    cold[0] = std::nan("");
    EXPECT_FALSE(reactor.inert(cold, 1e-3));
  }
}

TEST(Reactor, inert_rows_are_left_unchanged_by_physics_to_within_a_small_part_of_the_tolerance) {
  constexpr double tolerance = 1e-3;
  for (const auto& one : cases()) {
    ReactorRows rows(one);
    const auto& columns = rows.reactor().signature().outputs;
    int n_inert = 0;
    for (double T = 300.0; T <= 1300.0; T += 50.0) {
      const auto first = rows.rows[0];
      std::vector<double> in(first.begin(), first.end());
      in[0] = T;
      if (!rows.reactor().inert(in, tolerance)) continue;
      ++n_inert;
      std::vector<double> out(in.size());
      const auto width = static_cast<std::int64_t>(in.size());
      testing::solve(rows.solver, core::ConstRows(in.data(), 1, width), core::Rows(out.data(), 1, width));
      for (std::size_t k = 0; k < in.size(); ++k)
        EXPECT_LT(std::abs(out[k] - in[k]), 0.02 * tolerance * columns[k].scale) << columns[k].name << " at " << T;
    }
    EXPECT_GT(n_inert, 5);
  }
}

/// Cold gas into which flame gas has diffused: radicals, and little that happens.
std::vector<double> diluted(std::span<const double> cold, std::span<const double> burning, double T, double share) {
  std::vector<double> row(cold.begin(), cold.end());
  for (std::size_t k = 1; k < row.size(); ++k) row[k] += share * (burning[k] - cold[k]);
  row[0] = T;
  return row;
}

TEST(Reactor, answers_rows_in_which_little_happens_by_an_explicit_step) {
  constexpr double tolerance = 1e-3;
  for (const auto& one : cases()) {
    ReactorRows rows(one);
    auto& reactor = rows.reactor();
    const auto& columns = reactor.signature().outputs;
    ReactorSolver exact(make_reactor(one), {.integrator = Integrator::cvode, .rtol = 1e-9, .atol = 1e-16});
    int n_explicit = 0, n_inert = 0, n_none = 0;
    for (double T = 300.0; T < 900.0; T += 50.0)
      for (double share = 1e-8; share < 0.5; share *= 2.0) {
        const auto in = diluted(rows.rows[0], rows.rows[one.n_rows / 2], T, share);
        std::vector<double> out(in.size(), -1.0), truth(in.size());
        const auto found = reactor.shortcut(in, tolerance, out);
        EXPECT_EQ(found == Shortcut::inert || reactor.surely_inert(in, tolerance), reactor.inert(in, tolerance));
        n_inert += found == Shortcut::inert;
        n_none += found == Shortcut::none;
        if (found != Shortcut::explicit_step) continue;
        ++n_explicit;
        EXPECT_LE(element_defect(reactor.signature(), in, out), 1e-14);
        EXPECT_LE(enthalpy_defect(reactor, in, out), 1e-13);
        const auto width = static_cast<std::int64_t>(in.size());
        testing::solve(exact, core::ConstRows(in.data(), 1, width), core::Rows(truth.data(), 1, width));
        for (std::size_t k = 0; k < in.size(); ++k) {
          EXPECT_GE(out[k], 0.0);
          EXPECT_LT(std::abs(out[k] - truth[k]), 0.2 * tolerance * columns[k].scale) << columns[k].name << T << share;
        }
      }
    EXPECT_GT(n_explicit, 10) << one.fuel;
    EXPECT_GT(n_inert, 3) << one.fuel;
    EXPECT_GT(n_none, 10) << one.fuel;
  }
}

TEST(Reactor, takes_no_explicit_step_where_much_happens_or_radicals_multiply) {
  for (const auto& one : cases()) {
    ReactorRows rows(one);
    auto& reactor = rows.reactor();
    std::vector<double> out(rows.rows[0].size());
    for (std::int64_t row = 0; row < one.n_rows; ++row) {
      const auto found = reactor.shortcut(rows.rows[row], 1e-3, out);
      double change = 0.0;
      for (std::size_t k = 0; k < out.size(); ++k)
        change = std::max(change, std::abs(rows.rows[row + 1][k] - rows.rows[row][k]) /
                                      (1e-3 * reactor.signature().outputs[k].scale));
      if (change > 1.0) {
        EXPECT_EQ(found, Shortcut::none) << row;
      }
    }
    auto nothing = std::vector<double>(rows.rows[0].begin(), rows.rows[0].end());
    nothing[0] = std::nan("");
    EXPECT_EQ(reactor.shortcut(nothing, 1e-3, out), Shortcut::none);
  }
  // Whatever the tolerance calls a change, chains that multiply are left to a solver.
  const Case hydrogen = cases().front();
  ReactorRows rows(hydrogen);
  auto reactor = make_reactor(hydrogen, {.dt = 2e-5});
  std::vector<double> out(rows.rows[0].size());
  const std::size_t H = 1 + hydrogen.mechanism->require_species("H");
  int multiply = 0;
  for (std::int64_t row = 5; row < hydrogen.n_rows && rows.rows[row][H] < 1e-5; ++row) {
    ++multiply;
    EXPECT_EQ(reactor.shortcut(rows.rows[row], 1e3, out), Shortcut::none) << row;
  }
  EXPECT_GT(multiply, 5);
}

TEST(Reactor, judges_and_mends_an_answer_at_the_pressure_of_its_row) {
  const auto one = cases().front();
  ReactorRows rows(one);
  const auto unburnt = rows.rows[0];
  const auto burnt = rows.rows[one.n_rows];
  const std::vector<double> scales(burnt.size(), 1.0);
  Reactor by_row(one.mechanism, {.pressure = 1.0, .pressure_given = Given::by_row, .step_given = Given::by_row},
                 scales);
  std::vector<int> n_open;  // by pressure
  for (double p : {5e4, 1e5, 5e5}) {
    Reactor constant(one.mechanism, {.pressure = p}, scales);
    const auto in = testing::row_of(by_row, burnt, p, 1e-6);
    n_open.push_back(0);
    for (int trial = 0; trial < 1000; ++trial) {  // less and less burnt, until entropy falls too far
      std::vector<double> out(burnt.begin(), burnt.end());
      for (std::size_t k = 1; k < out.size(); ++k) out[k] += 1e-5 * trial * (unburnt[k] - out[k]);
      auto expected = out;
      const Gate gate = by_row.admit(in, out, 0.0);
      ASSERT_EQ(gate, constant.admit(burnt, expected, 0.0)) << trial;
      if (gate != Gate::open) continue;
      ++n_open.back();
      ASSERT_EQ(out, expected);
      ASSERT_LE(element_defect(by_row.signature(), in, out), 1e-14);
      ASSERT_LE(enthalpy_defect(by_row, in, out), 1e-14);
    }
  }
  EXPECT_GT(n_open[0], 0);
  EXPECT_LT(n_open[2], 1000);
  EXPECT_NE(n_open[0], n_open[2]) << "pressure was to matter";
}

TEST(Reactor, finds_a_row_inert_at_its_own_pressure_over_its_own_step) {
  const auto one = cases().front();
  ReactorRows rows(one);
  const auto scales = reference_scales(*one.mechanism, 1e5, rows.rows[0].subspan(1));
  // By its nominal values everything would be inert.
  Reactor by_row(one.mechanism,
                 {.pressure = 1.0, .pressure_given = Given::by_row, .dt = 1e-15, .step_given = Given::by_row},
                 scales);
  const std::vector<double> pressures{1e4, 1e5, 1e6}, steps{1e-8, 1e-6, 1e-4};
  int by_pressure = 0, by_step = 0;  // how often they decide
  for (double T = 300.0; T < 1300.0; T += 20.0)
    for (double hydrogen : {0.0, 1e-9, 1e-8, 1e-7, 1e-6}) {
      std::vector<double> state(rows.rows[0].begin(), rows.rows[0].end());
      state[0] = T;
      state[1 + one.mechanism->require_species("H")] = hydrogen;
      bool found[3][3];
      for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j) {
          Reactor constant(one.mechanism, {.pressure = pressures[i], .dt = steps[j]}, scales);
          found[i][j] = by_row.inert(testing::row_of(by_row, state, pressures[i], steps[j]), 1e-3);
          EXPECT_EQ(found[i][j], constant.inert(state, 1e-3));
        }
      by_pressure += found[0][1] != found[2][1];
      by_step += found[1][0] != found[1][2];
    }
  EXPECT_GT(by_pressure, 0);
  EXPECT_GT(by_step, 0);
}

TEST(Reactor, has_a_signature_that_says_what_a_row_is) {
  const auto mechanism = testing::hydrogen();
  const std::vector<double> scales(1 + mechanism->n_species(), 0.5);
  const Reactor reactor(mechanism, {.dt = 2e-6}, scales);
  const auto& signature = reactor.signature();
  EXPECT_EQ(signature.kind, "reactor");
  ASSERT_EQ(signature.inputs.size(), 10u);
  EXPECT_EQ(signature.inputs[0].name, "T");
  EXPECT_EQ(signature.inputs[0].nature, core::Nature::temperature);
  EXPECT_TRUE(signature.outputs[0].derived);
  EXPECT_EQ(signature.outputs[4].name, "Y_OH");
  EXPECT_EQ(signature.inputs[4].nature, core::Nature::mass_fraction);
  EXPECT_EQ(signature.outputs[4].scale, 0.5);
  EXPECT_EQ(signature.dt, 2e-6);
  EXPECT_EQ(signature.invariants.rows, 3u);  // H, O, N
  EXPECT_EQ(signature.invariants.cols, 10u);
  for (std::size_t e = 0; e < 3; ++e) EXPECT_EQ(signature.invariants(e, 0), 0.0);
  for (std::size_t k = 1; k < 10; ++k)
    EXPECT_NEAR(signature.invariants(0, k) + signature.invariants(1, k) + signature.invariants(2, k), 1.0, 1e-15);

  const Reactor other(mechanism, {.pressure = 2e5, .dt = 2e-6}, scales);
  EXPECT_NE(other.signature().fingerprint, signature.fingerprint);
}

TEST(Reactor, says_in_its_signature_which_conditions_come_by_row) {
  const auto mechanism = testing::hydrogen();
  const std::vector<double> scales(1 + mechanism->n_species(), 0.5);
  const auto signature_of = [&](const ReactorOptions& options) {
    return Reactor(mechanism, options, scales).signature();
  };
  const auto both =
      signature_of({.pressure = 2e5, .pressure_given = Given::by_row, .dt = 2e-6, .step_given = Given::by_row});
  ASSERT_EQ(both.inputs.size(), 12u);
  EXPECT_EQ(both.outputs.size(), 10u);
  EXPECT_EQ(both.invariants.cols, 10u);
  EXPECT_EQ(both.inputs[10].name, "p");
  EXPECT_EQ(both.inputs[10].unit, "Pa");
  EXPECT_EQ(both.inputs[10].scale, 2e5);
  EXPECT_EQ(both.inputs[11].name, "dt");
  EXPECT_EQ(both.inputs[11].unit, "s");
  EXPECT_EQ(both.inputs[11].scale, 2e-6);
  for (std::size_t k : {10u, 11u}) EXPECT_EQ(both.inputs[k].nature, core::Nature::positive);
  EXPECT_EQ(both.dt, 2e-6);

  const auto pressure = signature_of({.pressure_given = Given::by_row});
  ASSERT_EQ(pressure.inputs.size(), 11u);
  EXPECT_EQ(pressure.inputs[10].name, "p");
  const auto step = signature_of({.step_given = Given::by_row});
  ASSERT_EQ(step.inputs.size(), 11u);
  EXPECT_EQ(step.inputs[10].name, "dt");

  const std::set<std::string> different{both.fingerprint, pressure.fingerprint, step.fingerprint,
                                        signature_of({}).fingerprint};
  EXPECT_EQ(different.size(), 4u);
  EXPECT_EQ(signature_of({.pressure = 3e5, .pressure_given = Given::by_row}).fingerprint, pressure.fingerprint)
      << "a nominal value changes no answer";
}

#ifndef NDEBUG
TEST(Reactor, refuses_rows_of_the_wrong_width) {
  const auto one = cases().front();
  auto reactor = make_reactor(one, {.pressure_given = Given::by_row});
  std::vector<double> narrow(10, 0.1), right(11, 0.1), wide(12, 0.1), out(10, 0.1), long_out(11, 0.1);
  for (const auto& in : {narrow, wide}) {
    EXPECT_THROW(reactor.admit(in, out, 0.0), std::logic_error);
    EXPECT_THROW(reactor.conserve(in, out), std::logic_error);
    EXPECT_THROW(reactor.inert(in, 1e-3), std::logic_error);
  }
  EXPECT_THROW(reactor.admit(right, long_out, 0.0), std::logic_error);
}
#endif

TEST(Reactor, refuses_senseless_options) {
  const auto mechanism = testing::hydrogen();
  const std::vector<double> scales(10, 1.0);
  EXPECT_THROW(Reactor(mechanism, {.pressure = -1.0}, scales), core::UserError);
  EXPECT_THROW(Reactor(mechanism, {.dt = 0.0}, scales), core::UserError);
  EXPECT_THROW(Reactor(mechanism, {}, std::vector<double>(9, 1.0)), core::UserError);
  EXPECT_THROW(Reactor(mechanism, {}, std::vector<double>(10, 0.0)), core::UserError);
}

}  // namespace
}  // namespace bimetal::subproblem
