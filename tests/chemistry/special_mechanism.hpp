#pragma once

namespace bimetal::chemistry::testing {

/// Small, with a reaction of every form that is not a plain Arrhenius expression.
inline constexpr const char* special_mechanism = R"(units: {length: cm, quantity: mol, activation-energy: cal/mol}
phases:
- {name: gas, thermo: ideal-gas, species: [A, B, C], kinetics: gas}
species:
- name: A
  composition: {H: 1}
  thermo:
    model: NASA7
    temperature-ranges: [200, 1000, 5000]
    data:
    - [2.5, 1.0e-4, 0, 0, 0, 20000, 1]
    - [2.5, 1.0e-4, 0, 0, 0, 20000, 1]
- name: B
  composition: {H: 2}
  thermo:
    model: NASA7
    temperature-ranges: [200, 1000, 5000]
    data:
    - [3.5, 0, 1.0e-8, 0, 0, 5000, 2]
    - [3.5, 0, 1.0e-8, 0, 0, 5000, 2]
- name: C
  composition: {H: 4}
  thermo:
    model: NASA7
    temperature-ranges: [200, 1000, 5000]
    data:
    - [5.5, 0, 0, 0, 0, -9000, 3]
    - [5.5, 0, 0, 0, 0, -9000, 3]
reactions:
- equation: 2 A <=> B
  type: pressure-dependent-Arrhenius
  rate-constants:
  - {P: 0.1 atm, A: 2.0e+11, b: 0.3, Ea: 1000}
  - {P: 1 atm, A: 5.0e+12, b: 0, Ea: 1500}
  - {P: 1.01325 bar, A: -1.0e+11, b: 0.1, Ea: 1200}
  - {P: 10 atm, A: 8.0e+13, b: -0.2}
- equation: 2 A <=> B
  type: Chebyshev
  temperature-range: [300, 2500]
  pressure-range: [0.01 atm, 100 atm]
  data:
  - [8.2883, -1.1397, -0.12059]
  - [1.9764, 1.0037, 0.0072865]
  - [0.3177, 0.26889, 0.094806]
- equation: 2 A (+M) <=> B (+M)
  type: falloff
  low-P-rate-constant: {A: 1.0e+21, b: -1.2, Ea: 1500}
  high-P-rate-constant: {A: 3.0e+13, b: 0.2, Ea: 300}
  SRI: {A: 0.54, B: 201, C: 1024, D: 1.1, E: 0.02}
  efficiencies: {A: 0.5, C: 3}
- equation: 2 B (+C) <=> C (+C)
  type: falloff-Tsang
  low-P-rate-constant: [1.0e+21, -1.2, 1500]
  high-P-rate-constant: [3.0e+13, 0.2]
  Tsang: {A: 0.95, B: -1.0e-4}
- equation: 2 B (+M) <=> C (+M)
  type: chemically-activated
  low-P-rate-constant: [1.0e+14, 0.1, 900]
  high-P-rate-constant: [2.0e+6, 0.5, -700]
  Troe: {A: 0.6, T3: 100, T1: 2000, T2: 4000}
- equation: 2 A => B
  orders: {A: 0.25, B: 1.5, C: -0.3}
  negative-orders: true
  nonreactant-orders: true
  rate-constant: {A: 1.0e+9, b: 0, Ea: 1000}
  duplicate: true
- equation: 2 A + C => B + C
  efficiencies: {C: 2.5}
  default-efficiency: 0
  rate-constant: [1.0e+15, 0, 1000]
  duplicate: TRUE
- equation: C <=> 2 B
  type: Blowers-Masel
  rate-constant: {A: 1.0e+12, b: 0.2, Ea0: 40000, w: 2.0e+5}
- equation: C + M <=> 2 B + M
  type: three-body-Blowers-Masel
  rate-constant: [1.0e+15, 0, 5000, 1.0e+9]
)";

}  // namespace bimetal::chemistry::testing
