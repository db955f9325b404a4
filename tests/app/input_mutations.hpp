#pragma once

#include <string>
#include <vector>

#include "../support/yaml_mutations.hpp"

namespace bimetal::app::testing {

using bimetal::testing::Dice;
using bimetal::testing::listed;
using bimetal::testing::Mutations;
using bimetal::testing::Piece;
using bimetal::testing::random_token;

/// Every key an input may have, with its path.
inline const std::vector<std::string>& all_keys() {
  static const auto keys = listed(
      "case; seed; grid.cells; grid.lower; grid.upper; grid.boundary; grid.boundary.x; grid.boundary.x.lower; "
      "time.step; time.end; time.largest_step; time.courant; time.expansion; chemistry.mechanism; "
      "chemistry.phase; chemistry.pressure; "
      "chemistry.integrator; chemistry.rtol; chemistry.atol; flow.model; flow.transport; flow.velocity; "
      "flow.velocity.type; flow.velocity.amplitude; flow.velocity.direction; flow.inflow; flow.inflow.x_lower; "
      "flow.inflow.x_lower.velocity; flow.inflow.x_lower.fuel; initial.type; initial.fuel; initial.oxidizer; "
      "initial.basis; initial.diluent; initial.equivalence_ratio; initial.stratification; "
      "initial.waves; initial.temperature; initial.kernel_gas; initial.kernel_temperature; initial.kernel_centre; "
      "initial.kernel_radius; initial.kernel_thickness; initial.second_gas; initial.second_gas.region; "
      "initial.second_gas.position; initial.second_gas.radius; initial.front_position; initial.front_thickness; "
      "initial.slab_fuel; initial.slab_half_width; initial.slab_steepness; surrogate; surrogate.layers; "
      "surrogate.error_layers; surrogate.second_layers; surrogate.knee; surrogate.head; surrogate.resolution; surrogate.device; surrogate.model; "
      "training.placement; training.updates_per_step; training.promote_every; training.batch; "
      "training.perturbed; training.trainer_ranks; training.patience; training.queue_rows; training.learning_rate; "
      "training.decay_updates; training.replay_capacity; training.calibration_rows; switching; switching.policy; "
      "switching.tolerance; switching.wrong_fraction; switching.confidence; switching.cost_veto; "
      "switching.max_overhead; switching.audit_fraction; switching.verify; "
      "switching.run_tolerance; switching.unit_costs; switching.threshold; switching.window; switching.memory; "
      "switching.scales; faults; output.directory; output.fields_every; output.data; "
      "output.data_rows; output.observables_every");
  return keys;
}

inline const std::string& hostile_value(Dice& dice) {
  static const auto values = listed(
      "0; -1; 1; 2; 0.5; 1e-300; 1e300; 1e999; .nan; .inf; -.inf; 9223372036854775807; -9223372036854775808; "
      "9223372036854775808; 1e18; 2147483648; 3.0; ~; true; no; ''; x; {}; []; [1]; [1, 1]; [8, 8, 8]; [1, 2, 3, 4]; "
      "[0]; [-1, 8]; [1e3, 1e3]; [1000000, 1000000]; [3000000000, 3000000000, 3000000000]; [65536, 65536]; [.nan]; "
      "[[1]]; [~]; [x]; {a: b}; {x: 1}; {Y_H2: 1}; {Y_H2: .nan}; {H2: 1}; {O2: 1, AR: 3}; H2:1,N2:2; h2; mass; {T: -1}; {? [1]: 2}; /dev/zero; /; ..; "
      "/proc/self/mem; auto; cpu; cuda; none; never; always; certified; in_situ; dedicated; off; uniform; diffusion_flame; "
      "flame_front; ignition_kernel; low_mach; prescribed; periodic; inflow; outflow; wall; beyond; ball; burnt; H2; "
      "N2; O2; mixture_averaged; rosenbrock; cvode; \"\\n\"; \"\\0\"; é水😀; '#'; &a [*a]; *a; !!int x; 1_000; 0x10; "
      "0o17; 1:30; 2001-01-01; +.inf; 1e");
  return dice.pick(values);
}

inline std::string random_setting(Dice& dice) {
  std::string setting = dice.pick(all_keys()) + "=" + hostile_value(dice);
  if (dice.below(6) == 0) setting.insert(dice.place(setting), 1, ".=\n\t [{\xff"[dice.below(8)]);
  return setting;
}

/// A line of this kind in a mutant is not of the input, but a setting of the command line.
inline constexpr const char* setting_mark = "\n#set ";

/// For inputs, whose lines may also come from `donor`, another input.
inline Mutations input_mutations(const std::string& donor) {
  const Mutations own{
      {"a setting", [](std::string& text, Dice& dice) { text += setting_mark + random_setting(dice); }},
      {"another setting", [](std::string& text, Dice& dice) { text += setting_mark + random_setting(dice); }},
      {"two settings",
       [](std::string& text, Dice& dice) {
         text += setting_mark + random_setting(dice);
         text += setting_mark + random_setting(dice);
       }},
      {"a hostile value",
       [](std::string& text, Dice& dice) {
         const Piece token = random_token(text, dice);
         token.replace(text, hostile_value(dice));
       }},
      {"a word of another key",
       [](std::string& text, Dice& dice) {
         const std::string& key = dice.pick(all_keys());
         random_token(text, dice).replace(text, key.substr(key.rfind('.') + 1) + ":");
       }},
  };
  return own + own + bimetal::testing::byte_mutations() + bimetal::testing::text_mutations(donor) +
         bimetal::testing::number_mutations(donor) + bimetal::testing::yaml_mutations();
}

}  // namespace bimetal::app::testing
