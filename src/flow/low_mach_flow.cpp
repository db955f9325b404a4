#include "flow/low_mach_flow.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/error.hpp"
#include "core/timer.hpp"
#include "petsc/error.hpp"

namespace bimetal::flow {
namespace {

// Two for a value and a slope of every demand, and one more because the first half interval does not tell.
constexpr int n_rehearsed = 3;

/// Volume that flows in through this rank's ends, per time and over the volume of the box.
double inflow_of(const FaceVelocities& faces, const grid::StructuredGrid& grid) {
  const auto& e = grid.extents();
  double rate = 0.0;
  for (int axis = 0; axis < e.dimensions; ++axis) {
    const auto a = static_cast<std::size_t>(axis);
    if (grid.periodic(axis)) continue;
    auto n = e.owned;
    ++n[a];
    for (int end = 0; end < 2; ++end) {
      if (!grid.at_end(axis, end)) continue;
      PointBox plane{{0, 0, 0}, e.owned};
      plane.begin[a] = end == 0 ? 0 : e.owned[a];
      plane.end[a] = plane.begin[a] + 1;
      double sum = 0.0;
      for_points(plane, [&](std::int64_t i, std::int64_t j, std::int64_t k) {
        sum += faces.normal[a][static_cast<std::size_t>(i + n[0] * (j + n[1] * k))];
      });
      rate += (end == 0 ? sum : -sum) / (e.spacing(axis) * static_cast<double>(e.n_cells()));
    }
  }
  return rate;
}

}  // namespace

LowMachFlow::LowMachFlow(const grid::StructuredGrid& grid, const chemistry::Mechanism& mechanism,
                         LowMachOptions options, subproblem::SubproblemSolver& chemistry)
    : ReactingFlow(grid, chemistry),
      options_(std::move(options)),
      closed_(!grid.has(grid::Boundary::outflow)),
      scalars_(grid, mechanism, options_.pressure, options_.transport, Form::conservative, options_.inflow_gas),
      velocity_(grid, options_.inflow_profile),
      expansion_(static_cast<std::size_t>(grid.extents().n_owned())),
      filler_(grid),
      stepper_(state_vector()),
      density_(static_cast<std::size_t>(grid.extents().n_owned())),
      pressure_(options_.pressure) {
  for (const auto& species : mechanism.species)
    gas_constant_.push_back(chemistry::gas_constant / species.molecular_weight);
}

void LowMachFlow::initialise(const InitialCondition& condition) {
  ReactingFlow::initialise(condition);
  const auto view = state();
  for (std::int64_t i = 0; i < view.rows().size(); ++i)
    density_[static_cast<std::size_t>(i)] = scalars_.properties().density(view.rows()[i]);
  velocity_.initialise(options_.velocity, expansion_.divergence());
}

/// Takes a few steps and takes them back, but for what was learnt of the expansion; and again, because at first not
/// even the beginning was known.
void LowMachFlow::rehearse(double dt) {
  petsc::Handle<Vec> state = grid().create_global();
  petsc::check(VecCopy(state_vector(), state.get()), "VecCopy");
  const auto density = density_;
  inflow_rate_ = grid().communicator().sum(inflow_of(velocity_.faces(), grid()));
  for (int times = 0; times < 2; ++times) {
    for (int step = -n_rehearsed; step < 0; ++step) take_step(dt, step);
    petsc::check(VecCopy(state.get(), state_vector()), "VecCopy");
    density_ = density;
    pressure_ = options_.pressure;
    expansion_.rewind();
    scalars_.forget_trend();
    close_box();
    velocity_.initialise(options_.velocity, expansion_.divergence());
  }
  rehearsed_ = true;
}

void LowMachFlow::persist(const core::Archive& archive) {
  ReactingFlow::persist(archive);
  scalars_.persist(archive.in("scalars"));
  velocity_.persist(archive.in("velocity"));
  expansion_.persist(archive.in("expansion"), extents().points());
  archive.points("density", extents().points(), density_);
  archive.alike("pressure", pressure_);
  archive.alike("pressure_growth", pressure_growth_);
  archive.alike("inflow_rate", inflow_rate_);
  archive.alike("rehearsed", rehearsed_);
}

StepReport LowMachFlow::advance(double dt, std::int64_t step) {
  if (!rehearsed_) rehearse(dt);
  return take_step(dt, step);
}

StepReport LowMachFlow::take_step(double dt, std::int64_t step) {
  const double courant = dt * velocity_.courant_rate();
  VALIDATE(
      courant <= 1.2 * ProjectedVelocity::courant_limit,
      "the Courant number of a time step of {:.3g} s has become {:.2f}, above the {} that the flow is stable with; "
      "choose time.step not above {:.2g} s, or a coarser grid",
      dt, courant, ProjectedVelocity::courant_limit, ProjectedVelocity::courant_limit / velocity_.courant_rate());
  StepReport report;
  transport(0.5 * dt, Coefficients::first_half, report);
  const auto before = lack();
  react(dt, step, report);
  {
    const core::ScopedTimer timer(report.pressure_s);
    expansion_.measure(before, lack(), dt);
    close_box();
    const auto solved = velocity_.advance(dt, density_, viscosity(), expansion_.divergence());
    report.pressure_iterations = solved.iterations;
    report.divergence_residual = solved.divergence;
  }
  transport(0.5 * dt, Coefficients::second_half, report);
  return report;
}

/// Where no gas can leave, the pressure rises at the rate that compresses the gas by what it demands and what flows
/// in: dv/v = -dp / (gamma p).
void LowMachFlow::close_box() {
  if (!closed_) return;
  const auto view = state();
  std::vector<double> share;
  for (std::int64_t i = 0; i < view.rows().size(); ++i)
    share.push_back(1.0 / scalars_.properties().heat_capacity_ratio(view.rows()[i]));
  const auto demand = expansion_.divergence();
  const auto sum = [&](std::span<const double> values) {
    return grid().communicator().sum(std::accumulate(values.begin(), values.end(), 0.0));
  };
  pressure_growth_ = (sum(demand) + inflow_rate_ * static_cast<double>(extents().n_cells())) / sum(share);
  expansion_.compress(pressure_growth_, share);
}

void LowMachFlow::transport(double dt, Coefficients coefficients, StepReport& report) {
  const core::ScopedTimer timer(report.transport_s);
  const auto to_densities = [&](const petsc::VecRows& view) {
    for (std::int64_t i = 0; i < view.rows().size(); ++i)
      for (double& y : view.rows()[i].subspan(1)) y *= density_[static_cast<std::size_t>(i)];
  };
  to_densities(edit_state());
  // dp/dt = growth p, to second order.
  const double rise = pressure_growth_ * pressure_ * (1.0 + 0.5 * dt * pressure_growth_);
  scalars_.set_pressure(pressure_ + 0.5 * dt * rise, rise);
  const auto stages = [&] {
    return RungeKuttaChebyshev::stages_for(dt * (scalars_.diffusion_bound() + 2.0 * velocity_.courant_rate()));
  };
  const auto rates = [&](Vec state, Vec rate) {
    scalars_.rates(state, velocity_.faces(), rate, std::exchange(coefficients, Coefficients::held));
  };
  const int n_stages = stepper_.step(state_vector(), dt, stages, rates);
  pressure_ += dt * rise;
  const auto negative = filler_.fill(state_vector());

  report.stages = std::max(report.stages, n_stages);
  report.evaluations += n_stages;
  report.substeps += 1;
  report.negative_cells += negative.cells;
  report.largest_negative = std::max(report.largest_negative, negative.largest);

  const auto view = edit_state();
  for (std::int64_t i = 0; i < view.rows().size(); ++i) {
    const auto Y = view.rows()[i].subspan(1);
    const double density = std::accumulate(Y.begin(), Y.end(), 0.0);
    density_[static_cast<std::size_t>(i)] = density;
    for (double& y : Y) y /= density;
  }
}

/// rho R T / (p W) - 1.
std::vector<double> LowMachFlow::lack() const {
  const auto view = state();
  std::vector<double> lack(density_.size());
  for (std::size_t i = 0; i < lack.size(); ++i) {
    const auto row = view.rows()[static_cast<std::int64_t>(i)];
    const double R = std::inner_product(gas_constant_.begin(), gas_constant_.end(), row.begin() + 1, 0.0);
    lack[i] = density_[i] * R * row[0] / pressure_ - 1.0;
  }
  return lack;
}

std::vector<double> LowMachFlow::flow_pressure() const {
  const auto view = velocity_.pressure();
  return {view.rows().flat().begin(), view.rows().flat().end()};
}

double LowMachFlow::largest_lack() const {
  double largest = 0.0;
  for (const double value : lack()) largest = std::max(largest, std::abs(value));
  return grid().communicator().max(largest);
}

double LowMachFlow::expansion_rate() const {
  double fastest = 0.0;
  for (const double rate : expansion_.divergence()) fastest = std::max(fastest, std::abs(rate));
  return grid().communicator().max(fastest);
}

/// Half-way through the step: of the mean of the states before and after chemistry.
std::vector<double> LowMachFlow::viscosity() {
  const auto before = before_chemistry(), after = after_chemistry();
  std::vector<double> viscosity(density_.size()), row(static_cast<std::size_t>(grid().n_components()));
  for (std::size_t i = 0; i < viscosity.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    std::ranges::transform(before[at], after[at], row.begin(), [](double a, double b) { return 0.5 * (a + b); });
    viscosity[i] = scalars_.properties().viscosity(row);
  }
  return viscosity;
}

}  // namespace bimetal::flow
