#include "flow/reacting_flow.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/timer.hpp"
#include "flow/clip.hpp"

namespace bimetal::flow {
namespace {

/// Calls visit(i, j, k) with the global indices of every owned cell, x fastest.
template <class Visit>
void for_owned(const grid::Extents& e, Visit visit) {
  for (std::int64_t k = e.first[2]; k < e.first[2] + e.owned[2]; ++k)
    for (std::int64_t j = e.first[1]; j < e.first[1] + e.owned[1]; ++j)
      for (std::int64_t i = e.first[0]; i < e.first[0] + e.owned[0]; ++i) visit(i, j, k);
}

}  // namespace

ReactingFlow::ReactingFlow(const grid::StructuredGrid& grid, const chemistry::Mechanism& mechanism, double pressure,
                           std::unique_ptr<VelocityModel> velocity, subproblem::SubproblemSolver& chemistry,
                           TransportModel transport)
    : grid_(&grid),
      velocity_(std::move(velocity)),
      chemistry_(&chemistry),
      scalars_(grid, mechanism, pressure, transport),
      state_(grid.create_global()),
      stepper_(state_.get()),
      provenance_(static_cast<std::size_t>(grid.extents().n_owned())) {
  EXPECT(velocity_ != nullptr);
  EXPECT(static_cast<int>(chemistry.kind().signature().inputs.size()) == grid.n_components());
  ids_.reserve(provenance_.size());
  for_owned(extents(), [&](auto i, auto j, auto k) { ids_.push_back(extents().global_id(i, j, k)); });
}

void ReactingFlow::initialise(const InitialCondition& condition) {
  const auto view = edit_state();
  std::int64_t row = 0;
  for_owned(extents(), [&](auto i, auto j, auto k) {
    condition({extents().centre(0, i), extents().centre(1, j), extents().centre(2, k)}, view.rows()[row++]);
  });
}

StepReport ReactingFlow::advance(double dt, std::int64_t step) {
  const double chemistry_dt = chemistry_->kind().signature().dt;
  VALIDATE(std::abs(dt - chemistry_dt) <= 1e-9 * dt,
           "the flow was asked to advance by {} s, but its sub-problem solver advances by {} s", dt, chemistry_dt);
  StepReport report;
  transport(0.5 * dt, report);
  react(step, report);
  transport(0.5 * dt, report);
  return report;
}

void ReactingFlow::transport(double dt, StepReport& report) {
  const core::ScopedTimer timer(report.transport_s);
  const FaceVelocities& velocities = velocity_->faces();
  const auto rates = [&](Vec state, Vec rate) { scalars_.rates(state, velocities, rate); };

  const TransportBounds bounds = scalars_.bounds(state_.get(), velocities);
  const double courant = dt * bounds.advection;
  const int n_substeps = std::max(1, static_cast<int>(std::ceil(courant / RungeKuttaChebyshev::courant_limit)));
  const double radius = bounds.diffusion + 2.0 * bounds.advection;
  const int n_stages = RungeKuttaChebyshev::stages_for(dt / n_substeps * radius);
  for (int substep = 0; substep < n_substeps; ++substep)
    stepper_.step(state_.get(), dt / n_substeps, n_stages, rates);

  report.substeps += n_substeps;
  report.stages = std::max(report.stages, n_stages);
  report.evaluations += n_substeps * n_stages;

  const auto view = edit_state();
  for (std::int64_t row = 0; row < view.rows().size(); ++row) {
    const double clipped = clip_negative(view.rows()[row].subspan(1));
    report.clipped_rows += clipped > 0.0;
    report.largest_clip = std::max(report.largest_clip, clipped);
  }
}

void ReactingFlow::react(std::int64_t step, StepReport& report) {
  const core::ScopedTimer timer(report.chemistry_s);
  const auto view = edit_state();
  subproblem::Batch batch{view.rows(), view.rows(), ids_, step, provenance_};
  report.batch = chemistry_->solve(batch);
}

}  // namespace bimetal::flow
