#include "app/precipitation_pde.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "app/faults.hpp"
#include "app/porosity_observer.hpp"
#include "app/run_config.hpp"
#include "app/solved_state.hpp"

namespace bimetal::app {

using precipitation::GrainCell;
using subproblem::Provenance;

PrecipitationPde::PrecipitationPde(const RunConfig& run, const diffusion::DiffusionOptions& macro,
                                   const precipitation::GrainCellOptions& cell, const grid::StructuredGrid& grid,
                                   subproblem::SubproblemSolver& solver)
    : run_(&run), reference_(cell), grid_(&grid), medium_(grid, macro, reference_, solver) {}

void PrecipitationPde::persist(const core::Archive& archive) {
  medium_.persist(archive.in("medium"));
  archive.sums("macro_seconds", macro_s_);
  archive.alike("steps", steps_);
  archive.alike("iterations", iterations_);
}

void PrecipitationPde::advance(double dt, std::int64_t step) {
  const auto& comm = grid_->communicator();
  last_ = medium_.advance(dt, step);
  require_all_solved(last_.batch, "grain cells", "cell", "try a smaller time.step", comm);
  spoil_state(run_->hybrid.faults, extents(), medium_.edit_u().rows(), step);
  read_u();
  constexpr double least = std::numeric_limits<double>::lowest();
  require_sound({u_.data(), std::ssize(u_), 1}, {.name = "u", .above = least, .whose = "a porous medium"}, extents(),
                comm);
  macro_s_ += last_.macro_s;
  ++steps_;
  iterations_ += last_.iterations;
}

void PrecipitationPde::read_u() {
  const auto view = medium_.u();
  u_.assign(view.rows().flat().begin(), view.rows().flat().end());
}

std::vector<io::CellField> PrecipitationPde::fields() {
  read_u();
  const auto cells = medium_.cells();
  const auto provenance = medium_.provenance();
  return {io::column("u", "1", u_.data()),
          io::column("porosity", "1", cells.data() + GrainCell::new_porosity, cells.width()),
          io::column("elongation", "1", cells.data() + GrainCell::new_elongation, cells.width()),
          io::column("interface", "1", cells.data() + GrainCell::new_interface, cells.width()),
          io::column("K_xx", "1", cells.data() + GrainCell::K_xx, cells.width()),
          io::column("K_yy", "1", cells.data() + GrainCell::K_yy, cells.width()),
          io::member("answerer", "1", provenance, &Provenance::answerer),
          io::member("version", "1", provenance, &Provenance::version),
          io::member("score", "1", provenance, &Provenance::score),
          io::member("audited_error", "1", provenance, &Provenance::audited_error)};
}

std::vector<std::string> PrecipitationPde::history_columns() const {
  return {"iterations", "linear_iterations", "macro_s"};
}

std::vector<double> PrecipitationPde::history() {
  return {static_cast<double>(last_.iterations), static_cast<double>(last_.linear_iterations), last_.macro_s};
}

std::unique_ptr<Observer> PrecipitationPde::make_observer(const std::string& directory,
                                                          std::optional<std::int64_t> after_step) {
  return std::make_unique<PorosityObserver>(medium_, directory, grid_->communicator(), after_step);
}

Pde::Json PrecipitationPde::summary() {
  const double steps = static_cast<double>(std::max<std::int64_t>(steps_, 1));
  return {{"macro", {{"iterations_mean", static_cast<double>(iterations_) / steps}, {"iterations", iterations_}}},
          {"micro", {{"pixels", reference_.kind().options().pixels}}}};
}

std::vector<std::pair<std::string, std::string>> PrecipitationPde::lines(const Json& summary) const {
  const auto& seen = summary["observables"];
  return {{"porosity", fmt::format("{:.4f} on the mean, {:.4f} at most", seen["porosity_mean"].get<double>(),
                                   seen["porosity_max"].get<double>())},
          {"two scales", fmt::format("{:.2f} iterations a step", summary["macro"]["iterations_mean"].get<double>())}};
}

std::string PrecipitationPde::described() const {
  return fmt::format("grain cells of {0} x {0} pixels", reference_.kind().options().pixels);
}

/// The largest grain.
std::vector<double> PrecipitationPde::dear_row() {
  const auto cells = medium_.cells();
  const auto& options = reference_.kind().options();
  std::int64_t largest = 0;
  for (std::int64_t cell = 0; cell < cells.size(); ++cell)
    if (cells[cell][GrainCell::new_porosity] < cells[largest][GrainCell::new_porosity]) largest = cell;
  std::vector<double> row(cells[largest].begin(), cells[largest].begin() + GrainCell::potential);
  row.push_back(options.potential_scale);
  row.push_back(options.dt);
  return row;
}

}  // namespace bimetal::app
