#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/guarded.hpp"
#include "app/reacting_flow.hpp"
#include "chemistry/mixture.hpp"

namespace bimetal::app {

int execute(const ReactorCommand& command, const parallel::Communicator& world) {
  const auto mechanism = load_mechanism(command.mechanism, world);
  const auto mixture = chemistry::fuel_air_mixture(*mechanism, command.fuel, command.phi);
  const auto result =
      subproblem::ignite(*mechanism, command.temperature, command.pressure, mixture, command.ignition);
  if (!world.is_root()) return exit_done;

  const bool at_pressure = command.ignition.constraint == subproblem::Constraint::constant_pressure;
  if (command.format == ReportFormat::json) {
    const nlohmann::ordered_json report{{"mechanism", mechanism->name},
                                        {"fuel", command.fuel},
                                        {"equivalence_ratio", command.phi},
                                        {"temperature_K", command.temperature},
                                        {"pressure_Pa", command.pressure},
                                        {"constant", at_pressure ? "pressure" : "volume"},
                                        {"ignition_delay_s", result.delay},
                                        {"final_temperature_K", result.final_temperature},
                                        {"final_pressure_Pa", result.final_pressure}};
    std::printf("%s\n", report.dump().c_str());
  } else {
    std::printf("%s/air, phi %g, %g K, %g Pa, constant %s\n", command.fuel.c_str(), command.phi, command.temperature,
                command.pressure, at_pressure ? "pressure" : "volume");
    std::printf("  ignition delay     %.6e s\n", result.delay);
    std::printf("  final temperature  %.2f K\n", result.final_temperature);
    std::printf("  final pressure     %.0f Pa\n", result.final_pressure);
  }
  return exit_done;
}

}  // namespace bimetal::app
