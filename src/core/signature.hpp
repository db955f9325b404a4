#pragma once

#include <string>
#include <vector>

#include "core/matrix.hpp"

namespace bimetal::core {

/// How a surrogate should look at a quantity; says what kind of number it is, not what to do with it.
enum class Nature {
  plain,
  temperature,
  mass_fraction,
  positive  // compared by ratios: a pressure, a time step
};

/// One column of a row.
struct Quantity {
  std::string name;    // "T", "Y_OH"
  std::string unit;    // "K", "1"
  double scale = 1.0;  // what an error of 1 means, in `unit`; of a condition (below) its nominal value
  Nature nature = Nature::plain;
  bool derived = false;  // outputs only: follows from the others (T from enthalpy); never predicted
};

/// What may be handed over: the shape and meaning of a sub-problem's rows. Shared by physics, surrogate and
/// control, which is why it lives in core.
struct Signature {
  std::string kind;               // "reactor"
  std::vector<Quantity> inputs;   // [n_in]: the state, then the conditions it is under and that have no successor
  std::vector<Quantity> outputs;  // [n_out], n_out <= n_in; output k continues input k
  Matrix invariants;              // [n_invariants, n_out]: rows a with a·(out - in) = 0 exactly
  double dt = 0.0;                // the step all rows are advanced by, or its nominal value if it is an input [s]
  std::string fingerprint;        // hash of mechanism, pressure, options: a surrogate of another one must not be used
};

}  // namespace bimetal::core
