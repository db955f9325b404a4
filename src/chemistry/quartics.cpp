#include "chemistry/quartics.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/matrix.hpp"

namespace bimetal::chemistry {

QuarticFit fit_quartic(std::span<const double> x, std::span<const double> f) {
  QuarticFit fit{};
  Quartic& c = fit.quartic;
  EXPECT(x.size() == f.size() && x.size() >= c.size());
  // Normal equations of the sum over the points of (c . (1, x, ..., x^4) / f - 1)^2.
  core::Matrix normal(c.size(), c.size());
  for (std::size_t point = 0; point < x.size(); ++point) {
    Quartic row{1.0 / f[point]};
    for (std::size_t i = 1; i < row.size(); ++i) row[i] = row[i - 1] * x[point];
    for (std::size_t i = 0; i < row.size(); ++i) {
      for (std::size_t j = 0; j < row.size(); ++j) normal(i, j) += row[i] * row[j];
      c[i] += row[i];
    }
  }
  core::solve_in_place(normal, c);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double value = c[0] + x[i] * (c[1] + x[i] * (c[2] + x[i] * (c[3] + x[i] * c[4])));
    fit.error = std::max(fit.error, std::abs(value / f[i] - 1.0));
  }
  return fit;
}

void Quartics::set(std::size_t i, const Quartic& quartic) {
  EXPECT(i < n_);
  for (std::size_t power = 0; power < quartic.size(); ++power) coefficients_[power * n_ + i] = quartic[power];
}

void Quartics::evaluate(double x, std::span<double> values) const {
  EXPECT(values.size() == n_);
  const double* const c0 = coefficients_.data();
  const double* const c1 = c0 + n_;
  const double* const c2 = c1 + n_;
  const double* const c3 = c2 + n_;
  const double* const c4 = c3 + n_;
  double* const out = values.data();
  for (std::size_t i = 0; i < n_; ++i) out[i] = c0[i] + x * (c1[i] + x * (c2[i] + x * (c3[i] + x * c4[i])));
}

}  // namespace bimetal::chemistry
