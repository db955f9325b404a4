#pragma once

#include <nlohmann/json.hpp>

#include "app/march.hpp"

namespace bimetal::app {

/// Everything summary.json says about a finished run (docs/output.md lists it). Collective.
nlohmann::ordered_json summarise(const RunConfig& config, Simulation& simulation, const MarchSeconds& march,
                                 double setup_seconds, const RunOutput& output, const parallel::Communicator& comm);

/// The closing lines on the terminal: what was computed, by whom, what is proved about it, and what it cost.
void print_summary(const nlohmann::ordered_json& summary, const std::string& directory, core::Log& log);

}  // namespace bimetal::app
