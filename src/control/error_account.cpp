#include "control/error_account.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"

namespace bimetal::control {

ErrorAccount::ErrorAccount(std::size_t n_out) : sums_(1 + n_kinds * n_out, 0.0), step_(2 * n_out, 0.0) {}

void ErrorAccount::add(std::span<const double> answer, std::span<const double> truth, double q, Audited audited) {
  EXPECT(answer.size() == truth.size() && 2 * answer.size() == step_.size());
  sums_[0] += 1.0 / q;
  const double carried = audited == Audited::replaced ? 1.0 / q - 1.0 : 1.0 / q;
  for (std::size_t k = 0; k < answer.size(); ++k) {
    const double delta = answer[k] - truth[k];
    double* sums = &sums_[1 + n_kinds * k];
    sums[0] += std::abs(delta) / q;
    sums[1] += delta / q;
    step_[2 * k] += carried * delta;
    step_[2 * k + 1] += carried * carried * delta * delta;
  }
}

void ErrorAccount::close_step(std::int64_t active) {
  if (active > 0) {
    const auto n = static_cast<double>(active);
    for (std::size_t k = 0; 2 * k < step_.size(); ++k) {
      double* sums = &sums_[1 + n_kinds * k];
      sums[2] += step_[2 * k] / n;
      sums[3] += step_[2 * k + 1] / (n * n);
    }
  }
  std::ranges::fill(step_, 0.0);
}

std::vector<ErrorEstimate> ErrorAccount::estimates(std::span<const double> sums) {
  std::vector<ErrorEstimate> result((sums.size() - 1) / n_kinds);
  const double n = sums[0] > 0.0 ? sums[0] : 1.0;
  for (std::size_t k = 0; k < result.size(); ++k) {
    const auto of = sums.subspan(1 + n_kinds * k, n_kinds);
    result[k] = {of[0] / n, of[1] / n, of[2], std::sqrt(of[3])};
  }
  return result;
}

}  // namespace bimetal::control
