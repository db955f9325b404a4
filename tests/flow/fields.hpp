#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

#include "../support/petsc_environment.hpp"
#include "grid/structured_grid.hpp"
#include "petsc/rows.hpp"

namespace bimetal::testing {

/// A box of 1 cm along every axis, of cells.size() axes.
inline grid::GridOptions box(std::vector<std::int64_t> cells, const grid::Ends& boundary = grid::Boundary::periodic,
                             double length = 0.01) {
  const std::size_t n = cells.size();
  return {std::move(cells), std::vector<double>(n, 0.0), std::vector<double>(n, length),
          std::vector<grid::Ends>(n, boundary)};
}

/// Calls visit(row index, angles along the axes in use, one turn over the box) for every owned cell.
template <class Visit>
void for_rows(const grid::Extents& e, Visit visit) {
  const auto angle = [&](int axis, std::int64_t i) {
    return 2.0 * std::numbers::pi * (static_cast<double>(i) + 0.5) /
           static_cast<double>(e.cells[static_cast<std::size_t>(axis)]);
  };
  std::int64_t row = 0;
  for (std::int64_t k = e.first[2]; k < e.first[2] + e.owned[2]; ++k)
    for (std::int64_t j = e.first[1]; j < e.first[1] + e.owned[1]; ++j)
      for (std::int64_t i = e.first[0]; i < e.first[0] + e.owned[0]; ++i) {
        const std::array<double, 3> angles{angle(0, i), angle(1, j), angle(2, k)};
        visit(row++, std::span<const double>(angles.data(), static_cast<std::size_t>(e.dimensions)));
      }
}

/// Fills a global vector with fill(angles, row).
template <class Fill>
void fill_rows(const grid::StructuredGrid& grid, Vec vector, Fill fill) {
  const petsc::VecRows view(vector, grid.n_components());
  for_rows(grid.extents(), [&](std::int64_t row, std::span<const double> angle) { fill(angle, view.rows()[row]); });
}

/// The whole field by global cell id, [n_cells, n_components], on every rank. Collective.
inline std::vector<double> gather(const grid::StructuredGrid& grid, core::ConstRows owned) {
  const auto& e = grid.extents();
  const auto width = static_cast<std::size_t>(owned.width());
  std::vector<double> field(static_cast<std::size_t>(e.n_cells()) * width, 0.0);
  std::int64_t row = 0;
  for (std::int64_t k = e.first[2]; k < e.first[2] + e.owned[2]; ++k)
    for (std::int64_t j = e.first[1]; j < e.first[1] + e.owned[1]; ++j)
      for (std::int64_t i = e.first[0]; i < e.first[0] + e.owned[0]; ++i, ++row)
        for (std::size_t c = 0; c < width; ++c)
          field[static_cast<std::size_t>(e.global_id(i, j, k)) * width + c] = owned[row][c];
  grid.communicator().sum_in_place(std::span<double>(field));
  return field;
}

inline std::vector<double> gather(const grid::StructuredGrid& grid, Vec vector) {
  const petsc::ConstVecRows view(vector, grid.n_components());
  return gather(grid, view.rows());
}

/// Observed order of accuracy from the errors on two grids, the second `ratio` times finer.
inline double observed_order(double coarse, double fine, double ratio = 2.0) {
  return std::log(coarse / fine) / std::log(ratio);
}

}  // namespace bimetal::testing
