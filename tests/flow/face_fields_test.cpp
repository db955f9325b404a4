#include "flow/face_fields.hpp"

#include <gtest/gtest.h>

#include <string>

#include "staggered.hpp"

namespace bimetal::flow {
namespace {

using bimetal::testing::Staggered;
using bimetal::testing::wave;
using bimetal::testing::world;
using grid::Boundary;
using grid::Ends;

struct Case {
  std::string name;
  grid::GridOptions options;
};

grid::GridOptions unit_box(std::vector<std::int64_t> cells, std::vector<Ends> boundary) {
  const std::size_t n = cells.size();
  return {std::move(cells), std::vector<double>(n, 0.0), std::vector<double>(n, 1.0), std::move(boundary)};
}

/// Every kind of end at both ends of some axis, and beside every other kind.
std::vector<Case> cases() {
  const Ends periodic = Boundary::periodic, wall = Boundary::wall, slip = Boundary::slip_wall;
  const Ends pipe{Boundary::inflow, Boundary::outflow}, back{Boundary::outflow, Boundary::inflow};
  const Ends floor{Boundary::wall, Boundary::slip_wall}, jets = Boundary::inflow, open = Boundary::outflow;
  return {{"1-D pipe", unit_box({8}, {pipe})},
          {"1-D walls", unit_box({8}, {floor})},
          {"2-D channel", unit_box({8, 9}, {pipe, wall})},
          {"2-D channel downwards", unit_box({9, 8}, {floor, back})},
          {"2-D jets", unit_box({8, 8}, {jets, open})},
          {"2-D wavy", unit_box({8, 8}, {periodic, slip})},
          {"3-D channel", unit_box({6, 5, 4}, {pipe, floor, wall})},
          {"3-D open", unit_box({4, 6, 5}, {open, periodic, back})}};
}

double profile(const Position& x) { return 3.0 + x[0] - 2.0 * x[1] + 0.5 * x[2]; }

ByEnd<InflowProfile> profiles(int dimensions) {
  const auto of_box = [dimensions](const Position& x) {
    Position used{};
    for (std::size_t axis = 0; axis < static_cast<std::size_t>(dimensions); ++axis) used[axis] = x[axis];
    return profile(used);
  };
  ByEnd<InflowProfile> all;
  for (auto& axis : all) axis = {of_box, of_box};
  return all;
}

Staggered made(const grid::GridOptions& options, const parallel::Communicator& comm = world()) {
  const int dimensions = static_cast<int>(options.cells.size());
  return Staggered(options, profiles(dimensions), comm);
}

double velocity(int dimensions, int axis, const Position& x) { return 0.3 * axis + wave(x, dimensions, 1.0 + axis); }

/// An end of the box at this rank.
struct End {
  int axis, end;
  Boundary kind;
  std::int64_t outward;  // to the next point in that direction
};

/// Calls visit(end, i, j, k) for the owned points in the plane of faces, or of cells, at every end.
enum class Plane { faces, cells };
template <class Visit>
void for_ends(const Staggered& run, Plane kind_of_plane, Visit visit) {
  const auto& e = run.cells.extents();
  for (int axis = 0; axis < e.dimensions; ++axis)
    for (int end = 0; end < 2; ++end) {
      if (run.cells.periodic(axis) || !run.cells.at_end(axis, end)) continue;
      const auto a = static_cast<std::size_t>(axis);
      const std::int64_t stride = run.u_grid.layout().stride[a];
      const End here{axis, end, run.cells.boundary(axis)[static_cast<std::size_t>(end)], end == 0 ? -stride : stride};
      PointBox plane = run.fields.cells();
      plane.begin[a] = end == 0 ? 0 : kind_of_plane == Plane::faces ? e.owned[a] : e.owned[a] - 1;
      plane.end[a] = plane.begin[a] + 1;
      for_points(plane, [&](auto... at) { visit(here, at...); });
    }
}

TEST(FaceFields, give_the_normal_velocity_at_walls_and_inflows_and_leave_it_free_at_outflows) {
  for (const auto& [name, options] : cases()) {
    Staggered run = made(options);
    const int n = run.dimensions();
    run.set_velocity([n](int axis, const Position& x) { return velocity(n, axis, x); });
    const auto view = run.velocity_rows();
    for_ends(run, Plane::faces, [&](const End& end, auto... at) {
      const std::int64_t face = run.u_grid.layout().index(at...);
      const auto u = [&](int layer) {
        return view.rows()[face + layer * end.outward][static_cast<std::size_t>(end.axis)];
      };
      Position x = run.face(end.axis, at...);
      for (std::size_t b = static_cast<std::size_t>(n); b < 3; ++b) x[b] = 0.0;
      const double given = end.kind == Boundary::inflow    ? profile(x)
                           : end.kind == Boundary::outflow ? velocity(n, end.axis, x)
                                                           : 0.0;
      EXPECT_NEAR(u(0), given, 1e-14) << name;
      for (const int layer : {1, 2}) {
        const double expected = end.kind == Boundary::outflow ? given : 2.0 * given - u(-layer);
        EXPECT_NEAR(u(layer), expected, 1e-13) << name;
      }
    });
  }
}

TEST(FaceFields, hold_the_gas_along_walls_and_inflows_and_let_it_slip_elsewhere) {
  for (const auto& [name, options] : cases()) {
    Staggered run = made(options);
    const int n = run.dimensions();
    run.set_velocity([n](int axis, const Position& x) { return velocity(n, axis, x); });
    const auto view = run.velocity_rows();
    for_ends(run, Plane::cells, [&](const End& end, auto... at) {
      const std::int64_t cell = run.u_grid.layout().index(at...);
      for (int c = 0; c < n; ++c) {
        if (c == end.axis) continue;
        // Layer 0 is the cell before the end, layer 1 the first beyond.
        const auto u = [&](int layer) {
          return view.rows()[cell + layer * end.outward][static_cast<std::size_t>(c)];
        };
        for (const int beyond : {1, 2}) {
          const double inside = u(1 - beyond);
          switch (end.kind) {
            case Boundary::wall:
            case Boundary::inflow: EXPECT_EQ(u(beyond) + inside, 0.0) << name; break;
            case Boundary::slip_wall: EXPECT_EQ(u(beyond), inside) << name; break;
            default: EXPECT_EQ(u(beyond), u(0)) << name;
          }
        }
      }
    });
  }
}

TEST(FaceFields, mirror_both_ways_in_the_corner_of_two_walls) {
  Staggered run(unit_box({6, 6}, {Boundary::wall, Boundary::slip_wall}), {}, parallel::Communicator());
  run.set_velocity([](int axis, const Position& x) { return velocity(2, axis, x); });
  const auto view = run.velocity_rows();
  const auto u = [&](std::int64_t i, std::int64_t j) { return view.rows()[run.u_grid.layout().index(i, j, 0)]; };
  // u lies on the wall and turns round it, and slips along y; v turns at the wall and at its own.
  EXPECT_EQ(u(-1, -1)[0], -u(1, 0)[0]);
  EXPECT_EQ(u(7, 6)[0], -u(5, 5)[0]);
  EXPECT_EQ(u(-1, -1)[1], u(0, 1)[1]);
  EXPECT_EQ(u(6, 7)[1], u(5, 5)[1]);
}

TEST(FaceFields, repeat_what_belongs_to_cells_beyond_the_ends_and_let_a_column_vanish_at_outflows) {
  for (const auto& [name, options] : cases()) {
    Staggered run = made(options);
    const int n = run.dimensions();
    run.set_medium([n](int column, const Position& x) { return 2.0 + column + wave(x, n, column); });
    {
      const petsc::VecRows rows(run.medium.get(), n_medium_columns);
      run.fields.vanish_at_outflows(rows.rows(), pressure_column);
    }
    const auto view = run.medium_rows();
    for_ends(run, Plane::cells, [&](const End& end, auto... at) {
      const std::int64_t cell = run.u_grid.layout().index(at...);
      const auto inside = view.rows()[cell], beyond = view.rows()[cell + end.outward];
      for (const auto column : {viscosity_column, volume_column}) EXPECT_EQ(beyond[column], inside[column]) << name;
      const double sign = end.kind == Boundary::outflow ? -1.0 : 1.0;
      EXPECT_EQ(beyond[pressure_column], sign * inside[pressure_column]) << name;
    });
  }
}

TEST(FaceFields, solve_for_every_face_once_but_for_those_at_walls_and_inflows) {
  for (const auto& [name, options] : cases()) {
    const Staggered run = made(options);
    const auto& cells = run.cells.extents().cells;
    const auto times = run.gather_faces([](auto...) { return 1.0; });
    std::size_t next = 0;
    for (std::int64_t k = 0; k <= cells[2]; ++k)
      for (std::int64_t j = 0; j <= cells[1]; ++j)
        for (std::int64_t i = 0; i <= cells[0]; ++i)
          for (int axis = 0; axis < run.dimensions(); ++axis) {
            const std::array<std::int64_t, 3> at{i, j, k};
            bool solved = true;
            for (int b = 0; b < 3; ++b) {
              const auto along = static_cast<std::size_t>(b);
              if (b != axis) {
                solved = solved && at[along] < cells[along];
              } else {
                const bool upper = at[along] == cells[along];
                const Boundary kind = run.cells.boundary(b)[upper ? 1 : 0];
                if (upper || at[along] == 0)
                  solved = solved && (kind == Boundary::outflow || (kind == Boundary::periodic && !upper));
              }
            }
            EXPECT_EQ(times[next++], solved ? 1.0 : 0.0) << name << ", face " << i << ", " << j << ", " << k;
          }
  }
}

/// All that a rank sees of its own faces' surroundings, ghosts of ghosts in corners included.
double surroundings(const Staggered& run, core::ConstRows u, std::int64_t i, std::int64_t j, std::int64_t k) {
  const auto& layout = run.u_grid.layout();
  double sum = 0.0, weight = 1.0;
  for (std::int64_t dk = -layout.width[2]; dk <= layout.width[2]; ++dk)
    for (std::int64_t dj = -layout.width[1]; dj <= layout.width[1]; ++dj)
      for (std::int64_t di = -layout.width[0]; di <= layout.width[0]; ++di)
        for (const double value : u[layout.index(i + di, j + dj, k + dk)]) sum += (weight += 0.1) * value;
  return sum;
}

TEST(FaceFields, look_the_same_on_any_number_of_ranks_edges_and_corners_included) {
  for (const auto& [name, options] : cases()) {
    Staggered together = made(options), alone = made(options, parallel::Communicator());
    std::array<std::vector<double>, 2> seen;
    for (std::size_t r = 0; r < 2; ++r) {
      Staggered& run = r == 0 ? together : alone;
      const int n = run.dimensions();
      run.set_velocity([n](int axis, const Position& x) { return velocity(n, axis, x); });
      const auto view = run.velocity_rows();
      seen[r] = run.gather_faces([&](int, auto... at) { return surroundings(run, view.rows(), at...); });
    }
    EXPECT_EQ(seen[0], seen[1]) << name;
  }
}

}  // namespace
}  // namespace bimetal::flow
