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
    case Gate::induction: return "before an ignition";
    case Gate::unfamiliar: return "far from the training data";
    case Gate::slight: return "change below the tolerance";
  }
  return "unknown";
}

bool fits(const Batch& batch, const core::Signature& signature) {
  const auto one_each = [n = batch.in.size()](const auto& list) { return std::ssize(list) == n; };
  const bool as_wide =
      batch.in.width() == std::ssize(signature.inputs) && batch.out.width() == std::ssize(signature.outputs);
  const bool as_long = batch.out.size() == batch.in.size() && one_each(batch.id) &&
                       (batch.provenance.empty() || one_each(batch.provenance)) &&
                       (batch.seconds.empty() || one_each(batch.seconds));
  const bool in_place = batch.in.size() > 0 && batch.in.data() == batch.out.data();
  return as_wide && as_long && !(in_place && batch.in.width() != batch.out.width());
}

}  // namespace bimetal::subproblem
