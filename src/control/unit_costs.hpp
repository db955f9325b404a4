#pragma once

namespace bimetal::control {

/// What things cost, given instead of measured, so that a run repeats its ledger's verdicts too [s].
struct UnitCosts {
  double physics = 0.0;    // a row by the reference solver
  double inference = 0.0;  // a row asked of the surrogate
  double update = 0.0;     // a gradient step of one rank
};

}  // namespace bimetal::control
