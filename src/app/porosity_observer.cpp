#include "app/porosity_observer.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace bimetal::app {

using precipitation::GrainCell;

PorosityObserver::PorosityObserver(const diffusion::TwoScaleDiffusion& medium, const std::string& directory,
                                   const parallel::Communicator& comm, std::optional<std::int64_t> after_step)
    : medium_(&medium),
      comm_(comm),
      history_(
          directory + "/observables.csv",
          {"step", "time_s", "u_mean", "porosity_mean", "porosity_max", "K_xx_mean", "K_yy_mean", "gained", "inflow"},
          comm, after_step) {
  measure();
}

void PorosityObserver::measure() {
  const auto cells = medium_->cells();
  std::array<double, 4> sums{};
  double largest = 0.0;
  for (std::int64_t cell = 0; cell < cells.size(); ++cell) {
    sums[1] += cells[cell][GrainCell::new_porosity];
    sums[2] += cells[cell][GrainCell::K_xx];
    sums[3] += cells[cell][GrainCell::K_yy];
    largest = std::max(largest, cells[cell][GrainCell::new_porosity]);
  }
  {
    const auto view = medium_->u();
    for (const double u : view.rows().flat()) sums[0] += u;
  }
  comm_.sum_in_place(std::span<double>(sums));
  for (double& sum : sums) sum /= static_cast<double>(medium_->extents().n_cells());
  seen_ = {.u_mean = sums[0],
           .porosity_mean = sums[1],
           .porosity_max = comm_.max(largest),
           .K_xx_mean = sums[2],
           .K_yy_mean = sums[3],
           .gained = medium_->gained(),
           .inflow = medium_->inflow()};
}

void PorosityObserver::observe(std::int64_t step, double time, double) {
  measure();
  history_.append(std::vector<double>{static_cast<double>(step), time, seen_.u_mean, seen_.porosity_mean,
                                      seen_.porosity_max, seen_.K_xx_mean, seen_.K_yy_mean, seen_.gained,
                                      seen_.inflow});
}

/// All of it follows from the medium.
void PorosityObserver::persist(const core::Archive& archive) {
  if (archive.restores()) measure();
}

nlohmann::ordered_json PorosityObserver::summary() const {
  const double scale = seen_.inflow != 0.0 ? std::abs(seen_.inflow) : 1.0;  // nothing came in: the absolute drift
  return {{"u_mean", seen_.u_mean},
          {"porosity_mean", seen_.porosity_mean},
          {"porosity_max", seen_.porosity_max},
          {"K_xx_mean", seen_.K_xx_mean},
          {"K_yy_mean", seen_.K_yy_mean},
          {"gained", seen_.gained},
          {"inflow", seen_.inflow},
          {"drift", {{"u", (seen_.gained - seen_.inflow) / scale}}}};
}

}  // namespace bimetal::app
