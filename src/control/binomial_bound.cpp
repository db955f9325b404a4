#include "control/binomial_bound.hpp"

#include <boost/math/special_functions/beta.hpp>

#include "core/error.hpp"

namespace bimetal::control {

double clopper_pearson_upper(double k, double n, double confidence) {
  EXPECT(0.0 <= k && k <= n && 0.0 < confidence && confidence < 1.0);
  return k < n ? boost::math::ibeta_inv(k + 1.0, n - k, confidence) : 1.0;
}

}  // namespace bimetal::control
