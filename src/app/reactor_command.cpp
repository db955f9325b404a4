#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/guarded.hpp"
#include "app/reacting_flow.hpp"
#include "chemistry/mixture.hpp"

namespace bimetal::app {
namespace {

template <class T, std::size_t n>
const char* name_of(const std::array<std::pair<const char*, T>, n>& names, T value) {
  return std::ranges::find(names, value, [](const auto& entry) { return entry.second; })->first;
}

nlohmann::ordered_json to_json(const ReactorCommand& command, const chemistry::Mechanism& mechanism,
                               const subproblem::IgnitionResult& result) {
  const auto& [constraint, criterion, rtol, atol, end] = command.ignition;
  const auto& reactants = command.reactants;
  const bool at_pressure = constraint == subproblem::Constraint::constant_pressure;
  nlohmann::ordered_json report{{"mechanism", mechanism.name},
                                {"fuel", reactants.fuel.text()},
                                {"oxidizer", reactants.oxidizer.parts.empty() ? "air" : reactants.oxidizer.text()},
                                {"basis", name_of(chemistry::basis_names, reactants.basis)},
                                {"equivalence_ratio", command.phi},
                                {"temperature_K", command.temperature},
                                {"pressure_Pa", command.pressure},
                                {"constant", at_pressure ? "pressure" : "volume"},
                                {"criterion", name_of(subproblem::ignition_criteria, criterion)},
                                {"rtol", rtol},
                                {"atol", result.atol},
                                {"ignition_delay_s", nullptr},
                                {"final_temperature_K", result.final_temperature},
                                {"final_pressure_Pa", result.final_pressure},
                                {"end_time_s", result.end_time}};
  if (result.delay)
    report["ignition_delay_s"] = *result.delay;
  else
    report["no_delay"] = result.no_delay;
  return report;
}

void print(const ReactorCommand& command, const subproblem::IgnitionResult& result) {
  const bool at_pressure = command.ignition.constraint == subproblem::Constraint::constant_pressure;
  fmt::print("{}, phi {:g}, {:g} K, {:g} Pa, constant {}\n", command.reactants.text(), command.phi,
             command.temperature, command.pressure, at_pressure ? "pressure" : "volume");
  if (result.delay)
    fmt::print("  ignition delay     {:.6e} s\n", *result.delay);
  else
    fmt::print("  ignition delay     none: {}\n", result.no_delay);
  fmt::print("  final temperature  {:.2f} K\n", result.final_temperature);
  fmt::print("  final pressure     {:.0f} Pa\n", result.final_pressure);
}

}  // namespace

int execute(const ReactorCommand& command, const parallel::Communicator& world) {
  const auto mechanism = load_mechanism(command.mechanism, command.phase, world);
  if (world.is_root())
    for (const auto& remark : mechanism->remarks)
      std::fprintf(stderr, "bimetal: warning: %s: %s\n", mechanism->source.c_str(), remark.c_str());
  const auto mixture = chemistry::reactant_mixture(*mechanism, command.reactants, command.phi);
  const auto result =
      subproblem::ignite(*mechanism, command.temperature, command.pressure, mixture, command.ignition);
  if (!world.is_root()) return exit_done;
  if (command.format == ReportFormat::json)
    std::printf("%s\n", to_json(command, *mechanism, result).dump().c_str());
  else
    print(command, result);
  return exit_done;
}

}  // namespace bimetal::app
