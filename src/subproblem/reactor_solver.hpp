#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "subproblem/reactor.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::subproblem {

struct ReactorCvodeOptions {
  double rtol = 1e-6;     // relative tolerance of T and Y [1], in (0, 1)
  double atol = 1e-10;    // absolute tolerance of Y [1] and T [K], > 0
  long max_steps = 5000;  // internal steps per row and attempt
};

/// What the reference solver has done so far on this rank.
struct ReactorCvodeCounts {
  std::int64_t rows = 0;
  std::int64_t steps = 0;
  std::int64_t rhs_evaluations = 0;
  std::int64_t jacobian_evaluations = 0;
  std::int64_t retries = 0;      // further attempts at a row after the first
  std::int64_t failures = 0;     // rows no attempt could solve; their answer is their input
  std::int64_t unconserved = 0;  // answers whose element masses could not be restored (a negative input)
};

/// Reference solver of the reactor: SUNDIALS CVODE, variable-order BDF with a dense direct solver and the analytic
/// Jacobian. The answer to a row depends on the row alone, to the bit: not on its place in the batch, nor on what
/// was solved before. Hindmarsh et al., ACM Trans. Math. Softw. 31 (2005) 363.
class ReactorCvode : public SubproblemSolver {
 public:
  explicit ReactorCvode(Reactor reactor, const ReactorCvodeOptions& options = {});
  ~ReactorCvode() override;
  ReactorCvode(ReactorCvode&&) noexcept;
  ReactorCvode& operator=(ReactorCvode&&) noexcept;

  Reactor& kind() override;
  /// Local.
  BatchReport solve(Batch& batch) override;

  const ReactorCvodeCounts& counts() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bimetal::subproblem
