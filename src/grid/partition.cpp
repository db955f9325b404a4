#include "grid/partition.hpp"

#include <limits>

namespace bimetal::grid {
namespace {

bool fits(const Partition& cut, const std::array<std::int64_t, 3>& cells, int dimensions, int min_width) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const bool cuttable = axis < static_cast<std::size_t>(dimensions);
    if (cuttable ? cells[axis] / cut[axis] < min_width : cut[axis] != 1) return false;
  }
  return true;
}

/// Faces between ranks, counting a periodic grid's as any other.
double cut_surface(const Partition& cut, const std::array<std::int64_t, 3>& cells) {
  double surface = 0.0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double area = static_cast<double>(cells[(axis + 1) % 3]) * static_cast<double>(cells[(axis + 2) % 3]);
    surface += (cut[axis] - 1) * area;
  }
  return surface;
}

}  // namespace

std::optional<Partition> partition(const std::array<std::int64_t, 3>& cells, int dimensions, int n_ranks,
                                   int min_width) {
  std::optional<Partition> best;
  double best_surface = std::numeric_limits<double>::infinity();
  for (int nx = 1; nx <= n_ranks; ++nx) {
    if (n_ranks % nx != 0) continue;
    for (int ny = 1; ny <= n_ranks / nx; ++ny) {
      if ((n_ranks / nx) % ny != 0) continue;
      const Partition cut{nx, ny, n_ranks / nx / ny};
      const double surface = cut_surface(cut, cells);
      if (surface >= best_surface || !fits(cut, cells, dimensions, min_width)) continue;
      best = cut;
      best_surface = surface;
    }
  }
  return best;
}

std::int64_t max_ranks(const std::array<std::int64_t, 3>& cells, int dimensions, int min_width) {
  std::int64_t ranks = 1;
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(dimensions); ++axis) ranks *= cells[axis] / min_width;
  return ranks;
}

}  // namespace bimetal::grid
