#include "flow/pressure_solver.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <limits>
#include <numeric>
#include <string>

#include "core/error.hpp"
#include "core/random.hpp"
#include "fields.hpp"
#include "petsc/error.hpp"

namespace bimetal::flow {
namespace {

using bimetal::testing::box;
using bimetal::testing::for_rows;
using bimetal::testing::gather;
using bimetal::testing::observed_order;
using bimetal::testing::world;
using grid::Boundary;
using grid::Ends;

constexpr double pi = std::numbers::pi;
constexpr auto periodic = Boundary::periodic, wall = Boundary::wall, slip = Boundary::slip_wall,
               inflow = Boundary::inflow, outflow = Boundary::outflow;

/// A solver on a box of 1 m along every axis with its vectors; phi starts from zero.
struct Problem {
  grid::StructuredGrid cells;
  PressureSolver solver;
  petsc::Handle<Vec> b, phi;

  Problem(std::int64_t n, const std::vector<Ends>& boundary, const parallel::Communicator& comm = world())
      : cells(options(n, boundary), 1, comm), solver(cells), b(cells.create_global()), phi(cells.create_global()) {
    petsc::check(VecSet(phi.get(), 0.0), "VecSet");
  }

  /// Sets b to value(angles, one turn over the box); where phi is free by a constant, less its mean.
  template <class Function>
  void set_b(Function value) {
    bimetal::testing::fill_rows(cells, b.get(), [&](auto angle, auto row) { row[0] = value(angle); });
  }
  PressureSolver::Report solve(double relative_tolerance) {
    PetscReal norm = 0.0;
    petsc::check(VecNorm(b.get(), NORM_2, &norm), "VecNorm");
    return solver.solve(b.get(), phi.get(), relative_tolerance * norm);
  }

