#include "conduction/heat_conduction.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/error.hpp"
#include "core/timer.hpp"
#include "petsc/error.hpp"

namespace bimetal::conduction {
namespace {

/// Calls visit(row, i, j, k) with the numbers of every owned cell counted from the first owned one, x fastest.
template <class Visit>
void for_owned(const grid::Extents& e, Visit visit) {
  std::int64_t row = 0;
  for (std::int64_t k = 0; k < e.owned[2]; ++k)
    for (std::int64_t j = 0; j < e.owned[1]; ++j)
      for (std::int64_t i = 0; i < e.owned[0]; ++i) visit(row++, i, j, k);
}

std::array<double, 3> centre(const grid::Extents& e, std::int64_t i, std::int64_t j, std::int64_t k) {
  return {e.centre(0, e.first[0] + i), e.centre(1, e.first[1] + j), e.centre(2, e.first[2] + k)};
}

FaceScales scales_of(const ConductionOptions& options, const grid::Extents& e) {
  double longest = 0.0;
  for (std::size_t axis = 0; axis < 3; ++axis) longest = std::max(longest, e.upper[axis] - e.lower[axis]);
  return {.temperature = options.temperature_range,
          .gradient = 1e-2 * options.temperature_range / longest,
          .least_change = options.flux_error};
}

}  // namespace

HeatConduction::HeatConduction(const grid::StructuredGrid& grid, ConductionOptions options,
                               const MicrostructureField& microstructure, const FluxRows& rows,
                               subproblem::SubproblemSolver& solver, TangentSource* source)
    : options_(checked(std::move(options), grid)),
      cells_(grid, 1, grid::Stencil::box),
      points_(cells_, cells_.extents().dimensions),
      fluxes_(faces_with_flux(cells_, points_, options_.ends), cells_.extents().dimensions,
              scales_of(options_, cells_.extents()), microstructure, rows, solver, source),
      newton_(
          cells_, options_.newton_tolerance * options_.temperature_range, options_.max_iterations,
          [this](Vec temperature, Vec residual) { find_residual(temperature, residual); },
          [this](Mat jacobian) { fill_jacobian(jacobian); }),
      state_(cells_.create_global()),
      last_state_(cells_.create_global()),
      unknown_(cells_.create_global()),
      handed_over_at_(cells_.create_global()),
      with_ghosts_(cells_.create_local()),
      face_flux_(points_.create_global()),
      face_flux_with_ghosts_(points_.create_local()),
      values_(static_cast<std::size_t>(cells_.layout().n_cells() + 6)),
      source_(static_cast<std::size_t>(extents().n_owned())) {
  provenance_.fill(std::vector(static_cast<std::size_t>(extents().n_owned()),
                               subproblem::Provenance{.answerer = subproblem::Answerer::inert}));
}

void HeatConduction::initialise(const std::function<double(const std::array<double, 3>&)>& temperature) {
  std::array<double, 6> sums{}, n_cells{};
  const auto& e = extents();
  {
    const auto view = edit_state();
    for_owned(e, [&](std::int64_t row, auto i, auto j, auto k) {
      const double value = view.rows()[row][0] = temperature(centre(e, i, j, k));
      const std::array<std::int64_t, 3> at{e.first[0] + i, e.first[1] + j, e.first[2] + k};
      for (std::size_t side = 0; side < 6; ++side)
        if (at[side / 2] == (side % 2 == 0 ? 0 : e.cells[side / 2] - 1)) {
          sums[side] += value;
          n_cells[side] += 1.0;
        }
    });
  }
  cells_.communicator().sum_in_place(std::span<double>(sums));
  cells_.communicator().sum_in_place(std::span<double>(n_cells));
  for (std::size_t side = 0; side < 6; ++side) initial_end_temperature_[side] = sums[side] / n_cells[side];
  time_ = last_dt_ = 0.0;
  heat_in_ = {};
}

double HeatConduction::end_temperature(std::size_t axis, std::size_t end, double time) const {
  const End& options = options_.ends[axis][end];
  if (!(time < options.ramp)) return options.temperature;
  const double initial = initial_end_temperature_[2 * axis + end];
  return initial + (options.temperature - initial) * (time / options.ramp);
}

double HeatConduction::cell_volume() const {
  return extents().spacing(0) * extents().spacing(1) * extents().spacing(2);
}

StepReport HeatConduction::advance(double dt, std::int64_t step) {
  const core::Stopwatch watch;
  StepReport report;
  report_ = &report;
  step_ = step;
  begin_step(dt);
  const auto newton = iterate(report);
  report.residual = newton.residual;
  report.completed = !failed_;
  VALIDATE(
      newton.converged || failed_,
      "Newton's method for the conduction of heat gave up at {} s after {} evaluations with a residual of {:.3g} K "
      "({}); try a smaller time step or a larger tolerance of Newton's method",
      time_, report.evaluations, newton.residual, newton.reason);
  if (report.completed) end_step();
  report.macro_s = watch.seconds() - report.subproblem_s;
  return report;
}

void HeatConduction::begin_step(double dt) {
  dt_ = dt;
  failed_ = false;
  evaluated_ = false;
  weights_ = backward_difference(dt, options_.time_order == TimeOrder::second ? last_dt_ : 0.0);
  for (std::size_t axis = 0; axis < options_.ends.size(); ++axis)
    for (std::size_t end = 0; end < 2; ++end)
      values_[values_.size() - 6 + 2 * axis + end] = end_temperature(axis, end, time_ + dt);
  if (!options_.source) return;
  for_owned(extents(), [&](std::int64_t row, auto i, auto j, auto k) {
    source_[static_cast<std::size_t>(row)] = options_.source(centre(extents(), i, j, k), time_ + dt);
  });
}

/// From temperatures that go on as in the last step; if that does not lead to a solution, from those there are, with
/// new tangents: exact ones to the end, if there is a source.
NewtonSolver::Report HeatConduction::iterate(StepReport& report) {
  NewtonSolver::Report newton;
  for (int attempt = 0; attempt < 2 && !newton.converged && !failed_; ++attempt) {
    petsc::check(VecCopy(state_.get(), unknown_.get()), "VecCopy");
    evaluated_ = false;
    tangents_ = attempt == 0 ? options_.tangents : Tangents::exact;
    if (attempt > 0) {
      fluxes_.forget_tangents();
    } else if (last_dt_ > 0.0) {
      const double ratio = dt_ / last_dt_;
      petsc::check(VecAXPBY(unknown_.get(), -ratio, 1.0 + ratio, last_state_.get()), "VecAXPBY");
    }
    newton = solve_from(unknown_.get(), report);
  }
  return newton;
}

/// Where answerers change on the way, as they do when audits refute the surrogate, goes on from there with the
/// function that the residual is now.
NewtonSolver::Report HeatConduction::solve_from(Vec start, StepReport& report) {
  constexpr int most_changes = 5;
  NewtonSolver::Report newton;
  for (int change = 0; change <= most_changes; ++change) {
    handed_over_ = false;
    newton = newton_.solve(start);
    report.newton_iterations += newton.iterations;
    report.linear_iterations += newton.linear_iterations;
    if (!handed_over_) break;
    petsc::check(VecCopy(handed_over_at_.get(), start), "VecCopy");
    evaluated_ = true;
  }
  return newton;
}

/// The temperatures follow from the fluxes: what is left of the residual is taken off them.
void HeatConduction::end_step() {
  petsc::check(VecAXPY(unknown_.get(), -1.0 / weights_.now, newton_.residual()), "VecAXPY");
  petsc::check(VecCopy(state_.get(), last_state_.get()), "VecCopy");
  petsc::check(VecCopy(unknown_.get(), state_.get()), "VecCopy");
  const auto& [now, before] = weights_;
  const double heat_in = (dt_ * heat_rate() - before[0] * heat_in_[0] - before[1] * heat_in_[1]) / now;
  heat_in_ = {heat_in, heat_in_[0]};
  time_ += dt_;
  last_dt_ = dt_;
  const auto& owned = extents().owned;
  const auto& points = points_.points().count;
  for (std::size_t f = 0; f < faces().size(); ++f) {
    const std::int64_t point = faces()[f].point;
    const std::int64_t i = point % points[0], j = point / points[0] % points[1], k = point / (points[0] * points[1]);
    if (i < owned[0] && j < owned[1] && k < owned[2])
      provenance_[static_cast<std::size_t>(faces()[f].axis)]
                 [static_cast<std::size_t>(i + owned[0] * (j + owned[1] * k))] = fluxes_.provenance()[f];
  }
}

void HeatConduction::find_fluxes(Vec temperature) {
  cells_.exchange_halo(temperature, with_ghosts_.get());
  {
    const petsc::ConstVecRows view(with_ghosts_.get(), 1);
    std::ranges::copy(view.rows().flat(), values_.begin());
  }
  const auto iterate = report_->evaluations == 0 ? subproblem::Iterate::first : subproblem::Iterate::next;
  subproblem::BatchReport batch;
  {
    const core::ScopedTimer timer(report_->subproblem_s);
    batch = fluxes_.evaluate(values_, step_, iterate, cells_.communicator(), failed_);
  }
  ++report_->evaluations;
  std::ranges::move(batch.failures, std::back_inserter(report_->batch.failures));
  if (failed_) return;
  spread_fluxes();
  constexpr double many = 0.01;  // of the faces
  handed_over_ = iterate == subproblem::Iterate::next && fluxes_.handed_over() > many;
  if (handed_over_) petsc::check(VecCopy(temperature, handed_over_at_.get()), "VecCopy");
}

/// Puts the fluxes where both cells of a face see them.
void HeatConduction::spread_fluxes() {
  {
    const petsc::VecRows view(face_flux_.get(), points_.n_components());
    for (std::size_t f = 0; f < faces().size(); ++f)
      view.rows()[faces()[f].point][static_cast<std::size_t>(faces()[f].axis)] = fluxes_.normal_flux(f);
  }
  points_.exchange_halo(face_flux_.get(), face_flux_with_ghosts_.get());
}

/// In [K]: dt / c times what is wrong with the balance of a volume.
void HeatConduction::find_residual(Vec temperature, Vec residual) {
  if (!failed_ && !handed_over_ && !std::exchange(evaluated_, false)) find_fluxes(temperature);
  // After a failure there is nothing to go on with: an endless residual ends the iteration.
  if (failed_ || handed_over_)
    return petsc::check(VecSet(residual, std::numeric_limits<double>::infinity()), "VecSet");
  const petsc::ConstVecRows now(temperature, 1), state(state_.get(), 1), last(last_state_.get(), 1);
  const petsc::ConstVecRows flux(face_flux_with_ghosts_.get(), points_.n_components());
  const petsc::VecRows result(residual, 1);
  const auto& layout = points_.layout();
  const double per_capacity = dt_ / options_.heat_capacity;
  for_owned(extents(), [&](std::int64_t row, auto i, auto j, auto k) {
    const std::int64_t point = layout.index(i, j, k);
    double divergence = -source_[static_cast<std::size_t>(row)];
    for (int axis = 0; axis < extents().dimensions; ++axis) {
      const auto a = static_cast<std::size_t>(axis);
      divergence += (flux.rows()[point + layout.stride[a]][a] - flux.rows()[point][a]) / extents().spacing(axis);
    }
    result.rows()[row][0] = weights_.now * now.rows()[row][0] + weights_.before[0] * state.rows()[row][0] +
                            weights_.before[1] * last.rows()[row][0] + per_capacity * divergence;
  });
}

void HeatConduction::fill_jacobian(Mat jacobian) {
  fluxes_.provide_tangents(tangents_, cells_.communicator());
  for_owned(extents(), [&](std::int64_t, auto i, auto j, auto k) {
    const auto cell = static_cast<PetscInt>(cells_.layout().index(i, j, k));
    petsc::check(MatSetValuesLocal(jacobian, 1, &cell, 1, &cell, &weights_.now, ADD_VALUES), "MatSetValuesLocal");
  });
  const std::int64_t n_cells = cells_.layout().n_cells();
  std::vector<PetscInt> columns;
  std::vector<double> values;
  for (std::size_t f = 0; f < faces().size(); ++f) {
    const Face& face = faces()[f];
    const auto tangent = fluxes_.tangent(f);
    columns.clear();
    values.clear();
    for (const Influence& influence : face.influences) {
      if (influence.value >= n_cells) continue;  // an end
      double by_value = 0.0;
      for (std::size_t k = 0; k < tangent.size(); ++k) by_value += tangent[k] * influence.weights[k];
      columns.push_back(influence.value);
      values.push_back(by_value * dt_ / options_.heat_capacity / extents().spacing(face.axis));
    }
    for (const std::int32_t cell : face.cells) {  // what leaves the one below enters the one above
      const auto row = static_cast<PetscInt>(cell);
      if (cell >= 0)
        petsc::check(MatSetValuesLocal(jacobian, 1, &row, static_cast<PetscInt>(columns.size()), columns.data(),
                                       values.data(), ADD_VALUES),
                     "MatSetValuesLocal");
      for (double& value : values) value = -value;
    }
  }
}

double HeatConduction::heat_rate() const {
  double rate = 0.0;  // [W]
  for (std::size_t f = 0; f < faces().size(); ++f) {
    const Face& face = faces()[f];
    if (face.cells[0] >= 0 && face.cells[1] >= 0) continue;
    rate += (face.cells[0] < 0 ? 1.0 : -1.0) * fluxes_.normal_flux(f) * cell_volume() / extents().spacing(face.axis);
  }
  for (const double source : source_) rate += source * cell_volume();
  return cells_.communicator().sum(rate);
}

double HeatConduction::heat() const {
  double sum = 0.0;
  const auto view = state();
  for (const double temperature : view.rows().flat()) sum += temperature;
  return cells_.communicator().sum(sum) * options_.heat_capacity * cell_volume();
}

core::RowTable HeatConduction::flux() const {
  core::RowTable table(extents().dimensions, extents().n_owned());
  const petsc::ConstVecRows faces(face_flux_with_ghosts_.get(), points_.n_components());
  const auto& layout = points_.layout();
  for_owned(extents(), [&](std::int64_t row, auto i, auto j, auto k) {
    const std::int64_t point = layout.index(i, j, k);
    for (std::size_t a = 0; a < static_cast<std::size_t>(table.width()); ++a)
      table[row][a] = 0.5 * (faces.rows()[point][a] + faces.rows()[point + layout.stride[a]][a]);
  });
  return table;
}

void HeatConduction::persist(const core::Archive& archive) {
  {
    const auto view = edit_state();
    const petsc::VecRows last(last_state_.get(), 1);
    archive.points("state", extents().points(), view.rows().flat());
    archive.points("last_state", extents().points(), last.rows().flat());
  }
  fluxes_.persist(archive.in("fluxes"), points_.points());
  archive.alike("initial_end_temperature", std::span<double>(initial_end_temperature_));
  archive.alike("heat_in", std::span<double>(heat_in_));
  archive.alike("time", time_);
  archive.alike("last_dt", last_dt_);
  if (archive.restores()) spread_fluxes();
}

}  // namespace bimetal::conduction
