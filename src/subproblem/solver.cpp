#include "subproblem/solver.hpp"

namespace bimetal::subproblem {

const char* to_string(Gate gate) {
  switch (gate) {
    case Gate::open: return "open";
    case Gate::not_finite: return "not finite";
    case Gate::negative: return "negative mass fraction";
    case Gate::temperature_range: return "temperature out of range";
    case Gate::temperature_jump: return "temperature jump";
    case Gate::entropy: return "entropy decreases";
  }
  return "unknown";
}

}  // namespace bimetal::subproblem