 private:
  static grid::GridOptions options(std::int64_t n, const std::vector<Ends>& boundary) {
    auto result = box(std::vector<std::int64_t>(boundary.size(), n), wall, 1.0);
    result.boundary = boundary;
    return result;
  }
};

/// cos(k x - shift): the solution between these ends, k^2 times it the right-hand side.
struct Mode {
  double k, shift;
};

Mode mode_of(const Ends& ends) {
  if (ends == periodic) return {2.0 * pi, 0.4};
  if (ends.lower == outflow) return {ends.upper == outflow ? pi : 0.5 * pi, 0.5 * pi};
  return {ends.upper == outflow ? 1.5 * pi : pi, 0.0};
}

/// Largest error of phi against the product of the modes of all axes.
double error_of(std::int64_t n, const std::vector<Ends>& boundary) {
  Problem problem(n, boundary);
  const auto exact = [&](std::span<const double> angle) {
    double product = 1.0;
    for (std::size_t axis = 0; axis < angle.size(); ++axis) {
      const Mode mode = mode_of(boundary[axis]);
      product *= std::cos(mode.k * angle[axis] / (2.0 * pi) - mode.shift);
    }
    return product;
  };
  double squares = 0.0;
  for (const auto& ends : boundary) squares += std::pow(mode_of(ends).k, 2);
  problem.set_b([&](auto angle) { return squares * exact(angle); });
  problem.solve(1e-12);
  double error = 0.0;
  const petsc::ConstVecRows phi(problem.phi.get(), 1);
  for_rows(problem.cells.extents(),
           [&](auto row, auto angle) { error = std::max(error, std::abs(phi.rows()[row][0] - exact(angle))); });
  return world().max(error);
}

struct Manufactured {
  const char* name;
  std::vector<Ends> boundary;
  std::vector<std::int64_t> cells;
};

TEST(PressureSolver, approaches_exact_solutions_between_all_kinds_of_ends_with_second_order) {
  const Ends pipe{inflow, outflow}, back{outflow, inflow};
  const std::vector<Manufactured> table{
      {"1-D periodic", {periodic}, {32, 64, 128}},          {"1-D pipe", {pipe}, {32, 64, 128}},
      {"2-D periodic", {periodic, periodic}, {16, 32, 64}}, {"2-D walls", {wall, slip}, {16, 32, 64}},
      {"2-D open", {outflow, outflow}, {16, 32, 64}},       {"2-D channel", {pipe, wall}, {16, 32, 64}},
      {"2-D chimney", {periodic, back}, {16, 32, 64}},      {"3-D channel", {back, wall, periodic}, {12, 24}},
      {"3-D walls", {wall, inflow, slip}, {12, 24}},
  };
  if (world().is_root()) std::printf("%-14s %6s %11s %6s\n", "ends", "cells", "error", "order");
  for (const auto& entry : table) {
    double before = std::numeric_limits<double>::infinity();
    for (const auto n : entry.cells) {
      const double error = error_of(n, entry.boundary), order = observed_order(before, error);
      if (world().is_root())
        std::printf("%-14s %4d^%zu %11.3e %6.2f\n", entry.name, static_cast<int>(n), entry.boundary.size(), error,
                    order);
      EXPECT_GT(order, 1.9) << entry.name;
      before = error;
    }
  }
}

/// Rough, and the same on any number of ranks.
double noise(std::span<const double> angle) {
  std::uint64_t id = 0;
  for (const double a : angle) id = 10000 * id + static_cast<std::uint64_t>(1000.0 * a);
  return core::random_uniform(2, core::Purpose::initial, id, 0) - 0.5;
}

TEST(PressureSolver, needs_as_few_iterations_on_fine_grids_as_on_coarse_ones) {
  const std::vector<Manufactured> table{{"periodic", {periodic, periodic}, {32, 64, 128, 256}},
                                        {"walls", {wall, wall}, {32, 64, 128, 256}},
                                        {"channel", {Ends{inflow, outflow}, wall}, {32, 64, 128, 256}}};
  if (world().is_root()) std::printf("%-14s %6s %11s\n", "ends", "cells", "iterations");
  for (const auto& entry : table)
    for (const auto n : entry.cells) {
      Problem problem(n, entry.boundary);
      problem.set_b(noise);
      const auto report = problem.solve(problem.solver.relative_tolerance());
      if (world().is_root()) std::printf("%-14s %4d^2 %11d\n", entry.name, static_cast<int>(n), report.iterations);
      EXPECT_LE(report.iterations, 12) << entry.name << ", " << n << "^2";
    }
}

/// 2-norm of b + div grad phi with a stencil written out anew; both without their mean if `closed`.
double residual_of(const Problem& problem, std::int64_t n, const std::vector<double>& b,
                   const std::vector<Ends>& ends) {
  const auto phi = gather(problem.cells, problem.phi.get());
  const auto at = [&](std::int64_t i, std::int64_t j) { return phi[static_cast<std::size_t>(i + n * j)]; };
  double sum = 0.0;
  for (std::int64_t j = 0; j < n; ++j)
    for (std::int64_t i = 0; i < n; ++i) {
      const auto beyond = [&](std::int64_t index, const Ends& axis, auto value) {
        if (index >= 0 && index < n) return value(index);
        if (axis == periodic) return value((index + n) % n);
        return (axis[index < 0 ? 0 : 1] == outflow ? -1.0 : 1.0) * at(i, j);
      };
      double laplacian = -4.0 * at(i, j);
      for (const std::int64_t side : {-1, 1}) {
        laplacian += beyond(i + side, ends[0], [&](std::int64_t there) { return at(there, j); });
        laplacian += beyond(j + side, ends[1], [&](std::int64_t there) { return at(i, there); });
      }
      sum += std::pow(b[static_cast<std::size_t>(i + n * j)] + laplacian * static_cast<double>(n * n), 2);
    }
  return std::sqrt(sum);
}

TEST(PressureSolver, solves_to_the_tolerance_asked_for_and_reports_the_residual_it_has) {
  const std::vector<Ends> channel{Ends{inflow, outflow}, wall}, ring{periodic, slip};
  for (const auto& ends : {channel, ring})
    for (const double tolerance : {1e-3, 1e-7}) {
      Problem problem(24, ends);
      problem.set_b([](auto angle) { return std::sin(angle[0]) * (1.0 + std::cos(3.0 * angle[1])); });
      const auto b = gather(problem.cells, problem.b.get());
      const auto report = problem.solver.solve(problem.b.get(), problem.phi.get(), tolerance);
      const double residual = residual_of(problem, 24, b, ends);
      EXPECT_LE(residual, 1.001 * tolerance);
      EXPECT_GT(residual, 1e-4 * tolerance) << "tolerances would be idle";
      EXPECT_NEAR(residual, report.residual, 1e-3 * residual + 1e-11);
    }
}

TEST(PressureSolver, leaves_no_constant_in_what_is_known_up_to_one) {
  for (const auto& ends : {std::vector<Ends>{periodic, periodic}, {wall, slip}, {inflow, wall}, {periodic}}) {
    Problem problem(32, ends);
    problem.set_b([](auto angle) { return 3.0 + noise(angle); });  // its mean is taken out
    problem.solve(1e-10);
    const auto phi = gather(problem.cells, problem.phi.get());
    double sum = 0.0, scale = 0.0;
    for (const double value : phi) {
      sum += value;
      scale += std::abs(value);
    }
    EXPECT_GT(scale, 0.0);
    EXPECT_LT(std::abs(sum), 1e-12 * scale);
  }
}

TEST(PressureSolver, gives_the_same_answer_on_any_number_of_ranks) {
  for (const auto& ends :
       {std::vector<Ends>{periodic, periodic}, {Ends{inflow, outflow}, wall}, {wall, periodic, slip}}) {
    Problem together(9, ends), alone(9, ends, parallel::Communicator());
    for (Problem* problem : {&together, &alone}) {
      problem->set_b(noise);
      problem->solve(1e-12);
    }
    const auto a = gather(together.cells, together.phi.get()), b = gather(alone.cells, alone.phi.get());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-11);
  }
}

/// An option of PETSc's for as long as this lives.
class Option {
 public:
  Option(const char* name, const char* value) : name_(name) {
    petsc::check(PetscOptionsSetValue(nullptr, name, value), "PetscOptionsSetValue");
  }
  ~Option() { static_cast<void>(PetscOptionsClearValue(nullptr, name_)); }
  Option(const Option&) = delete;
  Option& operator=(const Option&) = delete;

