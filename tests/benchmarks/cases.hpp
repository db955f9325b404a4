#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "chemistry/mechanism_reader.hpp"
#include "flame_states.hpp"

namespace bimetal::benchmarks {

/// A mechanism and a flame of it.
struct FlameCase {
  std::string name;
  std::string mechanism_path;
  FlameOptions flame;

  std::shared_ptr<const chemistry::Mechanism> load() const {
    return std::make_shared<const chemistry::Mechanism>(chemistry::read_mechanism(mechanism_path));
  }
};

/// Hydrogen, methane with 21 species and, if BIMETAL_GRI30 names its file, GRI-Mech 3.0.
inline std::vector<FlameCase> flame_cases() {
  const std::string shipped = std::string(BIMETAL_SOURCE_DIR) + "/inputs/mechanisms/";
  const FlameOptions hydrogen;
  const FlameOptions methane{.fuel = "CH4",
                             .equivalence_ratio = 1.0,
                             .kernel_temperature = 2000.0,
                             .kernel_radius = 1.2e-3,
                             .length = 12e-3,
                             .step = 5e-6,
                             .development = 1e-3};
  std::vector<FlameCase> cases{{"hydrogen", shipped + "h2_burke2012.yaml", hydrogen},
                               {"methane-21", shipped + "ch4_gri30_21.yaml", methane}};
  if (const char* file = std::getenv("BIMETAL_GRI30")) cases.push_back({"GRI-3.0", file, methane});
  return cases;
}

}  // namespace bimetal::benchmarks
