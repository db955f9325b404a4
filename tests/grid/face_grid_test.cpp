#include "grid/face_grid.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "../support/petsc_environment.hpp"
#include "petsc/error.hpp"
#include "petsc/rows.hpp"

namespace bimetal::grid {
namespace {

using bimetal::testing::world;
using Index = std::array<std::int64_t, 3>;
constexpr int n_components = 2;
constexpr double untouched = -7.0;

struct Case {
  std::string name;
  GridOptions options;
};

std::vector<Case> cases() {
  constexpr auto periodic = Boundary::periodic, wall = Boundary::wall;
  const Ends pipe{Boundary::inflow, Boundary::outflow};
  return {{"1-D periodic", {{9}, {0.0}, {1.0}, {periodic}}},
          {"1-D pipe", {{8}, {0.0}, {1.0}, {pipe}}},
          {"2-D periodic", {{7, 10}, {0.0, 0.0}, {1.0, 2.0}, {periodic, periodic}}},
          {"2-D channel", {{8, 5}, {0.0, 0.0}, {1.0, 2.0}, {pipe, wall}}},
          {"2-D smallest", {{4, 4}, {0.0, 0.0}, {1.0, 1.0}, {periodic, wall}}},
          {"3-D periodic", {{5, 6, 4}, {0.0, 0.0, 0.0}, {1.0, 1.0, 1.0}, {periodic, periodic, periodic}}},
          {"3-D mixed", {{4, 5, 6}, {0.0, 0.0, 0.0}, {1.0, 1.0, 1.0}, {wall, periodic, pipe}}}};
}

/// How many points the whole grid has along an axis.
std::int64_t n_points(const StructuredGrid& cells, std::size_t axis) {
  const bool more = static_cast<int>(axis) < cells.extents().dimensions && !cells.periodic(static_cast<int>(axis));
  return cells.extents().cells[axis] + (more ? 1 : 0);
}

double mark(const StructuredGrid& cells, const Index& point, std::size_t component) {
  const auto id = point[0] + n_points(cells, 0) * (point[1] + n_points(cells, 1) * point[2]);
  return 10.0 * static_cast<double>(id) + static_cast<double>(component);
}

/// The global point that a point of this rank, ghost or not, is a copy of; none beyond an end.
std::optional<Index> source(const StructuredGrid& cells, const Index& at) {
  Index point{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::int64_t n = n_points(cells, axis), global = cells.extents().first[axis] + at[axis];
    point[axis] = cells.periodic(static_cast<int>(axis)) ? (global + n) % n : global;
    if (point[axis] < 0 || point[axis] >= n) return std::nullopt;
  }
  return point;
}

/// Visits the owned points, and `ghosts` layers around them along the axes in use.
template <class Visit>
void for_points(const FaceGrid& grid, bool with_ghosts, Visit visit) {
  const auto& layout = grid.layout();
  Index begin{}, end = layout.owned;
  for (std::size_t axis = 0; with_ghosts && axis < 3; ++axis) {
    begin[axis] -= layout.width[axis];
    end[axis] += layout.width[axis];
  }
  for (std::int64_t k = begin[2]; k < end[2]; ++k)
    for (std::int64_t j = begin[1]; j < end[1]; ++j)
      for (std::int64_t i = begin[0]; i < end[0]; ++i) visit(Index{i, j, k});
}

TEST(FaceGrid, fills_ghosts_with_their_edges_and_corners_and_leaves_those_beyond_ends_alone) {
  for (const auto& [name, options] : cases()) {
    const StructuredGrid cells(options, 1, world());
    const FaceGrid grid(cells, n_components);
    const auto global = grid.create_global();
    const auto local = grid.create_local();
    petsc::check(VecSet(local.get(), untouched), "VecSet");
    {
      const petsc::VecRows view(global.get(), n_components);
      for_points(grid, false, [&](const Index& at) {
        const auto row = view.rows()[grid.owned_index(at[0], at[1], at[2])];
        for (std::size_t c = 0; c < n_components; ++c) row[c] = mark(cells, source(cells, at).value(), c);
      });
    }
    grid.exchange_halo(global.get(), local.get());
    const petsc::ConstVecRows view(local.get(), n_components);
    ASSERT_EQ(view.rows().size(), grid.layout().n_cells()) << name;
    int wrong = 0;
    for_points(grid, true, [&](const Index& at) {
      const auto row = view.rows()[grid.layout().index(at[0], at[1], at[2])];
      const auto point = source(cells, at);
      for (std::size_t c = 0; c < n_components; ++c) wrong += row[c] != (point ? mark(cells, *point, c) : untouched);
    });
    EXPECT_EQ(wrong, 0) << name;
  }
}

TEST(FaceGrid, has_one_point_more_than_cells_along_axes_that_are_not_periodic) {
  for (const auto& [name, options] : cases()) {
    const StructuredGrid cells(options, 1, world());
    const FaceGrid grid(cells, n_components);
    const auto& owned = grid.layout().owned;
    std::int64_t all = 1;
    for (int axis = 0; axis < 3; ++axis) {
      const auto a = static_cast<std::size_t>(axis);
      const bool extra = axis < cells.extents().dimensions && !cells.periodic(axis) && cells.at_end(axis, 1);
      EXPECT_EQ(owned[a], cells.extents().owned[a] + (extra ? 1 : 0)) << name << ", axis " << axis;
      all *= n_points(cells, a);
    }
    EXPECT_EQ(world().sum(owned[0] * owned[1] * owned[2]), all) << name;
  }
}

TEST(FaceGrid, gives_every_rank_the_points_of_its_cells_in_the_order_of_its_vector) {
  for (const auto& [name, options] : cases()) {
    const StructuredGrid cells(options, 1, world());
    const FaceGrid grid(cells, n_components);
    const auto global = grid.create_global();
    const petsc::ConstVecRows view(global.get(), n_components);
    std::int64_t next = 0;
    for_points(grid, false,
               [&](const Index& at) { EXPECT_EQ(grid.owned_index(at[0], at[1], at[2]), next++) << name; });
    EXPECT_EQ(view.rows().size(), next) << name;
  }
}

}  // namespace
}  // namespace bimetal::grid
