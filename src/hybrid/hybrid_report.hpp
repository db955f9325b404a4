#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "hybrid/crew.hpp"
#include "hybrid/hybrid_options.hpp"
#include "hybrid/hybrid_solver.hpp"

namespace bimetal::hybrid {

/// What became of the rows of a run so far, what is proved about the answers, and what they cost: the members
/// subproblems, certificate, error, verification, speed, ledger, surrogate and trainers of summary.json
/// (docs/output.md). wall_seconds: how long the run took on this rank. Collective over solvers.
nlohmann::ordered_json report(HybridSolver& hybrid, const HybridOptions& options, const Crew& crew,
                              double wall_seconds);

/// One of the closing lines of a run.
struct SummaryLine {
  std::string label, text;
};
/// Those that say what `report` amounts to. Local.
std::vector<SummaryLine> summary_lines(const nlohmann::ordered_json& report);

}  // namespace bimetal::hybrid
