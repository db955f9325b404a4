#pragma once

#include <memory>
#include <vector>

namespace bimetal::parallel {

/// A sum over ranks that is under way while everybody goes on working; Communicator::begin_sum() makes one.
/// Move-only.
class PendingSum {
 public:
  PendingSum();  // nothing is under way
  ~PendingSum();
  PendingSum(PendingSum&&) noexcept;
  PendingSum& operator=(PendingSum&&) noexcept;

  bool under_way() const { return state_ != nullptr; }
  /// Waits for the sum and ends it: [n]. Expects that one is under way. Collective, like the beginning.
  std::vector<double> take();

  struct State;
  explicit PendingSum(std::unique_ptr<State> state);

 private:
  std::unique_ptr<State> state_;
};

}  // namespace bimetal::parallel
