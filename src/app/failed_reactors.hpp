#pragma once

#include <cstdint>

#include "app/run_config.hpp"
#include "chemistry/mechanism.hpp"
#include "core/signature.hpp"
#include "parallel/communicator.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::app {

/// Ends the run, by a RuntimeFailure that is the same on every rank, if physics could not solve some row of `step` on
/// any of them. The states of the cells with the lowest numbers, 100 at most, are left in failed_reactors_NNNNNN.json
/// in the output directory, for `bimetal reactor --state` to replay. Collective.
void require_all_solved(const subproblem::BatchReport& batch, std::int64_t step, const RunConfig& config,
                        const chemistry::Mechanism& mechanism, const core::Signature& signature,
                        const parallel::Communicator& comm);

}  // namespace bimetal::app
