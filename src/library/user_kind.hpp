#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bimetal/hybrid.hpp"
#include "core/signature.hpp"
#include "library/hybrid_config.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::library {

/// A kind of sub-problem as somebody else has described it.
class UserKind : public subproblem::Kind {
 public:
  /// UserError if the description does not make sense. Borrows the problem. Local.
  UserKind(const Problem& problem, const HybridConfig& config);

  const core::Signature& signature() const override { return signature_; }
  std::vector<std::string> gates() const override;
  /// By bounds and laws. An answer outside a bound by less than a tenth of the tolerance is moved to it, unless an
  /// invariant has that output.
  subproblem::Gate admit(std::span<const double> in, std::span<double> out, double tolerance) override;
  /// By the bounds, and by what the natures of the inputs allow.
  bool admit_moved(std::span<const double> in, std::span<double> moved) override;

  /// What a law threw, if one did: it cannot be trusted any more.
  const std::optional<std::string>& broken_law() const { return broken_law_; }

 private:
  bool keep_bounds(std::span<double> out, double slack) const;

  const Problem* problem_;
  core::Signature signature_;
  std::vector<bool> invariant_;  // [n_out] whether an invariant has it
  std::optional<std::string> broken_law_;
};

}  // namespace bimetal::library
