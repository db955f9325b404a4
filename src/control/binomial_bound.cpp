#include "control/binomial_bound.hpp"

#include <boost/math/special_functions/beta.hpp>

#include "core/error.hpp"

namespace bimetal::control {

double clopper_pearson_upper(std::int64_t k, std::int64_t n, double confidence) {
  EXPECT(0 <= k && k <= n && 0.0 < confidence && confidence < 1.0);
  if (k == n) return 1.0;
  return boost::math::ibeta_inv(static_cast<double>(k + 1), static_cast<double>(n - k), confidence);
}

double clopper_pearson_lower(std::int64_t k, std::int64_t n, double confidence) {
  EXPECT(0 <= k && k <= n && 0.0 < confidence && confidence < 1.0);
  if (k == 0) return 0.0;
  return boost::math::ibeta_inv(static_cast<double>(k), static_cast<double>(n - k + 1), 1.0 - confidence);
}

}  // namespace bimetal::control
