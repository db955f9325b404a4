#include "flame_states.hpp"

#include <algorithm>
#include <cmath>

#include "chemistry/mixture.hpp"
#include "core/error.hpp"
#include "flow/prescribed_flow.hpp"
#include "subproblem/ignition.hpp"
#include "subproblem/reactor_solver.hpp"

namespace bimetal::benchmarks {
namespace {

using subproblem::Reactor;
using subproblem::ReactorSolver;

constexpr double pressure = 101325.0;  // [Pa]
constexpr double inert_tolerance = 1e-3;

/// Solves what is not inert, and on request keeps the rows it was given.
class Recorder : public subproblem::SubproblemSolver {
 public:
  explicit Recorder(Reactor reactor)
      : solver_(std::move(reactor)), rows_(static_cast<std::int64_t>(solver_.kind().signature().inputs.size())) {}

  subproblem::Kind& kind() override { return solver_.kind(); }
  void record() { recording_ = true; }
  const core::RowTable& rows() const { return rows_; }

  subproblem::BatchReport solve(subproblem::Batch& batch) override {
    for (std::int64_t row = 0; row < batch.in.size(); ++row) {
      const auto in = batch.in[row];
      const auto out = batch.out[row];
      if (solver_.kind().inert(in, inert_tolerance)) {
        std::copy(in.begin(), in.end(), out.begin());
        continue;
      }
      if (recording_) rows_.append(in);
      subproblem::Batch one{core::ConstRows(in.data(), 1, batch.in.width()),
                            core::Rows(out.data(), 1, batch.out.width()), batch.id.subspan(0, 1)};
      VALIDATE(solver_.solve(one).failures.empty(), "a row of the flame at {} K could not be solved", in[0]);
    }
    return {};
  }

 private:
  ReactorSolver solver_;
  core::RowTable rows_;
  bool recording_ = false;
};

/// n rows of the table, evenly spread.
core::RowTable thinned(const core::RowTable& all, std::int64_t n) {
  if (all.size() <= n) return all;
  core::RowTable some(all.width());
  for (std::int64_t i = 0; i < n; ++i) some.append(all[i * all.size() / n]);
  return some;
}

}  // namespace

std::vector<FlameStates> flame_states(std::shared_ptr<const chemistry::Mechanism> mechanism,
                                      const FlameOptions& options, const std::vector<double>& dts,
                                      std::int64_t n_rows, const parallel::Communicator& comm) {
  const grid::StructuredGrid line(
      {.cells = {options.cells}, .lower = {0.0}, .upper = {options.length}, .boundary = {grid::Boundary::periodic}},
      1 + static_cast<int>(mechanism->n_species()), comm);
  const auto scales =
      subproblem::reference_scales(*mechanism, pressure, chemistry::fuel_air_mixture(*mechanism, options.fuel, 1.0));
  const auto recorder = [&](double dt) {
    return Recorder(Reactor(mechanism, {.pressure = pressure, .dt = dt}, scales));
  };
  const auto make_flow = [&](Recorder& chemistry) {
    return flow::PrescribedFlow(line, *mechanism, pressure,
                                std::make_unique<flow::PrescribedVelocity>(flow::PrescribedOptions{}, line),
                                chemistry);
  };

  auto developing = recorder(options.step);
  auto flame = make_flow(developing);
  flow::InitialOptions kernel;
  kernel.fuel = options.fuel;
  kernel.equivalence_ratio = options.equivalence_ratio;
  kernel.stratification = options.stratification;
  kernel.kernel_temperature = options.kernel_temperature;
  kernel.kernel_radius = options.kernel_radius;
  flame.initialise(flow::ignition_kernel(kernel, *mechanism, line));
  const auto steps = std::lround(options.development / options.step);
  for (std::int64_t step = 0; step < steps; ++step) flame.advance(options.step, step);

  std::vector<FlameStates> all;
  for (double dt : dts) {
    auto looking = recorder(dt);
    auto continued = make_flow(looking);
    const auto state = flame.state();
    std::copy(state.rows().flat().begin(), state.rows().flat().end(), continued.edit_state().rows().flat().begin());
    continued.advance(dt, 0);  // the first step still feels the change of dt
    looking.record();
    while (looking.rows().size() < n_rows) continued.advance(dt, 0);
    all.push_back({dt, scales, thinned(looking.rows(), n_rows)});
  }
  return all;
}

}  // namespace bimetal::benchmarks
