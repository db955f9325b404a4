#pragma once

#include <nlohmann/json.hpp>

#include "parallel/communicator.hpp"

namespace bimetal::app {

/// The machine and the libraries of a run, as texts by name. Hosts are not named, since their names may be private.
/// Collective.
nlohmann::ordered_json describe_machine(const parallel::Communicator& world);

}  // namespace bimetal::app
