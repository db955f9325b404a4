#include "flow/prescribed_flow.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/timer.hpp"
#include "flow/clip.hpp"

namespace bimetal::flow {

PrescribedFlow::PrescribedFlow(const grid::StructuredGrid& grid, const chemistry::Mechanism& mechanism,
                               double pressure, std::unique_ptr<VelocityModel> velocity,
                               subproblem::SubproblemSolver& chemistry, TransportModel transport, InflowGas inflow)
    : ReactingFlow(grid, chemistry),
      velocity_(std::move(velocity)),
      scalars_(grid, mechanism, pressure, transport, Form::advective, std::move(inflow)),
      stepper_(state_vector()) {
  EXPECT(velocity_ != nullptr);
}

StepReport PrescribedFlow::advance(double dt, std::int64_t step) {
  StepReport report;
  transport(0.5 * dt, report);
  react(dt, step, report);
  transport(0.5 * dt, report);
  return report;
}

void PrescribedFlow::transport(double dt, StepReport& report) {
  const core::ScopedTimer timer(report.transport_s);
  const FaceVelocities& velocities = velocity_->faces();
  const auto rates = [&](Vec state, Vec rate) { scalars_.rates(state, velocities, rate); };

  const double rate = velocity_->courant_rate();
  const int n_substeps = std::max(1, static_cast<int>(std::ceil(dt * rate / RungeKuttaChebyshev::courant_limit)));
  const auto stages = [&] {
    return RungeKuttaChebyshev::stages_for(dt / n_substeps * (scalars_.diffusion_bound() + 2.0 * rate));
  };
  for (int substep = 0; substep < n_substeps; ++substep) {
    const int n_stages = stepper_.step(state_vector(), dt / n_substeps, stages, rates);
    report.stages = std::max(report.stages, n_stages);
    report.evaluations += n_stages;
  }
  report.substeps += n_substeps;

  const auto view = edit_state();
  for (std::int64_t row = 0; row < view.rows().size(); ++row) {
    const double clipped = clip_negative(view.rows()[row].subspan(1));
    report.negative_cells += clipped > 0.0;
    report.largest_negative = std::max(report.largest_negative, clipped);
  }
}

std::vector<double> PrescribedFlow::density() const {
  const auto view = state();
  std::vector<double> density;
  for (std::int64_t i = 0; i < view.rows().size(); ++i)
    density.push_back(scalars_.properties().density(view.rows()[i]));
  return density;
}

core::RowTable PrescribedFlow::velocity() const { return at_centres(velocity_->faces(), extents()); }

}  // namespace bimetal::flow
