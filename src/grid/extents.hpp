#pragma once

#include <array>
#include <cstdint>

#include "core/archive.hpp"

namespace bimetal::grid {

/// The box of a structured grid and this rank's part of it. Axes beyond `dimensions` have one cell.
/// Cells are numbered x fastest; the owned cells of a rank form a box, stored x fastest as well.
struct Extents {
  int dimensions = 1;
  std::array<std::int64_t, 3> cells{1, 1, 1};  // global
  std::array<double, 3> lower{0.0, 0.0, 0.0};  // [m]
  std::array<double, 3> upper{1.0, 1.0, 1.0};  // [m]; an axis beyond `dimensions` is as thick as a cell of x
  std::array<std::int64_t, 3> first{0, 0, 0};  // first owned cell
  std::array<std::int64_t, 3> owned{1, 1, 1};  // number of owned cells

  std::int64_t n_cells() const { return cells[0] * cells[1] * cells[2]; }
  std::int64_t n_owned() const { return owned[0] * owned[1] * owned[2]; }
  double spacing(int axis) const {
    const auto a = static_cast<std::size_t>(axis);
    return (upper[a] - lower[a]) / static_cast<double>(cells[a]);
  }
  /// Centre of global cell index `i` along `axis` [m].
  double centre(int axis, std::int64_t i) const {
    return lower[static_cast<std::size_t>(axis)] + (static_cast<double>(i) + 0.5) * spacing(axis);
  }
  core::PointsOfRank points() const { return {cells, first, owned}; }
  std::int64_t global_id(std::int64_t i, std::int64_t j, std::int64_t k) const {
    return i + cells[0] * (j + cells[1] * k);
  }
};

/// Calls visit(i, j, k) with the global indices of every owned cell, x fastest.
template <class Visit>
void for_owned_cells(const Extents& e, Visit visit) {
  for (std::int64_t k = e.first[2]; k < e.first[2] + e.owned[2]; ++k)
    for (std::int64_t j = e.first[1]; j < e.first[1] + e.owned[1]; ++j)
      for (std::int64_t i = e.first[0]; i < e.first[0] + e.owned[0]; ++i) visit(i, j, k);
}

}  // namespace bimetal::grid
