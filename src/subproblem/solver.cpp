#include "subproblem/solver.hpp"

namespace bimetal::subproblem {

bool fits(const Batch& batch, const core::Signature& signature) {
  const auto one_each = [n = batch.in.size()](const auto& list) { return std::ssize(list) == n; };
  const bool as_wide =
      batch.in.width() == std::ssize(signature.inputs) && batch.out.width() == std::ssize(signature.outputs);
  const bool as_long = batch.out.size() == batch.in.size() && one_each(batch.id) &&
                       (batch.provenance.empty() || one_each(batch.provenance)) &&
                       (batch.seconds.empty() || one_each(batch.seconds));
  const auto fits_memory = [&](const auto& table) {
    return table.width() == 0 || (table.size() == batch.in.size() && table.width() == signature.memory);
  };
  const bool in_place = batch.in.size() > 0 && batch.in.data() == batch.out.data();
  return as_wide && as_long && fits_memory(batch.memory) && fits_memory(batch.memory_out) && !in_place;
}

}  // namespace bimetal::subproblem
