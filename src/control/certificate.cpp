#include "control/certificate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "core/error.hpp"

namespace bimetal::control {
namespace {

// The mixture: half of the weight on the largest lambda, which is best as long as no wrong answer has been found; the
// rest spread over those that suit some to some ten thousand of them (lambda ~ sqrt(2 log(1/delta)/S)), down to the
// lowest of q's levels.
constexpr double weight_of_largest = 0.5;
constexpr int n_finite = 22;
constexpr double largest_lambda = 4.0;
constexpr double ratio = 0.6;

/// One lambda, for the largest q; what it means for a stratum of its own q.
struct Exponents {
  double growth;  // of log M per wrong answer
  double loss;    // of log M per wrong answer found
};

Exponents exponents(double growth_wanted, double q) {
  const double most = -std::log1p(-q);  // lambda = infinity
  if (growth_wanted >= most * (1.0 - 1e-12)) return {most, std::numeric_limits<double>::infinity()};
  return {growth_wanted, -std::log1p(std::expm1(-growth_wanted) / q)};
}

/// Growth rates of the mixture's components at the largest q.
std::array<double, n_finite + 1> growths(double largest_q) {
  std::array<double, n_finite + 1> result;
  result[0] = largest_q < 1.0 ? -std::log1p(-largest_q) : std::numeric_limits<double>::infinity();
  double lambda = largest_lambda;
  for (int i = 1; i <= n_finite; ++i, lambda *= ratio)
    result[static_cast<std::size_t>(i)] = -std::log1p(largest_q * std::expm1(-lambda));
  return result;
}

/// Whether the martingale would have reached 1/delta had `wrong` of the answers that stand been wrong.
/// strata: by rising q, all below 1. largest_q: of all strata there could have been; the mixture must not depend on
/// what happened.
bool refuted(std::span<const AuditStratum> strata, double largest_q, double wrong, double confidence) {
  double value = 0.0;
  const auto components = growths(largest_q);
  for (std::size_t i = 0; i < components.size(); ++i) {
    double log_M = 0.0, left = wrong;
    for (const auto& stratum : strata) left -= static_cast<double>(stratum.audited_wrong);
    for (const auto& stratum : strata) {
      const auto [growth, loss] = exponents(components[i], stratum.q);
      const auto found = static_cast<double>(stratum.audited_wrong + stratum.withdrawn_found);
      const double unseen = std::clamp(left, 0.0, static_cast<double>(stratum.accepted - stratum.audited));
      left -= unseen;
      log_M += growth * (static_cast<double>(stratum.audited_wrong + stratum.withdrawn_wrong) + unseen);
      if (found > 0.0) log_M -= loss * found;
    }
    value += (i == 0 ? weight_of_largest : (1.0 - weight_of_largest) / n_finite) * std::exp(log_M);
  }
  return value >= 1.0 / (1.0 - confidence);
}

}  // namespace

double wrong_upper_bound(std::span<const AuditStratum> strata, double confidence) {
  EXPECT(0.0 < confidence && confidence < 1.0);
  double certain = 0.0;    // wrong answers where everything was checked
  double found = 0.0;      // elsewhere, wrong answers that stand and were found
  double unaudited = 0.0;  // elsewhere
  double largest_q = 0.0;
  std::vector<AuditStratum> uncertain;
  for (const auto& stratum : strata) {
    EXPECT(0.0 < stratum.q && stratum.q <= 1.0 && stratum.audited_wrong <= stratum.audited &&
           stratum.audited <= stratum.accepted && stratum.withdrawn_found <= stratum.withdrawn_wrong);
    if (stratum.q == 1.0) {
      certain += static_cast<double>(stratum.audited_wrong);
      continue;
    }
    largest_q = std::max(largest_q, stratum.q);
    if (stratum.accepted + stratum.withdrawn_wrong == 0) continue;
    found += static_cast<double>(stratum.audited_wrong);
    unaudited += static_cast<double>(stratum.accepted - stratum.audited);
    uncertain.push_back(stratum);
  }
  if (uncertain.empty()) return certain;
  std::ranges::sort(uncertain, {}, &AuditStratum::q);
  double low = found, high = found + unaudited;
  if (!refuted(uncertain, largest_q, high, confidence)) return high + certain;
  while (high - low > 1e-9 * high) {
    const double middle = 0.5 * (low + high);
    (refuted(uncertain, largest_q, middle, confidence) ? high : low) = middle;
  }
  return high + certain;
}

Certificate certify(std::span<const AuditStratum> strata, double confidence) {
  Certificate certificate{.wrong_fraction = 0.0, .confidence = confidence, .upper_bound = 1.0};
  double accepted = 0.0, wrong = 0.0;
  for (const auto& stratum : strata) {
    accepted += static_cast<double>(stratum.accepted);
    wrong += static_cast<double>(stratum.audited_wrong) / stratum.q;
  }
  if (accepted == 0.0) return certificate;
  certificate.wrong_fraction = std::min(1.0, wrong / accepted);
  certificate.upper_bound = std::min(1.0, wrong_upper_bound(strata, confidence) / accepted);
  return certificate;
}

}  // namespace bimetal::control
