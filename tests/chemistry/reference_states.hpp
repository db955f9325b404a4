#pragma once

#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "chemistry/mechanism.hpp"
#include "chemistry/mechanism_reader.hpp"
#include "chemistry/thermodynamics.hpp"

namespace bimetal::chemistry::testing {

inline std::string mechanism_path(const std::string& name) {
  return std::string(BIMETAL_SOURCE_DIR) + "/inputs/mechanisms/" + name + ".yaml";
}

inline const Mechanism& hydrogen() {
  static const Mechanism mechanism = read_mechanism(mechanism_path("h2_burke2012"));
  return mechanism;
}

inline const Mechanism& methane() {
  static const Mechanism mechanism = read_mechanism(mechanism_path("ch4_gri30_21"));
  return mechanism;
}

/// Mass fractions that differ by up to so many decades.
inline std::vector<double> random_composition(std::mt19937_64& engine, std::size_t n, double decades) {
  std::uniform_real_distribution<double> log10_Y(-decades, 0.0);
  std::vector<double> Y(n);
  double sum = 0.0;
  for (double& y : Y) sum += y = std::pow(10.0, log10_Y(engine));
  for (double& y : Y) y /= sum;
  return Y;
}

using ByName = std::vector<std::pair<std::string, double>>;

/// One state of each mechanism with what Cantera 3.0.1 makes of it. SI units with kmol.
struct ReferenceState {
  const Mechanism& mechanism;
  double T;
  double p;
  ByName X;
  double density;
  double cp;
  double enthalpy;
  ByName omega;
  double heat_release;
  double viscosity = 0.0;
  double conductivity = 0.0;
  ByName diffusivity{};  // mixture-averaged

  std::vector<double> Y() const {
    std::vector<double> x(mechanism.n_species(), 0.0);
    for (const auto& [name, value] : X) x[mechanism.require_species(name)] = value;
    std::vector<double> y(x.size());
    Thermodynamics(mechanism).mass_from_mole_fractions(x, y);
    return y;
  }
};

inline ReferenceState hydrogen_state() {
  return {hydrogen(),
          1500.0,
          101325.0,
          {{"H", 0.0099999},
           {"H2", 0.199998},
           {"O", 0.00499995},
           {"OH", 0.0099999},
           {"H2O", 0.1499985},
           {"O2", 0.099999},
           {"HO2", 9.9999e-05},
           {"H2O2", 9.9999e-06},
           {"N2", 0.52489475}},
          0.17283332886325026,
          1697.0682386469593,
          328086.04733423423,
          {{"H", 630.018514},
           {"H2", -651.137365},
           {"O", -79.0686795},
           {"OH", -453.229464},
           {"H2O", 566.103287},
           {"O2", -10.1647957},
           {"HO2", -6.75465825},
           {"H2O2", 0.0168823602},
           {"N2", 0.0}},
          36369996000.0,
          5.470825e-05,
          0.1744662,
          {{"H", 0.002199069},
           {"H2", 0.001484909},
           {"O", 0.0006057133},
           {"OH", 0.0005950857},
           {"H2O", 0.000525662},
           {"O2", 0.0003865645},
           {"HO2", 0.0003961006},
           {"H2O2", 0.000393641},
           {"N2", 0.0003496021}}};
}

inline ReferenceState methane_state() {
  return {methane(),
          1700.0,
          101325.0,
          {{"H2", 0.020088389},
           {"H", 0.0050220972},
           {"O", 0.0020088389},
           {"O2", 0.10044194},
           {"OH", 0.0060265167},
           {"H2O", 0.10044194},
           {"HO2", 0.00010044194},
           {"CH3", 0.0010044194},
           {"CH4", 0.020088389},
           {"CO", 0.030132583},
           {"CO2", 0.050220972},
           {"CH2O", 0.00050220972},
           {"C2H4", 0.0010044194},
           {"N2", 0.66291683}},
          0.19507650009169353,
          1445.0264116554165,
          91099.89745323929,
          {{"H2", 1.64045121},     {"H", -14.3894177},     {"O", 3.61782164},
           {"O2", -22.6069074},    {"OH", -46.9364297},    {"H2O", 81.9864556},
           {"HO2", -3.44383861},   {"H2O2", 0.0978531897}, {"CH2", 0.563507245},
           {"CH2(S)", 6.79245749}, {"CH3", 54.4303164},    {"CH4", -70.176184},
           {"CO", 0.41093649},     {"CO2", 3.07529132},    {"HCO", 10.2172223},
           {"CH2O", -3.76994722},  {"CH3O", 0.229143865},  {"C2H4", -1.01682368},
           {"C2H5", 0.0581518395}, {"C2H6", 0.0722998916}, {"N2", 0.0}},
          8474949700.0,
          5.945918e-05,
          0.1277143,
          {{"H2", 0.001466354},    {"H", 0.002427788},       {"O", 0.0006265622},    {"O2", 0.0004019465},
           {"OH", 0.0006148621},   {"H2O", 0.0005421693},    {"HO2", 0.0004056395},  {"H2O2", 0.0004028973},
           {"CH2", 0.0004571959},  {"CH2(S)", 0.0004571959}, {"CH3", 0.0004471776},  {"CH4", 0.0004484667},
           {"CO", 0.0004025386},   {"CO2", 0.0003222095},    {"HCO", 0.0003533507},  {"CH2O", 0.0003504734},
           {"CH3O", 0.0003427212}, {"C2H4", 0.0003378847},   {"C2H5", 0.0003099586}, {"C2H6", 0.0003074212},
           {"N2", 0.0004123481}}};
}

}  // namespace bimetal::chemistry::testing
