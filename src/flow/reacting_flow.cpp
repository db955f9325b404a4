#include "flow/reacting_flow.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/timer.hpp"

namespace bimetal::flow {

ReactingFlow::ReactingFlow(const grid::StructuredGrid& grid, subproblem::SubproblemSolver& chemistry)
    : grid_(&grid),
      chemistry_(&chemistry),
      state_(grid.create_global()),
      before_(grid.n_components(), grid.extents().n_owned()),
      after_(grid.n_components(), grid.extents().n_owned()),
      inputs_(std::ssize(chemistry.kind().signature().inputs), grid.extents().n_owned()),
      provenance_(static_cast<std::size_t>(grid.extents().n_owned())) {
  EXPECT(static_cast<int>(chemistry.kind().signature().outputs.size()) == grid.n_components());
  ids_.reserve(provenance_.size());
  grid::for_owned_cells(extents(), [&](auto i, auto j, auto k) { ids_.push_back(extents().global_id(i, j, k)); });
}

void ReactingFlow::initialise(const InitialCondition& condition) {
  const auto view = edit_state();
  std::int64_t row = 0;
  grid::for_owned_cells(extents(), [&](auto i, auto j, auto k) {
    condition({extents().centre(0, i), extents().centre(1, j), extents().centre(2, k)}, view.rows()[row++]);
  });
}

void ReactingFlow::persist(const core::Archive& archive) {
  const auto view = edit_state();
  archive.points("state", extents().points(), view.rows().flat());
}

void ReactingFlow::react(double dt, std::int64_t step, StepReport& report) {
  const core::ScopedTimer timer(report.chemistry_s);
  const auto& signature = chemistry_->kind().signature();
  const auto pressure_column = signature.column_of(core::Condition::pressure);
  const auto step_column = signature.column_of(core::Condition::time_step);
  VALIDATE(step_column || std::abs(dt - signature.dt) <= 1e-9 * dt,
           "the flow was asked to advance by {} s, but its sub-problem solver advances by {} s", dt, signature.dt);
  {
    const auto view = state();
    std::ranges::copy(view.rows().flat(), before_.rows().flat().begin());
  }
  for (std::int64_t i = 0; i < before_.size(); ++i) {
    const auto row = inputs_[i];
    std::ranges::copy(before_[i], row.begin());
    if (pressure_column) row[static_cast<std::size_t>(*pressure_column)] = pressure();
    if (step_column) row[static_cast<std::size_t>(*step_column)] = dt;
  }
  subproblem::Batch batch{
      .in = inputs_.rows(), .out = after_.rows(), .id = ids_, .step = step, .provenance = provenance_};
  report.batch = chemistry_->solve(batch);
  const auto view = edit_state();
  std::ranges::copy(after_.rows().flat(), view.rows().flat().begin());
}

}  // namespace bimetal::flow
