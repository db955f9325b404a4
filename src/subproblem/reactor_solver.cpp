#include "subproblem/reactor_solver.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "core/error.hpp"
#include "core/finite.hpp"
#include "core/timer.hpp"
#include "subproblem/cvode.hpp"
#include "subproblem/reactor_equations.hpp"
#include "subproblem/rosenbrock.hpp"

namespace bimetal::subproblem {
namespace {

/// The user's settings, then ones that take more and more trouble.
std::array<CvodeOptions, 3> settings_of_attempts(const ReactorSolverOptions& options, double dt) {
  const CvodeOptions first{.rtol = options.rtol, .atol = options.atol, .max_steps = options.max_steps};
  CvodeOptions careful = first;
  careful.rtol = std::max(0.1 * first.rtol, 1e-13);
  careful.atol = 0.1 * first.atol;
  careful.max_steps = 10 * first.max_steps;
  careful.first_step = 1e-6 * dt;
  CvodeOptions stubborn = careful;
  stubborn.rtol = std::max(0.01 * first.rtol, 1e-13);
  stubborn.max_steps = 100 * first.max_steps;
  stubborn.first_step = 1e-12 * dt;
  stubborn.jacobian_every = 1;
  return {first, careful, stubborn};
}

void check(const ReactorSolverOptions& options) {
  if (!(options.rtol > 0.0 && options.rtol < 1.0))
    throw core::UserError::format("reactor: rtol {} makes no sense; give one between 0 and 1", options.rtol);
  if (!(options.atol > 0.0 && options.atol < 1.0))
    throw core::UserError::format("reactor: atol {} makes no sense; give one between 0 and 1", options.atol);
  if (options.max_steps < 1)
    throw core::UserError::format("reactor: max_steps {} is below 1; give a positive number", options.max_steps);
}

const RosenbrockMethod& method_for(double rtol) { return rtol >= 1e-4 ? rodas3 : rodas4; }

}  // namespace

const char* to_string(Integrator integrator) {
  const auto* found = std::ranges::find(integrators, integrator, [](const auto& entry) { return entry.second; });
  return found->first;
}

Integrator chosen_integrator(const ReactorSolverOptions& options, std::size_t n_species, double dt) {
  if (options.integrator != Integrator::automatic) return options.integrator;
  const bool factorises_a_lot = n_species > 40 && options.rtol < 1e-4 && dt > 3e-6;
  return factorises_a_lot ? Integrator::cvode : Integrator::rosenbrock;
}

struct ReactorSolver::Impl {
  Impl(Reactor kind, const ReactorSolverOptions& options)
      : reactor(std::move(kind)),
        settings(options),
        integrator(chosen_integrator(options, reactor.mechanism()->n_species(), reactor.options().dt)),
        cvode(make_equations()),
        rosenbrock(make_equations(), method_for(options.rtol)) {}

  /// For an integrator to keep; the pressure of each row goes there through `equations`.
  std::unique_ptr<Ode> make_equations() {
    auto made = std::make_unique<ReactorEquations>(*reactor.mechanism(), Constraint::constant_pressure,
                                                   reactor.options().pressure);
    equations.push_back(made.get());
    return made;
  }
  std::optional<std::string> solve_row(std::span<double> out);
  std::optional<std::string> find_flaw() const;
  std::optional<std::string> integrate(std::span<double> out);
  std::optional<std::string> by_rosenbrock(std::span<double> out);
  std::optional<std::string> by_cvode(const CvodeOptions& options, std::span<double> out);

