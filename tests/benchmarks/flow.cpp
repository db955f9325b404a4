// What transport and pressure cost per cell and step, and how many iterations the pressure takes on finer and finer
// grids: a hot layer rolled up by a Taylor-Green vortex, without chemistry. Figures are for quiet machines.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numbers>

#include "cases.hpp"
#include "flow/low_mach_flow.hpp"
#include "parallel/session.hpp"
#include "petsc/session.hpp"

namespace {

using namespace bimetal;

constexpr double pressure = 101325.0;                     // [Pa]
constexpr double length = 2.0 * std::numbers::pi * 1e-3;  // of the box [m]
constexpr double amplitude = 4.0, courant = 0.2;          // of the vortex [m/s]; of the steps

/// Lets every cell be.
class Nothing : public subproblem::SubproblemSolver, private subproblem::Kind {
 public:
  explicit Nothing(const chemistry::Mechanism& mechanism) {
    signature_.inputs.push_back({"T", "K"});
    for (const auto& species : mechanism.species) signature_.inputs.push_back({"Y_" + species.name, "1"});
    signature_.outputs = core::continued(signature_.inputs);
    signature_.inputs.push_back({.name = "p", .unit = "Pa", .condition = core::Condition::pressure});
    signature_.inputs.push_back({.name = "dt", .unit = "s", .condition = core::Condition::time_step});
  }
  subproblem::Kind& kind() override { return *this; }
  subproblem::BatchReport solve(subproblem::Batch& batch) override {
    for (std::int64_t i = 0; i < batch.in.size(); ++i)
      std::ranges::copy(batch.in[i].first(signature_.outputs.size()), batch.out[i].begin());
    return {};
  }

 private:
  const core::Signature& signature() const override { return signature_; }
  subproblem::Gate admit(std::span<const double>, std::span<double>, double) override {
    return subproblem::Gate::open;
  }
  bool inert(std::span<const double>, double) override { return true; }

  core::Signature signature_;
};

struct Costs {
  double transport = 0.0, pressure = 0.0;  // medians, per cell and step [us of a core]
  int stages = 0;                          // of a half step of transport
  double iterations = 0.0;                 // of the pressure solver, mean
  int most_iterations = 0;
};

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + std::ssize(values) / 2, values.end());
  return values[values.size() / 2];
}

Costs measure(const benchmarks::FlameCase& what, flow::TransportModel transport, std::int64_t n, int n_steps,
              const parallel::Communicator& comm) {
  const auto mechanism = what.load();
  const grid::StructuredGrid grid(
      {.cells = {n, n}, .lower = {0.0, 0.0}, .upper = {length, length}, .boundary = {2, grid::Boundary::periodic}},
      static_cast<int>(1 + mechanism->n_species()), comm);
  Nothing nothing(*mechanism);
  flow::LowMachFlow flow(
      grid, *mechanism,
      {.pressure = pressure,
       .transport = transport,
       .velocity = flow::velocity_condition({flow::PrescribedKind::vortex, amplitude, {1.0, 0.0, 0.0}}, grid),
       .inflow_profile = {},
       .inflow_gas = {}},
      nothing);
  flow::InitialOptions initial;
  initial.fuel = what.flame.fuel;
  flow.initialise(flow::diffusion_flame(initial, *mechanism, grid));

  const double dt = courant * length / static_cast<double>(n) / (2.0 * amplitude);
  const double per_cell = 1e6 * comm.size() / static_cast<double>(grid.extents().n_cells());
  Costs costs;
  std::vector<double> transports, pressures;
  for (int step = 0; step < n_steps; ++step) {
    const auto report = flow.advance(dt, step);
    if (step == 0) continue;  // repeats itself until the pressure is found
    transports.push_back(per_cell * comm.max(report.transport_s));
    pressures.push_back(per_cell * comm.max(report.pressure_s));
    costs.iterations += static_cast<double>(report.pressure_iterations) / (n_steps - 1);
    costs.most_iterations = std::max(costs.most_iterations, report.pressure_iterations);
    costs.stages = std::max(costs.stages, report.stages);
  }
  costs.transport = median(transports);
  costs.pressure = median(pressures);
  return costs;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Cost of transport and pressure, and the pressure's iterations");
  std::vector<std::int64_t> cells{64, 128, 256, 512};
  int n_steps = 21;
  std::string json_path;
  app.add_option("--cells", cells, "along each axis of the square boxes")->check(CLI::Range(8, 100000));
  app.add_option("--steps", n_steps, "of which the first does not count")->check(CLI::Range(2, 1000000));
  app.add_option("--json", json_path, "write the table here as well");
  CLI11_PARSE(app, argc, argv);

  const parallel::Session session(argc, argv);
  const petsc::Session petsc(session.world());
  const bool speaks = session.world().is_root();
  nlohmann::ordered_json results;
  if (speaks)
    fmt::print("us of a core per cell and step, {} rank(s); iterations of the pressure, mean and most\n",
               session.world().size());
  for (const auto& what : benchmarks::flame_cases())
    for (const auto& [name, transport] : flow::transport_names) {
      if (speaks)
        fmt::print("\n{}, {}\n   cells    dt [us]  stages  transport  pressure     sum  iterations\n", what.name,
                   name);
      for (const auto n : cells) {
        const auto costs = measure(what, transport, n, n_steps, session.world());
        const double dt = courant * length / static_cast<double>(n) / (2.0 * amplitude);
        if (speaks)
          fmt::print("{:>6}^2  {:>9.2f}  {:>6}  {:>9.2f}  {:>8.2f}  {:>6.2f}  {:>6.1f} {:>3}\n", n, 1e6 * dt,
                     costs.stages, costs.transport, costs.pressure, costs.transport + costs.pressure,
                     costs.iterations, costs.most_iterations);
        results[what.name][name].push_back({{"cells", n},
                                            {"stages", costs.stages},
                                            {"transport_us", costs.transport},
                                            {"pressure_us", costs.pressure},
                                            {"iterations", costs.iterations},
                                            {"most_iterations", costs.most_iterations}});
      }
    }
  if (speaks && !json_path.empty()) std::ofstream(json_path) << results.dump(2) << '\n';
}
