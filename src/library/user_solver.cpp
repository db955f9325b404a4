#include "library/user_solver.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.hpp"
#include "core/timer.hpp"
#include "library/explanation.hpp"

namespace bimetal::library {
namespace {

constexpr std::int32_t no_code = -1;
constexpr double noise_allowed = 0.1;  // of the tolerance

}  // namespace

/// Rows handed over at once, and what came back.
struct UserSolver::Call {
  Call(core::ConstRows rows, std::int64_t n_out)
      : given(rows),
        in(rows.flat().begin(), rows.flat().end()),
        out(n_out, rows.size()),
        failed(static_cast<std::size_t>(rows.size())) {
    // What the reference leaves out is found as no number.
    std::ranges::fill(out.rows().flat(), std::numeric_limits<double>::quiet_NaN());
  }

  core::ConstRows given;
  std::vector<double> in;  // a copy: the callback must not reach what belongs to others
  core::RowTable out;
  std::vector<std::int32_t> failed;
  std::string why;  // of the rows that failed
  double seconds = 0.0;
};

void UserSolver::call(Call& call) {
  take_explanation();
  const core::Stopwatch watch;
  try {
    problem_->reference({call.given.size(), call.in, call.out.rows().flat(), call.failed});
    call.why = take_explanation();
  } catch (const std::exception& error) {
    std::ranges::fill(call.failed, no_code);
    call.why = error.what();
  } catch (...) {
    std::ranges::fill(call.failed, no_code);
    call.why = "an exception of unknown type";
  }
  call.seconds = watch.seconds();
  cost_.note(call.given.size(), call.seconds);
}

/// Why the answer to a row cannot be used; empty if it can.
std::string UserSolver::doubt(const Call& call, std::size_t row) const {
  if (const auto code = call.failed[row]) {
    if (call.why.empty()) return fmt::format("code {}", code);
    const auto n_failed = std::ranges::count_if(call.failed, [](std::int32_t any) { return any != 0; });
    const auto whose =
        n_failed > 1 ? fmt::format(" (said once for the {} rows of its call that failed)", n_failed) : "";
    return fmt::format("{}{}, code {}", call.why, whose, code);
  }
  const auto r = static_cast<std::int64_t>(row);
  const auto width = static_cast<std::size_t>(call.given.width());
  if (!std::ranges::equal(call.given[r], std::span(call.in).subspan(row * width, width)))
    return "the reference wrote to the rows it was given; its input must stay as it is";
  const auto& outputs = kind_.signature().outputs;
  for (std::size_t k = 0; k < outputs.size(); ++k)
    if (!std::isfinite(call.out[r][k]))
      return fmt::format("the reference answered {} = {}, which is no number", outputs[k].name, call.out[r][k]);
  return {};
}

/// Asks for the first row of a call once more, by itself: whether its answer depends on the row alone.
std::string UserSolver::doubt_repetition(const Call& first) {
  Call again(first.given.first(1), first.out.width());
  call(again);
  if (const auto why = doubt(again, 0); !why.empty())
    return "asked for the same row again, the reference failed: " + why;
  const auto& outputs = kind_.signature().outputs;
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    const double before = first.out[0][k], now = again.out[0][k];
    if (std::abs(before - now) > noise_allowed * tolerance_ * outputs[k].scale)
      return fmt::format(
          "asked for the same row again, by itself, the reference answered {} = {:.9g} instead of {:.9g}; its answer "
          "must depend on the row alone",
          outputs[k].name, now, before);
  }
  return {};
}

subproblem::BatchReport UserSolver::solve(subproblem::Batch& batch) {
  subproblem::BatchReport report;
  const auto n = batch.in.size();
  const auto most = problem_->rows_per_call > 0 ? problem_->rows_per_call : n;
  for (std::int64_t first = 0; first < n; first += most) {
    const auto size = std::min(most, n - first);
    Call rows(batch.in.from(first).first(size), batch.out.width());
    call(rows);
    std::string doubt_first = doubt(rows, 0);
    if (doubt_first.empty() && !asked_twice_) {
      const core::Stopwatch watch;
      doubt_first = doubt_repetition(rows);
      asked_twice_ = true;
      report.shared_seconds += watch.seconds();
    }
    // Fewer rows are fewer calls, unless one call takes all.
    const double mean = rows.seconds / static_cast<double>(size);
    const double per_row = problem_->rows_per_call > 0 ? mean : std::min(cost_.per_row(), mean);
    report.shared_seconds += rows.seconds - per_row * static_cast<double>(size);
    for (std::int64_t i = 0; i < size; ++i) {
      const auto row = static_cast<std::size_t>(first + i);
      const auto why = i == 0 ? doubt_first : doubt(rows, static_cast<std::size_t>(i));
      if (!batch.seconds.empty()) batch.seconds[row] = per_row;
      if (why.empty()) {
        std::ranges::copy(rows.out[i], batch.out[first + i].begin());
        continue;
      }
      kind_.signature().copy_base(batch.in[first + i], batch.out[first + i]);
      const auto code = rows.failed[static_cast<std::size_t>(i)];
      codes_[batch.id[row]] = code == 0 ? no_code : code;
      report.failures.push_back({batch.id[row], why, {batch.in[first + i].begin(), batch.in[first + i].end()}});
    }
  }
  return report;
}

}  // namespace bimetal::library
