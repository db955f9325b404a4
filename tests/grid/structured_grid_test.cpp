#include "grid/structured_grid.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "../support/petsc_environment.hpp"
#include "core/error.hpp"
#include "petsc/rows.hpp"

namespace bimetal::grid {
namespace {

using bimetal::testing::world;
constexpr int n_components = 3;

struct Case {
  std::string name;
  GridOptions options;
};

std::vector<Case> cases() {
  constexpr auto periodic = Boundary::periodic, wall = Boundary::wall;
  return {{"1-D periodic", {{9}, {0.0}, {1.0}, {periodic}}},
          {"1-D walls", {{11}, {0.0}, {1.0}, {wall}}},
          {"2-D periodic", {{7, 10}, {0.0, 0.0}, {1.0, 2.0}, {periodic, periodic}}},
          {"2-D mixed", {{8, 5}, {0.0, 0.0}, {1.0, 2.0}, {wall, periodic}}},
          {"2-D smallest", {{4, 4}, {0.0, 0.0}, {1.0, 1.0}, {periodic, wall}}},
          {"3-D mixed", {{5, 6, 4}, {0.0, 0.0, 0.0}, {1.0, 1.0, 1.0}, {periodic, wall, periodic}}},
          {"3-D walls", {{4, 5, 6}, {0.0, 0.0, 0.0}, {1.0, 1.0, 1.0}, {wall, wall, wall}}}};
}

std::int64_t image(std::int64_t index, std::int64_t n, const Ends& boundary) {
  if (boundary == Boundary::periodic) return (index + n) % n;
  return std::min(std::max<std::int64_t>(index, 0), n - 1);
}

template <class Visit>
void for_owned(const Extents& e, Visit visit) {
  for (std::int64_t k = 0; k < e.owned[2]; ++k)
    for (std::int64_t j = 0; j < e.owned[1]; ++j)
      for (std::int64_t i = 0; i < e.owned[0]; ++i) visit(std::array<std::int64_t, 3>{i, j, k});
}

double mark(std::int64_t id, std::size_t component) {
  return 100.0 * static_cast<double>(id) + static_cast<double>(component);
}

void write_marks(const StructuredGrid& grid, Vec global) {
  const auto& e = grid.extents();
  const petsc::VecRows view(global, n_components);
  ASSERT_EQ(view.rows().size(), e.n_owned());
  std::int64_t row = 0;
  for_owned(e, [&](const auto& at) {
    const auto id = e.global_id(e.first[0] + at[0], e.first[1] + at[1], e.first[2] + at[2]);
    for (std::size_t c = 0; c < n_components; ++c) view.rows()[row][c] = mark(id, c);
    ++row;
  });
}

/// The cell and its star of two cells both ways along every axis; returns the number of wrong values.
int n_wrong_marks(const StructuredGrid& grid, Vec local) {
  const auto& e = grid.extents();
  const petsc::ConstVecRows view(local, n_components);
  EXPECT_EQ(view.rows().size(), grid.layout().n_cells());
  int wrong = 0;
  for_owned(e, [&](const auto& at) {
    for (std::size_t axis = 0; axis < static_cast<std::size_t>(e.dimensions); ++axis)
      for (std::int64_t shift = -halo_width; shift <= halo_width; ++shift) {
        auto there = at;
        there[axis] += shift;
        std::array<std::int64_t, 3> source{};
        for (std::size_t a = 0; a < 3; ++a)
          source[a] = image(e.first[a] + there[a], e.cells[a], grid.boundary(static_cast<int>(a)));
        const auto id = e.global_id(source[0], source[1], source[2]);
        const auto row = view.rows()[grid.layout().index(there[0], there[1], there[2])];
        for (std::size_t c = 0; c < n_components; ++c) wrong += row[c] != mark(id, c);
      }
  });
  return wrong;
}

TEST(StructuredGrid, fills_periodic_and_zero_gradient_ghosts_with_the_right_cells) {
  for (const auto& [name, options] : cases()) {
    const StructuredGrid grid(options, n_components, world());
    const auto global = grid.create_global();
    const auto local = grid.create_local();
    write_marks(grid, global.get());
    grid.exchange_halo(global.get(), local.get());
    EXPECT_EQ(n_wrong_marks(grid, local.get()), 0) << name;
  }
}

TEST(StructuredGrid, gives_every_cell_to_one_rank) {
  for (const auto& [name, options] : cases()) {
    const StructuredGrid grid(options, n_components, world());
    const auto& e = grid.extents();
    std::vector<std::int64_t> owners(static_cast<std::size_t>(e.n_cells()));
    for_owned(e, [&](const auto& at) {
      ++owners[static_cast<std::size_t>(e.global_id(e.first[0] + at[0], e.first[1] + at[1], e.first[2] + at[2]))];
    });
    world().sum_in_place(std::span<std::int64_t>(owners));
    for (const auto count : owners) EXPECT_EQ(count, 1) << name;
    for (int axis = 0; axis < e.dimensions; ++axis) EXPECT_GE(e.owned[static_cast<std::size_t>(axis)], halo_width);
  }
}

TEST(StructuredGrid, makes_axes_beyond_its_own_as_thick_as_a_cell_of_x) {
  const StructuredGrid grid({{8}, {0.0}, {0.4}, {Boundary::wall}}, 1, world());
  EXPECT_DOUBLE_EQ(grid.extents().spacing(1), 0.05);
  EXPECT_DOUBLE_EQ(grid.extents().spacing(2), 0.05);
}

std::string refusal(const GridOptions& options) {
  try {
    const StructuredGrid grid(options, 10, world());
  } catch (const core::UserError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(StructuredGrid, knows_which_ranks_are_at_its_ends) {
  for (const auto& [name, options] : cases()) {
    const StructuredGrid grid(options, 1, world());
    const auto& e = grid.extents();
    for (int axis = 0; axis < e.dimensions; ++axis) {
      const auto a = static_cast<std::size_t>(axis);
      EXPECT_EQ(grid.at_end(axis, 0), e.first[a] == 0) << name;
      EXPECT_EQ(grid.at_end(axis, 1), e.first[a] + e.owned[a] == e.cells[a]) << name;
      // The planes of cells at both ends are complete.
      for (int end = 0; end < 2; ++end)
        EXPECT_EQ(world().sum(grid.at_end(axis, end) ? e.n_owned() / e.owned[a] : 0), e.n_cells() / e.cells[a])
            << name;
    }
  }
}

TEST(StructuredGrid, is_closed_unless_gas_can_pass_somewhere) {
  const Ends pipe{Boundary::inflow, Boundary::outflow}, lid{Boundary::wall, Boundary::slip_wall};
  const auto closed = [](const std::vector<Ends>& boundary) {
    const std::size_t n = boundary.size();
    const GridOptions options{std::vector<std::int64_t>(n, 8), std::vector<double>(n, 0.0),
                              std::vector<double>(n, 1.0), boundary};
    return StructuredGrid(options, 1, world()).closed();
  };
  EXPECT_TRUE(closed({Boundary::periodic}));
  EXPECT_TRUE(closed({lid, Boundary::periodic, Boundary::wall}));
  EXPECT_FALSE(closed({pipe}));
  EXPECT_FALSE(closed({lid, Ends{Boundary::wall, Boundary::inflow}}));
  EXPECT_FALSE(closed({Boundary::periodic, lid, Ends{Boundary::outflow, Boundary::wall}}));
}

TEST(Ends, are_those_of_an_axis_in_their_order) {
  const Ends pipe{Boundary::inflow, Boundary::outflow}, walls = Boundary::wall;
  EXPECT_EQ(pipe[0], Boundary::inflow);
  EXPECT_EQ(pipe[1], Boundary::outflow);
  EXPECT_TRUE(pipe.has(Boundary::inflow) && pipe.has(Boundary::outflow));
  EXPECT_FALSE(pipe.has(Boundary::wall) || walls.has(Boundary::slip_wall));
  EXPECT_EQ(walls, (Ends{Boundary::wall, Boundary::wall}));
  EXPECT_NE(pipe, (Ends{Boundary::outflow, Boundary::inflow}));
}

TEST(StructuredGrid, refuses_too_few_cells_for_the_ranks_with_the_same_sentence_everywhere) {
  const std::int64_t too_few = 2 * world().size() - 1;
  const std::string mine = refusal({{too_few}, {0.0}, {1.0}, {Boundary::periodic}});
  std::string roots = mine;
  world().broadcast(roots);
  EXPECT_EQ(mine, roots);
  EXPECT_NE(mine.find("at least 2"), std::string::npos) << mine;
}

TEST(StructuredGrid, refuses_options_that_do_not_fit_together) {
  constexpr auto periodic = Boundary::periodic;
  EXPECT_NE(refusal({{16, 16}, {0.0}, {1.0}, {periodic}}).find("2 axes"), std::string::npos);
  EXPECT_NE(refusal({{16}, {1.0}, {0.5}, {periodic}}).find("upper end must be above"), std::string::npos);
  EXPECT_NE(refusal({{70000, 70000}, {0.0, 0.0}, {1.0, 1.0}, {periodic, periodic}}).find("64-bit"),
            std::string::npos);
  EXPECT_NE(refusal({{}, {}, {}, {}}).find("1, 2 or 3"), std::string::npos);
  for (const auto& half : {Ends{periodic, Boundary::wall}, Ends{Boundary::outflow, periodic}})
    EXPECT_NE(refusal({{16, 16}, {0.0, 0.0}, {1.0, 1.0}, {periodic, half}}).find("along y at one end only"),
              std::string::npos);
}

}  // namespace
}  // namespace bimetal::grid