 private:
  const char* name_;
};

TEST(PressureSolver, is_within_reach_of_petscs_options) {
  const Option tolerance("-pressure_ksp_rtol", "1e-5");
  EXPECT_EQ(Problem(8, {periodic, periodic}).solver.relative_tolerance(), 1e-5);
}

TEST(PressureSolver, tells_every_rank_when_it_cannot_converge) {
  const Option one_iteration("-pressure_ksp_max_it", "1");
  Problem problem(64, {wall, wall});
  problem.set_b(noise);
  try {
    problem.solve(1e-10);
    ADD_FAILURE() << "converged in one iteration";
  } catch (const core::RuntimeFailure& failure) {
    EXPECT_NE(std::string(failure.what()).find("after 1 iterations"), std::string::npos) << failure.what();
  }
}

TEST(PressureSolver, tells_every_rank_when_one_has_lost_its_numbers_and_works_again_after_that) {
  Problem problem(16, {Ends{inflow, outflow}, wall});
  problem.set_b(
      [](auto angle) { return angle[0] < 0.3 && angle[1] < 0.3 ? std::numeric_limits<double>::quiet_NaN() : 1.0; });
  EXPECT_THROW(problem.solver.solve(problem.b.get(), problem.phi.get(), 1e-6), core::RuntimeFailure);
  problem.set_b(noise);
  petsc::check(VecSet(problem.phi.get(), 0.0), "VecSet");
  EXPECT_LE(problem.solve(1e-8).iterations, 12);
}

}  // namespace
}  // namespace bimetal::flow
