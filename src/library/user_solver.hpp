#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "library/call_cost.hpp"
#include "library/user_kind.hpp"

namespace bimetal::library {

/// The reference of somebody else as a solver. Exceptions, codes, answers that are not finite, and rows that were
/// written to become failures of rows, so that no rank leaves a collective call alone.
class UserSolver : public subproblem::SubproblemSolver {
 public:
  /// Borrows the problem. tolerance: part of a scale that an answer may miss.
  UserSolver(const Problem& problem, const HybridConfig& config)
      : problem_(&problem), kind_(problem, config), tolerance_(config.hybrid.switching.tolerance) {}

  UserKind& kind() override { return kind_; }
  subproblem::BatchReport solve(subproblem::Batch& batch) override;  // Local

  /// The code of a row that failed since the last forget_codes(); -1 if its reference gave none.
  std::int32_t code_of(std::int64_t id) const {
    const auto found = codes_.find(id);
    return found == codes_.end() ? -1 : found->second;
  }
  void forget_codes() { codes_.clear(); }

 private:
  struct Call;
  void call(Call& call);
  std::string doubt(const Call& call, std::size_t row) const;
  std::string doubt_repetition(const Call& call);

  const Problem* problem_;
  UserKind kind_;
  double tolerance_;
  CallCost cost_;
  bool asked_twice_ = false;
  std::map<std::int64_t, std::int32_t> codes_;
};

}  // namespace bimetal::library
