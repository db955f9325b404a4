#include "control/certificate.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"

namespace bimetal::control {
namespace {

// The mixture: half of the weight on lambda = infinity, which is best as long as no wrong answer has been found,
// the rest spread over the lambdas that suit some to some ten thousand of them (lambda ~ sqrt(2 log(1/delta)/S)).
constexpr double weight_of_infinity = 0.5;
constexpr int n_finite = 12;
constexpr double largest_lambda = 4.0;
constexpr double ratio = 0.6;  // 4 · 0.6^11 = 0.015

/// The mixture martingale at W wrong answers, S of them audited.
double mixture(double W, double S, double q) {
  double value = S == 0.0 && q < 1.0 ? weight_of_infinity * std::exp(-W * std::log1p(-q)) : 0.0;
  double lambda = largest_lambda;
  for (int i = 0; i < n_finite; ++i, lambda *= ratio) {
    const double growth = -std::log1p(-q * -std::expm1(-lambda));
    value += (1.0 - weight_of_infinity) / n_finite * std::exp(W * growth - lambda * S);
  }
  return value;
}

}  // namespace

double wrong_upper_bound(std::int64_t audited_wrong, double q, double confidence) {
  EXPECT(0.0 < q && q <= 1.0 && 0.0 < confidence && confidence < 1.0);
  const auto S = static_cast<double>(audited_wrong);
  if (q == 1.0) return S;  // everything was checked
  const double limit = 1.0 / (1.0 - confidence);
  double low = S;
  double high = 2.0 * S / q + 10.0 / q;
  while (mixture(high, S, q) < limit) high *= 2.0;
  while (high - low > 1e-9 * high) {
    const double middle = 0.5 * (low + high);
    (mixture(middle, S, q) < limit ? low : high) = middle;
  }
  return high;
}

Certificate certify(std::int64_t accepted, std::int64_t audited, std::int64_t audited_wrong, double q,
                    double confidence) {
  EXPECT(audited_wrong <= audited && audited <= accepted);
  Certificate certificate{.wrong_fraction = 0.0, .confidence = confidence, .upper_bound = 1.0};
  if (accepted == 0) return certificate;
  if (audited > 0) certificate.wrong_fraction = static_cast<double>(audited_wrong) / static_cast<double>(audited);
  certificate.upper_bound =
      std::min(1.0, wrong_upper_bound(audited_wrong, q, confidence) / static_cast<double>(accepted));
  return certificate;
}

}  // namespace bimetal::control
