#include "diffusion/two_scale_diffusion.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>

#include "core/error.hpp"
#include "core/timer.hpp"
#include "petsc/error.hpp"

namespace bimetal::diffusion {

using precipitation::GrainCell;

namespace {

/// What has to settle in an iteration, beside u; the elongation may be round-off all over.
constexpr std::array<int, 3> compared{GrainCell::new_porosity, GrainCell::K_xx, GrainCell::K_yy};

/// [n_owned, 1]
core::RowTable values_of(Vec vector) {
  const petsc::ConstVecRows view(vector, 1);
  core::RowTable values(1, view.rows().size());
  std::ranges::copy(view.rows().flat(), values.rows().flat().begin());
  return values;
}

}  // namespace

TwoScaleDiffusion::TwoScaleDiffusion(const grid::StructuredGrid& grid, const DiffusionOptions& options,
                                     precipitation::GrainCellSolver& reference, subproblem::SubproblemSolver& solver)
    : grid_(&grid),
      options_(options),
      solver_(&solver),
      diffusion_(grid, options.sink),
      u_(grid.create_global()),
      next_u_(grid.create_global()),
      provenance_(static_cast<std::size_t>(extents().n_owned())),
      rows_(GrainCell::n_in, extents().n_owned()),
      cells_(GrainCell::n_out, extents().n_owned()),
      next_cells_(GrainCell::n_out, extents().n_owned()),
      memory_(reference.kind().signature().memory, extents().n_owned()),
      next_memory_(memory_.width(), extents().n_owned()),
      storage_(provenance_.size()) {
  petsc::check(VecSet(u_.get(), options.initial), "VecSet");
  std::vector<double> grain(static_cast<std::size_t>(memory_.width()));
  const auto start = reference.begin(options.a, options.b, grain);
  std::int64_t cell = 0;
  grid::for_owned_cells(extents(), [&](auto i, auto j, auto k) {
    ids_.push_back(extents().global_id(i, j, k));
    std::ranges::copy(start, cells_[cell].begin());
    std::ranges::copy(grain, memory_[cell++].begin());
  });
}

StepReport TwoScaleDiffusion::advance(double dt, std::int64_t step) {
  const core::Stopwatch watch;
  StepReport report;
  petsc::check(VecCopy(u_.get(), next_u_.get()), "VecCopy");
  core::RowTable last_cells = cells_, last_u = values_of(u_.get());
  double change = 1.0;
  while (change > options_.tolerance) {
    VALIDATE(report.iterations < options_.max_iterations,
             "the iteration of the two scales gave up after {} iterations, the last of which changed u, porosity or "
             "conductivity by {:.3g}; try a smaller time step or a larger tolerance of the iteration",
             report.iterations, change);
    {
      const core::ScopedTimer timer(report.subproblem_s);
      auto batch = ask(dt, step, report.iterations == 0 ? subproblem::Iterate::first : subproblem::Iterate::next);
      std::ranges::move(batch.failures, std::back_inserter(report.batch.failures));
    }
    ++report.iterations;
    report.completed = grid_->communicator().sum(std::ssize(report.batch.failures)) == 0;
    if (!report.completed) break;
    core::RowTable K(2, extents().n_owned());
    for (std::int64_t cell = 0; cell < K.size(); ++cell) {
      const auto now = std::as_const(next_cells_)[cell];
      std::ranges::copy(now.subspan(GrainCell::K_xx, 2), K[cell].begin());
      const double p = now[GrainCell::new_porosity];
      storage_[static_cast<std::size_t>(cell)] = options_.storage * p + options_.grain_storage * (1.0 - p);
    }
    report.linear_iterations += diffusion_.solve(dt, K.rows(), storage_, u_.get(), next_u_.get());
    const auto now = values_of(next_u_.get());
    change = std::max(relative_change(next_cells_.rows(), last_cells.rows(), compared),
                      relative_change(now.rows(), last_u.rows(), std::array{0}));
    last_cells = next_cells_;
    last_u = now;
  }
  if (report.completed) end_step(dt);
  report.macro_s = watch.seconds() - report.subproblem_s;
  return report;
}

/// All grain cells, at the u that the iteration has come to. Collective.
subproblem::BatchReport TwoScaleDiffusion::ask(double dt, std::int64_t step, subproblem::Iterate iterate) {
  const auto u = values_of(next_u_.get());
  for (std::int64_t cell = 0; cell < rows_.size(); ++cell) {
    const auto row = rows_[cell];
    std::ranges::copy(std::as_const(cells_)[cell].first(GrainCell::potential), row.begin());
    row[GrainCell::potential] = u[cell][0];
    row[GrainCell::step] = dt;
  }
  subproblem::Batch batch{.in = rows_.rows(),
                          .out = next_cells_.rows(),
                          .id = ids_,
                          .step = step,
                          .provenance = provenance_,
                          .iterate = iterate,
                          .memory = memory_.rows(),
                          .memory_out = next_memory_.rows()};
  return solver_->solve(batch);
}

/// The largest change of some columns, each as a part of its largest value. Collective.
double TwoScaleDiffusion::relative_change(core::ConstRows now, core::ConstRows before,
                                          std::span<const int> columns) const {
  std::vector<double> most(2 * columns.size(), 0.0);  // of each column the largest value, then the largest change
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const auto k = static_cast<std::size_t>(columns[c]);
    for (std::int64_t cell = 0; cell < now.size(); ++cell) {
      most[2 * c] = std::max(most[2 * c], std::abs(now[cell][k]));
      most[2 * c + 1] = std::max(most[2 * c + 1], std::abs(now[cell][k] - before[cell][k]));
    }
  }
  grid_->communicator().max_in_place(most);
  double change = 0.0;
  for (std::size_t c = 0; c < columns.size(); ++c)
    if (most[2 * c + 1] > 0.0) change = std::max(change, most[2 * c + 1] / most[2 * c]);
  return change;
}

void TwoScaleDiffusion::end_step(double dt) {
  double gained = 0.0;
  {
    const petsc::ConstVecRows before(u_.get(), 1), after(next_u_.get(), 1);
    for (std::size_t cell = 0; cell < storage_.size(); ++cell)
      gained += storage_[cell] * (after.rows().flat()[cell] - before.rows().flat()[cell]);
  }
  gained_ += grid_->communicator().sum(gained) * extents().spacing(0) * extents().spacing(1);
  inflow_ += diffusion_.inflow(dt, next_u_.get());
  petsc::check(VecCopy(next_u_.get(), u_.get()), "VecCopy");
  std::swap(cells_, next_cells_);
  std::swap(memory_, next_memory_);
}

void TwoScaleDiffusion::persist(const core::Archive& archive) {
  {
    const auto view = edit_u();
    archive.points("u", extents().points(), view.rows().flat());
  }
  archive.points("cells", extents().points(), cells_.rows().flat());
  archive.points("memory", extents().points(), memory_.rows().flat());
  archive.alike("gained", gained_);
  archive.alike("inflow", inflow_);
}

}  // namespace bimetal::diffusion
