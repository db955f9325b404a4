#pragma once

#include <string>

#include "core/rows.hpp"
#include "grid/extents.hpp"
#include "parallel/communicator.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::app {

/// Ends the run, by a RuntimeFailure that is the same on every rank, if physics could not solve a sub-problem of this
/// or another rank. problems: "cell problems"; place: what its id counts, "face"; advice: "try ...". Collective.
void require_all_solved(const subproblem::BatchReport& batch, const std::string& problems, const std::string& place,
                        const std::string& advice, const parallel::Communicator& comm);

/// What a number of the state must be in every cell.
struct SoundValue {
  std::string name;  // "T [K]"
  double above;
  std::string whose;  // "a solid"
};

/// Ends the run likewise if a number, the first column of [n_owned, width], is not finite or too low in
/// some cell. Collective.
void require_sound(core::ConstRows values, const SoundValue& sound, const grid::Extents& extents,
                   const parallel::Communicator& comm);

}  // namespace bimetal::app
