#include "flow/negative_filler.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "flow/clip.hpp"
#include "petsc/error.hpp"
#include "petsc/rows.hpp"

namespace bimetal::flow {
namespace {

constexpr int most_passes = 4;

/// The most negative mass fraction of a row T, rho Y_k; 0 if there is none.
double lowest_fraction(std::span<const double> row) {
  const auto densities = row.subspan(1);
  const double lowest = std::ranges::min(densities);
  return lowest < 0.0 ? lowest / std::accumulate(densities.begin(), densities.end(), 0.0) : 0.0;
}

}  // namespace

NegativeFiller::NegativeFiller(const grid::StructuredGrid& grid)
    : grid_(&grid), ghosted_(grid.create_local()), moved_(grid.create_local()) {}

NegativeFiller::Report NegativeFiller::fill(Vec state) {
  Report report;
  for (int passes = 0; passes <= most_passes; ++passes) {
    double lowest = 0.0;
    std::int64_t cells = 0;
    {
      const petsc::ConstVecRows view(state, grid_->n_components());
      for (std::int64_t i = 0; i < view.rows().size(); ++i) {
        const double fraction = lowest_fraction(view.rows()[i]);
        cells += fraction < 0.0;
        lowest = std::min(lowest, fraction);
      }
    }
    if (passes == 0) report = {cells, -lowest};
    if (grid_->communicator().max(-lowest) <= dust || passes == most_passes) break;
    pass(state);
  }
  const petsc::VecRows view(state, grid_->n_components());
  for (std::int64_t i = 0; i < view.rows().size(); ++i) clip_negative(view.rows()[i].subspan(1));
  return report;
}

/// No donor gives more than its share to each of its neighbours, so none becomes negative by giving.
void NegativeFiller::pass(Vec state) {
  const auto& layout = grid_->layout();
  const auto& e = grid_->extents();
  const double share = 0.5 / e.dimensions;
  grid_->exchange_halo(state, ghosted_.get());
  petsc::check(VecSet(moved_.get(), 0.0), "VecSet");
  {
    const petsc::ConstVecRows cells(ghosted_.get(), grid_->n_components());
    const petsc::VecRows moved(moved_.get(), grid_->n_components());
    const auto visit = [&](const std::array<std::int64_t, 3>& at) {
      const std::int64_t cell = layout.index(at[0], at[1], at[2]);
      const auto row = cells.rows()[cell];
      if (std::ranges::min(row.subspan(1)) >= 0.0) return;
      std::array<std::int64_t, 6> neighbours{};
      std::size_t n = 0;
      for (int axis = 0; axis < e.dimensions; ++axis)
        for (int end = 0; end < 2; ++end) {
          const auto a = static_cast<std::size_t>(axis);
          const bool last = at[a] == (end == 0 ? 0 : layout.owned[a] - 1);
          if (last && grid_->at_end(axis, end) && !grid_->periodic(axis)) continue;
          neighbours[n++] = cell + (end == 0 ? -layout.stride[a] : layout.stride[a]);
        }
      for (std::size_t c = 1; c < row.size(); ++c) {
        if (row[c] >= 0.0) continue;
        double available = 0.0;
        for (std::size_t j = 0; j < n; ++j) available += std::max(cells.rows()[neighbours[j]][c], 0.0);
        if (available == 0.0) continue;
        const double part = std::min(-row[c] / available, share);
        for (std::size_t j = 0; j < n; ++j) {
          const double given = part * std::max(cells.rows()[neighbours[j]][c], 0.0);
          moved.rows()[neighbours[j]][c] -= given;
          moved.rows()[cell][c] += given;
        }
      }
    };
    for (std::int64_t k = 0; k < layout.owned[2]; ++k)
      for (std::int64_t j = 0; j < layout.owned[1]; ++j)
        for (std::int64_t i = 0; i < layout.owned[0]; ++i) visit({i, j, k});
  }
  petsc::check(DMLocalToGlobalBegin(grid_->dm(), moved_.get(), ADD_VALUES, state), "DMLocalToGlobalBegin");
  petsc::check(DMLocalToGlobalEnd(grid_->dm(), moved_.get(), ADD_VALUES, state), "DMLocalToGlobalEnd");
}

}  // namespace bimetal::flow
