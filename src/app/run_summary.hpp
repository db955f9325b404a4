#pragma once

#include <nlohmann/json.hpp>

#include "app/march.hpp"
#include "hybrid/crew.hpp"

namespace bimetal::app {

/// "3 rank(s)", or "2 + 1 ranks (to solve and to train)". Local.
std::string describe_ranks(int n_solvers, int n_trainers);

/// Everything summary.json says about a finished run (docs/output.md lists it). machine: of describe_machine().
/// Collective over solvers.
nlohmann::ordered_json summarise(const RunConfig& config, Simulation& simulation, const RunProgress& progress,
                                 double setup_seconds, const RunOutput& output, const hybrid::Crew& crew,
                                 const nlohmann::ordered_json& machine);

/// The closing lines on the terminal: what was computed, by whom, what is proved about it, and what it cost.
void print_summary(const nlohmann::ordered_json& summary, const Pde& pde, const std::string& directory,
                   core::Log& log);

}  // namespace bimetal::app
