#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "fields.hpp"
#include "flow/face_fields.hpp"
#include "flow/momentum.hpp"
#include "grid/face_grid.hpp"
#include "petsc/error.hpp"

namespace bimetal::testing {

/// A velocity on the faces of a grid and a medium on its cells, both with ghosts.
struct Staggered {
  grid::StructuredGrid cells;
  grid::FaceGrid u_grid, medium_grid;
  flow::FaceFields fields;
  petsc::Handle<Vec> u, medium;  // this rank's with ghosts: [n ghosted points, n dimensions], [.., n_medium_columns]

  explicit Staggered(const grid::GridOptions& options, flow::ByEnd<flow::InflowProfile> inflow = {},
                     const parallel::Communicator& comm = world())
      : cells(options, 1, comm),
        u_grid(cells, cells.extents().dimensions),
        medium_grid(cells, flow::n_medium_columns),
        fields(cells, u_grid.layout(), std::move(inflow)),
        u(u_grid.create_local()),
        medium(medium_grid.create_local()) {}

  int dimensions() const { return cells.extents().dimensions; }
  /// Of the centre of cell (i, j, k) [m].
  flow::Position centre(std::int64_t i, std::int64_t j, std::int64_t k) const {
    const auto& e = cells.extents();
    return {e.centre(0, e.first[0] + i), e.centre(1, e.first[1] + j), e.centre(2, e.first[2] + k)};
  }
  /// Of the centre of its lower face along `axis` [m].
  flow::Position face(int axis, std::int64_t i, std::int64_t j, std::int64_t k) const {
    auto x = centre(i, j, k);
    x[static_cast<std::size_t>(axis)] -= 0.5 * cells.extents().spacing(axis);
    return x;
  }

  /// u_a = velocity(axis, position) on all faces, then what the ends make of it. Collective.
  template <class Function>
  void set_velocity(Function velocity) {
    set_faces([&](int c, auto... at) { return velocity(c, face(c, at...)); });
  }
  /// The same with velocity(axis, i, j, k). Collective.
  template <class Function>
  void set_faces(Function velocity) {
    fill(u_grid, u.get(), velocity);
    impose();
    // Once more, with what is given at the ends now known to all neighbours.
    const auto copy = u_grid.create_local();
    petsc::check(VecCopy(u.get(), copy.get()), "VecCopy");
    {
      const petsc::ConstVecRows rows(copy.get(), dimensions());
      fill(u_grid, u.get(),
           [&](int c, auto... at) { return rows.rows()[u_grid.layout().index(at...)][static_cast<std::size_t>(c)]; });
    }
    impose();
  }
  /// medium(column, position) in all cells, repeated beyond the ends. Collective.
  template <class Function>
  void set_medium(Function value) {
    fill(medium_grid, medium.get(), [&](int c, auto... at) { return value(c, centre(at...)); });
    const petsc::VecRows rows(medium.get(), flow::n_medium_columns);
    fields.repeat_beyond_ends(rows.rows());
  }

  petsc::ConstVecRows velocity_rows() const { return {u.get(), u_grid.n_components()}; }
  petsc::ConstVecRows medium_rows() const { return {medium.get(), flow::n_medium_columns}; }
  core::RowTable rates() const {
    const auto& owned = u_grid.layout().owned;
    return core::RowTable(dimensions(), owned[0] * owned[1] * owned[2]);
  }

  /// Calls visit(axis, i, j, k) for every face that is solved for on this rank.
  template <class Visit>
  void for_solved(Visit visit) const {
    for (int axis = 0; axis < dimensions(); ++axis)
      flow::for_points(fields.solved(axis), [&](auto i, auto j, auto k) { visit(axis, i, j, k); });
  }

  /// value(axis, i, j, k) of all faces that are solved for, by their global position, 0 elsewhere; on every rank.
  /// Collective.
  template <class Function>
  std::vector<double> gather_faces(Function value) const {
    const auto& e = cells.extents();
    const auto n = [&](std::size_t axis) { return e.cells[axis] + 1; };
    std::vector<double> all(static_cast<std::size_t>(n(0) * n(1) * n(2) * dimensions()));
    for_solved([&](int axis, auto i, auto j, auto k) {
      const auto point = e.first[0] + i + n(0) * (e.first[1] + j + n(1) * (e.first[2] + k));
      all[static_cast<std::size_t>(point * dimensions() + axis)] += value(axis, i, j, k);
    });
    cells.communicator().sum_in_place(std::span<double>(all));
    return all;
  }
  /// The same of rates.
  std::vector<double> gather_rates(core::ConstRows owned) const {
    return gather_faces([&](int axis, auto i, auto j, auto k) {
      return owned[u_grid.owned_index(i, j, k)][static_cast<std::size_t>(axis)];
    });
  }

 private:
  void impose() {
    const petsc::VecRows rows(u.get(), u_grid.n_components());
    fields.impose_on_velocity(rows.rows());
  }
  template <class Function>
  static void fill(const grid::FaceGrid& grid, Vec local, Function value) {
    const auto global = grid.create_global();
    {
      const petsc::VecRows rows(global.get(), grid.n_components());
      flow::for_points({{0, 0, 0}, grid.layout().owned}, [&](auto i, auto j, auto k) {
        for (int c = 0; c < grid.n_components(); ++c)
          rows.rows()[grid.owned_index(i, j, k)][static_cast<std::size_t>(c)] = value(c, i, j, k);
      });
    }
    grid.exchange_halo(global.get(), local);
  }
};

/// Product over the axes in use of sines of one turn over a box of 1 m, shifted by `phase` and differently along
/// each.
inline double wave(const flow::Position& x, int dimensions, double phase) {
  double product = 1.0;
  for (int axis = 0; axis < dimensions; ++axis)
    product *= std::sin(2.0 * std::numbers::pi * x[static_cast<std::size_t>(axis)] + phase + 1.3 * axis);
  return product;
}

}  // namespace bimetal::testing
