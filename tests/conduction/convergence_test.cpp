#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "manufactured.hpp"

namespace bimetal::conduction {
namespace {

using bimetal::testing::Body;
using bimetal::testing::Manufactured;
using bimetal::testing::world;
constexpr auto periodic = Thermal::periodic, insulated = Thermal::insulated, fixed = Thermal::fixed;

std::string name_of(const std::vector<Thermal>& ends) {
  std::string name;
  for (const auto kind : ends)
    name += std::string(name.empty() ? "" : " ") + thermal_names[static_cast<int>(kind)].first;
  return name;
}

std::array<double, 2> errors_on(const Manufactured& exact, std::int64_t n) {
  Body body(exact, n, exact.options());
  for (int step = 0; step < 4; ++step) body.conduction.advance(0.1, step);
  return body.errors();
}

/// Prints errors and orders; a full tensor, T and gradient nonlinear.
void check_order_in_space(const std::vector<Thermal>& ends, std::int64_t coarse, std::int64_t fine) {
  const Manufactured exact{{.d = ends.size(), .p = 3.0, .slope = 0.5}, ends};
  const auto first = errors_on(exact, coarse), second = errors_on(exact, fine);
  const double ratio = std::log(static_cast<double>(fine) / static_cast<double>(coarse));
  const double largest = std::log(first[0] / second[0]) / ratio, mean = std::log(first[1] / second[1]) / ratio;
  if (world().is_root())
    std::printf("%-32s %3d -> %3d cells: largest error %.3g -> %.3g K, order %.2f; mean %.3g -> %.3g K, order %.2f\n",
                name_of(ends).c_str(), static_cast<int>(coarse), static_cast<int>(fine), first[0], second[0], largest,
                first[1], second[1], mean);
  EXPECT_GT(largest, 1.6) << name_of(ends);
  EXPECT_GT(mean, 1.8) << name_of(ends);
}

TEST(HeatConduction, is_of_second_order_in_space_in_two_dimensions) {
  for (const auto& ends : std::vector<std::vector<Thermal>>{
           {periodic, periodic}, {fixed, periodic}, {fixed, fixed}, {fixed, insulated}, {insulated, insulated}})
    check_order_in_space(ends, 16, 32);
}

TEST(HeatConduction, is_of_second_order_in_space_in_three_dimensions) {
  check_order_in_space({periodic, periodic, periodic}, 12, 16);
  check_order_in_space({fixed, insulated, periodic}, 8, 16);
}

TEST(HeatConduction, is_of_second_order_in_time_or_of_first_if_so_asked) {
  const Manufactured exact{{.d = 2, .p = 1.5, .slope = 0.5}, {fixed, periodic}, 0.5};
  for (const TimeOrder order : {TimeOrder::first, TimeOrder::second}) {
    auto options = exact.options();
    options.time_order = order;
    options.newton_tolerance = 1e-9;
    std::vector<std::vector<double>> fields;
    for (const int n_steps : {16, 32, 64}) {
      Body body(exact, 8, options);
      for (int step = 0; step < n_steps; ++step) body.conduction.advance(0.8 / n_steps, step);
      fields.push_back(body.field());
    }
    double coarse = 0.0, fine = 0.0;
    for (std::size_t i = 0; i < fields[0].size(); ++i) {
      coarse = std::max(coarse, std::abs(fields[0][i] - fields[1][i]));
      fine = std::max(fine, std::abs(fields[1][i] - fields[2][i]));
    }
    const double observed = std::log2(coarse / fine);
    if (world().is_root())
      std::printf("order in time %s: differences %.3g, %.3g K, observed order %.2f\n",
                  time_order_names[static_cast<std::size_t>(order)].first, coarse, fine, observed);
    EXPECT_GT(observed, order == TimeOrder::first ? 0.8 : 1.7);
    EXPECT_LT(observed, order == TimeOrder::first ? 1.3 : 2.5);
  }
}

TEST(HeatConduction, follows_the_analytic_solution_of_one_dimension) {
  const Manufactured exact{{.d = 1}, {fixed}};
  auto options = exact.options();
  options.source = {};
  grid::StructuredGrid grid(exact.box(64), 1, world());
  testing::PowerLawSolver solver(exact.law);
  HeatConduction conduction(
      grid, options, [](const auto&) { return Microstructure{}; }, solver, solver, nullptr);
  conduction.initialise([](const auto& x) { return 300.0 + 30.0 * std::sin(Manufactured::pi * x[0]); });
  constexpr double time = 0.1;
  for (int step = 0; step < 80; ++step) conduction.advance(time / 80, step);
  const double decay = std::exp(-Manufactured::pi * Manufactured::pi * time);
  const auto view = conduction.state();
  for (std::int64_t i = 0; i < view.rows().size(); ++i) {
    const double x = grid.extents().centre(0, grid.extents().first[0] + i);
    EXPECT_NEAR(view.rows()[i][0], 300.0 + 30.0 * decay * std::sin(Manufactured::pi * x), 30.0 * decay * 1e-3);
  }
}

}  // namespace
}  // namespace bimetal::conduction
