#include "app/faults.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "core/error.hpp"

namespace bimetal::app {
namespace {

/// Fails inside the step, where the other ranks are already waiting for this one.
class FaultySolver : public subproblem::SubproblemSolver {
 public:
  enum class Place { last_rank, elsewhere };

  FaultySolver(std::unique_ptr<subproblem::SubproblemSolver> solver, const hybrid::Faults& faults, Place place)
      : solver_(std::move(solver)), faults_(faults), place_(place) {}

  subproblem::Kind& kind() override { return solver_->kind(); }

  subproblem::BatchReport solve(subproblem::Batch& batch) override {
    if (place_ == Place::last_rank && faults_.rank_throws_at == batch.step)
      throw std::runtime_error("this rank meets a bug as faults.rank_throws_at asks for");
    if (place_ == Place::last_rank && faults_.rank_fails_at == batch.step)
      throw core::RuntimeFailure("this rank fails as faults.rank_fails_at asks for");
    if (!faults_.reactor_fails_at || batch.step < *faults_.reactor_fails_at || batch.id.empty())
      return solver_->solve(batch);

    const auto row = std::ranges::min_element(batch.id) - batch.id.begin();
    const auto in = batch.in[row];
    const std::vector<double> state(in.begin(), in.end());  // the answer may be written over it
    auto report = solver_->solve(batch);
    std::copy_n(state.begin(), batch.out.width(), batch.out[row].begin());
    report.failures.push_back(
        {batch.id[static_cast<std::size_t>(row)], "physics fails here as faults.reactor_fails_at asks for", state});
    return report;
  }

 private:
  std::unique_ptr<subproblem::SubproblemSolver> solver_;
  hybrid::Faults faults_;
  Place place_;
};

}  // namespace

std::unique_ptr<subproblem::SubproblemSolver> with_faults(std::unique_ptr<subproblem::SubproblemSolver> solver,
                                                          const hybrid::Faults& faults,
                                                          const parallel::Communicator& comm) {
  if (!faults.reactor_fails_at && !faults.rank_throws_at && !faults.rank_fails_at) return solver;
  using Place = FaultySolver::Place;
  const auto place = comm.rank() == comm.size() - 1 ? Place::last_rank : Place::elsewhere;
  return std::make_unique<FaultySolver>(std::move(solver), faults, place);
}

void spoil_state(const hybrid::Faults& faults, const grid::Extents& extents, core::Rows state, std::int64_t step) {
  if (faults.state_nan_at != step) return;
  std::int64_t row = 0, stride = 1;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto at = extents.cells[axis] / 2 - extents.first[axis];
    if (at < 0 || at >= extents.owned[axis]) return;
    row += stride * at;
    stride *= extents.owned[axis];
  }
  state[row][0] = std::numeric_limits<double>::quiet_NaN();
}

}  // namespace bimetal::app
