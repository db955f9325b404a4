#include "app/two_scale_pde.hpp"

#include <algorithm>
#include <cmath>

#include "app/faults.hpp"
#include "app/heat_observer.hpp"
#include "app/run_config.hpp"
#include "app/solved_state.hpp"

namespace bimetal::app {

using conduction::FaceState;
using homogenisation::CellState;
using subproblem::Provenance;

struct TwoScalePde::Cells : conduction::FluxRows, conduction::TangentSource {
  explicit Cells(std::unique_ptr<homogenisation::ConductionCellSolver> known) : solver(std::move(known)) {}

  void pose(const FaceState& face, std::span<double> row) const override {
    solver->kind().rows().pose(state_of(face), row);
  }
  void read(const FaceState& face, std::span<const double> answer, std::span<double> flux) const override {
    solver->kind().rows().read(state_of(face), answer, flux);
  }
  bool tangent(const FaceState& face, std::span<double> matrix) override;

  static CellState state_of(const FaceState& face) {
    CellState cell{
        .T = face.temperature, .fraction = face.microstructure.fraction, .angle = face.microstructure.angle};
    std::ranges::copy(face.gradient, cell.gradient.begin());
    return cell;
  }

  std::unique_ptr<homogenisation::ConductionCellSolver> solver;
};

bool TwoScalePde::Cells::tangent(const FaceState& face, std::span<double> matrix) {
  const std::size_t d = face.gradient.size();
  std::vector<double> dq_dg(d * d), dq_dT(d);
  try {
    solver->tangent(state_of(face), dq_dg, dq_dT);
  } catch (const core::RuntimeFailure&) {  // a face that the surrogate answers, and physics cannot
    return false;
  }
  for (std::size_t i = 0; i < d; ++i) {
    matrix[i * (1 + d)] = dq_dT[i];
    for (std::size_t k = 0; k < d; ++k) matrix[i * (1 + d) + 1 + k] = dq_dg[i * d + k];
  }
  return true;
}

namespace {

using Position = std::array<double, 3>;

/// Where a point lies in the box, as a part of its sides.
Position part_of(const grid::Extents& e, const Position& x) {
  Position part{};
  for (std::size_t axis = 0; axis < 3; ++axis)
    part[axis] = (x[axis] - e.lower[axis]) / (e.upper[axis] - e.lower[axis]);
  return part;
}

conduction::ConductionOptions options_of(const TwoScaleConfig& config) {
  auto options = config.macro;
  if (config.spot)
    options.source = [spot = *config.spot, n = config.macro.ends.size()](const Position& x, double time) {
      if (spot.off > 0.0 && time > spot.off) return 0.0;
      double r2 = 0.0;
      for (std::size_t axis = 0; axis < n; ++axis)
        r2 += (x[axis] - spot.centre[axis]) * (x[axis] - spot.centre[axis]);
      return spot.power * std::exp(-r2 / (spot.radius * spot.radius));
    };
  return options;
}

/// Calls visit(id, centre) for every owned cell, x fastest.
template <class Visit>
void for_centres(const grid::Extents& e, Visit visit) {
  grid::for_owned_cells(e, [&](auto i, auto j, auto k) {
    visit(e.global_id(i, j, k), Position{e.centre(0, i), e.centre(1, j), e.centre(2, k)});
  });
}

}  // namespace

void ConductionRecord::add(const conduction::StepReport& step) {
  macro_s += step.macro_s;
  ++steps;
  newton_iterations += step.newton_iterations;
  evaluations += step.evaluations;
  linear_iterations += step.linear_iterations;
  most_iterations = std::max(most_iterations, step.newton_iterations);
  largest_residual = std::max(largest_residual, step.residual);
}

void ConductionRecord::persist(const core::Archive& archive) {
  archive.sums("macro_seconds", macro_s);
  archive.alike("steps", steps);
  archive.alike("newton_iterations", newton_iterations);
  archive.alike("evaluations", evaluations);
  archive.alike("linear_iterations", linear_iterations);
  archive.alike("most_iterations", most_iterations);
  archive.alike("largest_residual", largest_residual);
}

TwoScalePde::TwoScalePde(const RunConfig& run, const TwoScaleConfig& config,
                         std::unique_ptr<homogenisation::ConductionCellSolver> tangents,
                         const grid::StructuredGrid& grid, subproblem::SubproblemSolver& solver)
    : run_(&run), config_(&config), grid_(&grid), cells_(std::make_unique<Cells>(std::move(tangents))) {
  const auto microstructure = [&e = grid.extents(), &config](const Position& x) {
    const auto part = part_of(e, x);
    return conduction::Microstructure{config.fraction(part), config.angle(part)};
  };
  heat_ = std::make_unique<conduction::HeatConduction>(grid, options_of(config), microstructure, *cells_, solver,
                                                       cells_.get());
  heat_->initialise([&](const Position&) { return config.initial_temperature; });
  for_centres(extents(), [&](std::int64_t, const Position& x) {
    const auto [fraction, angle] = microstructure(x);
    fraction_.push_back(fraction);
    angle_.push_back(angle);
  });
}

TwoScalePde::~TwoScalePde() = default;

void TwoScalePde::persist(const core::Archive& archive) {
  heat_->persist(archive.in("heat"));
  record_.persist(archive.in("record"));
}

void TwoScalePde::advance(double dt, std::int64_t step) {
  last_ = heat_->advance(dt, step);
  const auto& comm = grid_->communicator();
  require_all_solved(last_.batch, "cell problems", "face", "try a smaller time.step or another micro.rtol", comm);
  last_.batch.failures.clear();
  spoil_state(run_->hybrid.faults, extents(), heat_->edit_state().rows(), step);
  read_temperature();
  require_sound({temperature_.data(), std::ssize(temperature_), 1},
                {.name = "T [K]", .above = 0.0, .whose = "a solid"}, extents(), comm);
  record_.add(last_);
}

void TwoScalePde::read_temperature() {
  const auto view = heat_->state();
  temperature_.assign(view.rows().flat().begin(), view.rows().flat().end());
}

std::vector<io::CellField> TwoScalePde::fields() {
  read_temperature();
  flux_ = heat_->flux();
  std::vector<io::CellField> fields{io::column("T", "K", temperature_.data())};
  for (std::int64_t axis = 0; axis < flux_.width(); ++axis)
    fields.push_back(
        io::column(std::string("flux_") + "xyz"[axis], "W/m^2", flux_.rows().data() + axis, flux_.width()));
  fields.push_back(io::column("fraction", "1", fraction_.data()));
  fields.push_back(io::column("angle", "rad", angle_.data()));
  for (int axis = 0; axis < extents().dimensions; ++axis) {
    const std::string of_axis = std::string("_") + "xyz"[axis];
    const auto provenance = heat_->provenance(axis);
    fields.push_back(io::member("answerer" + of_axis, "1", provenance, &Provenance::answerer));
    fields.push_back(io::member("version" + of_axis, "1", provenance, &Provenance::version));
    fields.push_back(io::member("score" + of_axis, "1", provenance, &Provenance::score));
    fields.push_back(io::member("audited_error" + of_axis, "1", provenance, &Provenance::audited_error));
  }
  return fields;
}

std::vector<std::string> TwoScalePde::history_columns() const {
  return {"temperature_max_K", "newton_iterations", "evaluations", "linear_iterations", "residual_K", "macro_s"};
}

std::vector<double> TwoScalePde::history() {
  double hottest = 0.0;
  {
    const auto view = heat_->state();
    for (const double T : view.rows().flat()) hottest = std::max(hottest, T);
  }
  return {grid_->communicator().max(hottest),
          static_cast<double>(last_.newton_iterations),
          static_cast<double>(last_.evaluations),
          static_cast<double>(last_.linear_iterations),
          last_.residual,
          last_.macro_s};
}

std::unique_ptr<Observer> TwoScalePde::make_observer(const std::string& directory,
                                                     std::optional<std::int64_t> after_step) {
  return std::make_unique<HeatObserver>(*heat_, directory, grid_->communicator(), after_step);
}

Pde::Json TwoScalePde::summary() {
  const double steps = static_cast<double>(std::max<std::int64_t>(record_.steps, 1));
  const auto mean = [&](std::int64_t n) { return static_cast<double>(n) / steps; };
  const auto& cell = config_->cell;
  return {{"macro",
           {{"newton_iterations_mean", mean(record_.newton_iterations)},
            {"newton_iterations_max", record_.most_iterations},
            {"evaluations", record_.evaluations},
            {"linear_iterations_mean", mean(record_.linear_iterations)},
            {"largest_residual_K", record_.largest_residual}}},
          {"micro",
           {{"pixels", cell.pixels},
            {"rtol", config_->solver.rtol},
            {"conductivity_scale", cells_->solver->kind().options().conductivity_scale[0]}}}};
}

std::vector<std::pair<std::string, std::string>> TwoScalePde::lines(const Json& summary) const {
  const auto& macro = summary["macro"];
  return {{"hottest cell", fmt::format("{:.1f} K", summary["observables"]["temperature_max_K"].get<double>())},
          {"Newton's method", fmt::format("{:.2f} iterations a step, {} at most; {} evaluations of all fluxes",
                                          macro["newton_iterations_mean"].get<double>(),
                                          macro["newton_iterations_max"].dump(), macro["evaluations"].dump())}};
}

std::string TwoScalePde::described() const {
  return fmt::format("micro problems of {0} x {0} pixels", config_->cell.pixels);
}

/// A steep gradient across the mean microstructure.
std::vector<double> TwoScalePde::dear_row() {
  const auto& cell = cells_->solver->kind();
  std::vector<double> row(cell.rows().n_in());
  cell.rows().pose({.T = config_->initial_temperature,
                    .gradient = {3.0 * cell.options().gradient_scale, 0.0, 0.0},
                    .fraction = config_->fraction.mean,
                    .angle = config_->angle.mean},
                   row);
  return row;
}

}  // namespace bimetal::app
