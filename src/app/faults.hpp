#pragma once

#include <cstdint>
#include <memory>

#include "core/rows.hpp"
#include "grid/extents.hpp"
#include "hybrid/hybrid_options.hpp"
#include "parallel/communicator.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::app {

/// The solver as it is, or, if faults.reactor_fails_at, rank_throws_at or rank_fails_at is given, one that fails as
/// they ask for in batches of those steps: physics that cannot solve the row of the lowest number on each rank, or an
/// exception on the last rank of `comm`. Local.
std::unique_ptr<subproblem::SubproblemSolver> with_faults(std::unique_ptr<subproblem::SubproblemSolver> solver,
                                                          const hybrid::Faults& faults,
                                                          const parallel::Communicator& comm);

/// Does what faults.state_nan_at asks for: after that step the cell in the middle of the box has no temperature,
/// which is the first column of `state`, [n_owned, any]. Local.
void spoil_state(const hybrid::Faults& faults, const grid::Extents& extents, core::Rows state, std::int64_t step);

}  // namespace bimetal::app
