#include "subproblem/reactor_cvode.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "core/error.hpp"
#include "core/timer.hpp"
#include "subproblem/cvode.hpp"
#include "subproblem/reactor_equations.hpp"

namespace bimetal::subproblem {
namespace {

/// The user's settings, then ones that take more and more trouble.
std::array<CvodeOptions, 3> attempts_of(const ReactorCvodeOptions& options, double dt) {
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

void check(const ReactorCvodeOptions& options) {
  if (!(options.rtol > 0.0 && options.rtol < 1.0))
    throw core::UserError::format("reactor: rtol {} makes no sense; give one between 0 and 1", options.rtol);
  if (!(options.atol > 0.0 && options.atol < 1.0))
    throw core::UserError::format("reactor: atol {} makes no sense; give one between 0 and 1", options.atol);
  if (options.max_steps < 1)
    throw core::UserError::format("reactor: max_steps {} is below 1; give a positive number", options.max_steps);
}

bool finite(std::span<const double> row) {
  return std::all_of(row.begin(), row.end(), [](double value) { return std::isfinite(value); });
}

}  // namespace

struct ReactorCvode::Impl {
  Impl(Reactor kind, const ReactorCvodeOptions& options)
      : reactor(std::move(kind)),
        attempts(attempts_of(options, reactor.options().dt)),
        cvode(std::make_unique<ReactorEquations>(*reactor.mechanism(), Constraint::constant_pressure,
                                                 reactor.options().pressure)),
        in(reactor.signature().inputs.size()) {}

  std::optional<std::string> solve_row(std::span<double> out);
  std::optional<std::string> attempt(const CvodeOptions& options, std::span<double> out);

  Reactor reactor;
  std::array<CvodeOptions, 3> attempts;
  Cvode cvode;
  std::vector<double> in;  // a copy of the row: `out` may be the same memory
  ReactorCvodeCounts counts;
};

/// Solves the row in `in`; on failure `out` is the row itself.
std::optional<std::string> ReactorCvode::Impl::solve_row(std::span<double> out) {
  ++counts.rows;
  std::optional<std::string> trouble;
  if (!finite(in)) trouble = "the row is not finite";
  for (std::size_t i = 0; i < attempts.size() && finite(in); ++i) {
    if (i > 0) ++counts.retries;
    trouble = attempt(attempts[i], out);
    if (!trouble) return trouble;
  }
  ++counts.failures;
  std::copy(in.begin(), in.end(), out.begin());
  return trouble;
}

std::optional<std::string> ReactorCvode::Impl::attempt(const CvodeOptions& options, std::span<double> out) {
  cvode.start(in, reactor.options().dt, options);
  auto trouble = cvode.finish();
  const auto used = cvode.counts();
  counts.steps += used.steps;
  counts.rhs_evaluations += used.rhs_evaluations;
  counts.jacobian_evaluations += used.jacobian_evaluations;
  if (trouble) return trouble;
  const auto state = cvode.state();
  if (!finite(state)) return "the result is not finite";
  std::copy(state.begin(), state.end(), out.begin());
  if (!reactor.conserve(in, out)) ++counts.unconserved;
  return std::nullopt;
}

ReactorCvode::ReactorCvode(Reactor reactor, const ReactorCvodeOptions& options) {
  check(options);
  impl_ = std::make_unique<Impl>(std::move(reactor), options);
}
ReactorCvode::~ReactorCvode() = default;
ReactorCvode::ReactorCvode(ReactorCvode&&) noexcept = default;
ReactorCvode& ReactorCvode::operator=(ReactorCvode&&) noexcept = default;

Reactor& ReactorCvode::kind() { return impl_->reactor; }
const ReactorCvodeCounts& ReactorCvode::counts() const { return impl_->counts; }

BatchReport ReactorCvode::solve(Batch& batch) {
  EXPECT(batch.in.size() == batch.out.size() && batch.in.width() == batch.out.width());
  EXPECT(static_cast<std::int64_t>(batch.id.size()) == batch.in.size());
  BatchReport report;
  for (std::int64_t row = 0; row < batch.in.size(); ++row) {
    const auto in = batch.in[row];
    std::copy(in.begin(), in.end(), impl_->in.begin());
    const core::Stopwatch watch;
    auto trouble = impl_->solve_row(batch.out[row]);
    if (!batch.seconds.empty()) batch.seconds[static_cast<std::size_t>(row)] = watch.seconds();
    if (trouble) report.failures.push_back({batch.id[static_cast<std::size_t>(row)], std::move(*trouble), impl_->in});
    if (!batch.provenance.empty()) batch.provenance[static_cast<std::size_t>(row)] = Provenance{};
  }
  return report;
}

}  // namespace bimetal::subproblem
