#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "subproblem/reactor.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::subproblem {

/// Who integrates a row first. What it cannot solve goes to CVODE with more careful settings.
enum class Integrator {
  automatic,  // one of the others: chosen_integrator()
  cvode,      // SUNDIALS CVODE: BDF of variable order. Hindmarsh et al., ACM Trans. Math. Softw. 31 (2005) 363
  rosenbrock  // RODAS3 down to rtol 1e-4, RODAS4 below (rosenbrock_method.hpp)
};
inline constexpr std::array<std::pair<const char*, Integrator>, 3> integrators{
    {{"auto", Integrator::automatic}, {"cvode", Integrator::cvode}, {"rosenbrock", Integrator::rosenbrock}}};
const char* to_string(Integrator integrator);

struct ReactorSolverOptions {
  Integrator integrator = Integrator::automatic;
  double rtol = 1e-6;     // relative tolerance of T and Y [1], in (0, 1)
  double atol = 1e-10;    // absolute tolerance of Y [1] and T [K], > 0
  long max_steps = 5000;  // internal steps per row and attempt
};

/// Who integrates first, never `automatic`, which stands for the one that solves rows of a flame in less time at
/// equal error by the measurements of tests/benchmarks/reactor.cpp. CVODE builds up order and step anew in every row;
/// that pays only in long (nominal) steps, dt [s], of large mechanisms, whose factorisations are dear, at tight
/// tolerances. Local.
Integrator chosen_integrator(const ReactorSolverOptions& options, std::size_t n_species, double dt);

/// What the reference solver has done so far on this rank.
struct ReactorSolverCounts {
  std::int64_t rows = 0;
  std::int64_t steps = 0;  // refused ones included
  std::int64_t rhs_evaluations = 0;
  std::int64_t jacobian_evaluations = 0;
  std::int64_t retries = 0;      // further attempts at a row after the first
  std::int64_t failures = 0;     // rows no attempt could solve; their answer is the state they came in
  std::int64_t unconserved = 0;  // answers whose element masses could not be restored (a negative input)
};

/// One try at a row.
struct Attempt {
  Integrator integrator;               // never `automatic`
  double rtol;                         // [1]
  std::int64_t steps = 0;              // refused ones included
  std::optional<std::string> trouble;  // why it failed; nothing if it solved the row
};

/// Reference solver of the reactor, with the analytic Jacobian. The answer to a row depends on the row alone, to the
/// bit: not on its place in the batch, nor on what was solved before.
class ReactorSolver : public SubproblemSolver {
 public:
  explicit ReactorSolver(Reactor reactor, const ReactorSolverOptions& options = {});
  ~ReactorSolver() override;
  ReactorSolver(ReactorSolver&&) noexcept;
  ReactorSolver& operator=(ReactorSolver&&) noexcept;

  Reactor& kind() override;
  /// Local.
  BatchReport solve(Batch& batch) override;

  const ReactorSolverCounts& counts() const;
  /// What was tried at the last row of the last batch, in this order; the last attempt may have solved it. None if
  /// the row made no sense.
  std::span<const Attempt> attempts() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bimetal::subproblem
