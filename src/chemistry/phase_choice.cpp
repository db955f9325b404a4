#include "chemistry/phase_choice.hpp"

#include <fmt/ranges.h>

namespace bimetal::chemistry {
namespace {

/// A phase that does not say is taken to be an ideal gas.
std::string model_of(const YamlValue& phase) {
  const auto thermo = phase.find("thermo");
  return thermo ? thermo->text() : "ideal-gas";
}

bool is_ideal_gas(const YamlValue& phase) {
  const auto model = model_of(phase);
  return model == "ideal-gas" || model == "IdealGas";
}

/// "dense" (Redlich-Kwong), "gas" (ideal-gas)
std::string listed(const std::vector<YamlValue>& phases) {
  std::vector<std::string> words;
  for (const auto& phase : phases)
    words.push_back(fmt::format("\"{}\" ({})", phase.at("name").text(), model_of(phase)));
  return fmt::format("{}", fmt::join(words, ", "));
}

YamlValue named_phase(const YamlValue& where, const std::vector<YamlValue>& phases, const std::string& name) {
  for (const auto& phase : phases) {
    if (phase.at("name").text() != name) continue;
    if (is_ideal_gas(phase)) return phase;
    phase.at("thermo").fail(
        "phase \"{}\": thermo model \"{}\" is not supported, only ideal-gas is; the phases of the file are {}", name,
        model_of(phase), listed(phases));
  }
  where.fail("there is no phase \"{}\"; the phases of the file are {}", name, listed(phases));
}

}  // namespace

YamlValue choose_phase(const YamlValue& phases, const std::optional<std::string>& name,
                       std::vector<std::string>& remarks) {
  const auto all = phases.items();
  if (all.empty()) phases.fail("the list of phases is empty; add an ideal-gas phase");
  if (name) return named_phase(phases, all, *name);
  for (const auto& phase : all) {
    if (!is_ideal_gas(phase)) continue;
    if (&phase != &all.front())
      remarks.push_back(
          fmt::format("phase \"{}\" is read, the first ideal gas of the file's phases {}; chemistry.phase or --phase "
                      "names another one",
                      phase.at("name").text(), listed(all)));
    return phase;
  }
  if (all.size() == 1) return named_phase(phases, all, all.front().at("name").text());
  phases.fail("none of the phases is an ideal gas, which is the only thermo model supported; the phases are {}",
              listed(all));
}

}  // namespace bimetal::chemistry
