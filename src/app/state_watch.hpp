#pragma once

#include "chemistry/mechanism.hpp"
#include "flow/reacting_flow.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::app {

/// Ends the run, by a RuntimeFailure that is the same on every rank, if the state is not that of a gas: T, a mass
/// fraction, the density, the velocity or the flow's pressure is not finite in some cell, or T or the density is not
/// positive. The sentence names the cell of the lowest number, whichever rank owns it. Collective.
void require_sound_state(const flow::ReactingFlow& flow, const chemistry::Mechanism& mechanism,
                         const parallel::Communicator& comm);

/// "cell 12 (i, j, k = 4, 1, 0)". Local.
std::string name_cell(const grid::Extents& extents, std::int64_t id);

}  // namespace bimetal::app