  Reactor reactor;
  ReactorSolverOptions settings;
  Integrator integrator;
  std::vector<ReactorEquations*> equations;
  Cvode cvode;
  Rosenbrock rosenbrock;
  std::span<const double> in;  // the row that is being solved
  ReactorSolverCounts counts;
  std::vector<Attempt> attempts;  // at the row in `in`
};

/// Solves the row in `in`; on failure `out` is its base, the state it came in.
std::optional<std::string> ReactorSolver::Impl::solve_row(std::span<double> out) {
  ++counts.rows;
  attempts.clear();
  auto trouble = find_flaw();
  if (!trouble) trouble = integrate(out);
  if (trouble) {
    ++counts.failures;
    const auto state = reactor.state(in);
    std::copy(state.begin(), state.end(), out.begin());
  } else if (!reactor.conserve(in, out)) {
    ++counts.unconserved;
  }
  return trouble;
}

/// Why there is no use in trying.
std::optional<std::string> ReactorSolver::Impl::find_flaw() const {
  if (!core::all_finite(in)) return "the row is not finite";
  if (!(reactor.pressure(in) > 0.0)) return "the pressure of the row is not positive";
  if (!(reactor.step(in) > 0.0)) return "the time step of the row is not positive";
  return std::nullopt;
}

/// By one attempt after the other, until one succeeds.
std::optional<std::string> ReactorSolver::Impl::integrate(std::span<double> out) {
  for (auto* each : equations) each->hold(reactor.pressure(in));
  for (const auto& options : settings_of_attempts(settings, reactor.step(in))) {
    const auto by = attempts.empty() ? integrator : Integrator::cvode;
    const auto steps_before = counts.steps;
    auto trouble = by == Integrator::rosenbrock ? by_rosenbrock(out) : by_cvode(options, out);
    if (!trouble && !core::all_finite(out)) trouble = "the result is not finite";
    attempts.push_back({by, options.rtol, counts.steps - steps_before, std::move(trouble)});
    if (!attempts.back().trouble) break;
  }
  counts.retries += std::ssize(attempts) - 1;
  return attempts.back().trouble;
}

std::optional<std::string> ReactorSolver::Impl::by_rosenbrock(std::span<double> out) {
  const auto state = reactor.state(in);
  std::copy(state.begin(), state.end(), out.begin());
  auto trouble = rosenbrock.integrate(out, reactor.step(in), {settings.rtol, settings.atol, settings.max_steps});
  counts.steps += rosenbrock.counts().steps + rosenbrock.counts().refused;
  counts.rhs_evaluations += rosenbrock.counts().rhs_evaluations;
  counts.jacobian_evaluations += rosenbrock.counts().jacobian_evaluations;
  return trouble;
}

std::optional<std::string> ReactorSolver::Impl::by_cvode(const CvodeOptions& options, std::span<double> out) {
  cvode.start(reactor.state(in), reactor.step(in), options);
  auto trouble = cvode.finish();
  const auto used = cvode.counts();
  counts.steps += used.steps;
  counts.rhs_evaluations += used.rhs_evaluations;
  counts.jacobian_evaluations += used.jacobian_evaluations;
  const auto state = cvode.state();
  std::copy(state.begin(), state.end(), out.begin());
  return trouble;
}

ReactorSolver::ReactorSolver(Reactor reactor, const ReactorSolverOptions& options) {
  check(options);
  impl_ = std::make_unique<Impl>(std::move(reactor), options);
}
ReactorSolver::~ReactorSolver() = default;
ReactorSolver::ReactorSolver(ReactorSolver&&) noexcept = default;
ReactorSolver& ReactorSolver::operator=(ReactorSolver&&) noexcept = default;

Reactor& ReactorSolver::kind() { return impl_->reactor; }
const ReactorSolverCounts& ReactorSolver::counts() const { return impl_->counts; }
std::span<const Attempt> ReactorSolver::attempts() const { return impl_->attempts; }

BatchReport ReactorSolver::solve(Batch& batch) {
  EXPECT(fits(batch, kind().signature()));
  BatchReport report;
  const auto retries_before = impl_->counts.retries;
  for (std::int64_t row = 0; row < batch.in.size(); ++row) {
    impl_->in = batch.in[row];
    const core::Stopwatch watch;
    auto trouble = impl_->solve_row(batch.out[row]);
    if (!batch.seconds.empty()) batch.seconds[static_cast<std::size_t>(row)] = watch.seconds();
    if (trouble)
      report.failures.push_back(
          {batch.id[static_cast<std::size_t>(row)], std::move(*trouble), {impl_->in.begin(), impl_->in.end()}});
    if (!batch.provenance.empty()) batch.provenance[static_cast<std::size_t>(row)] = Provenance{};
  }
  report.retries = impl_->counts.retries - retries_before;
  return report;
}

}  // namespace bimetal::subproblem
