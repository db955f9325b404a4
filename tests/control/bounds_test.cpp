#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "control/binomial_bound.hpp"
#include "control/certificate.hpp"
#include "control/scaled_error.hpp"

namespace bimetal::control {
namespace {

TEST(ClopperPearson, matches_closed_forms_and_tables) {
  // No success in n trials: 1 - (1 - confidence)^(1/n).
  EXPECT_NEAR(clopper_pearson_upper(0, 59, 0.95), 1.0 - std::pow(0.05, 1.0 / 59), 1e-12);
  EXPECT_LE(clopper_pearson_upper(0, 59, 0.95), 0.05);
  EXPECT_GT(clopper_pearson_upper(0, 58, 0.95), 0.05);
  EXPECT_LE(clopper_pearson_upper(0, 299, 0.95), 0.01);
  EXPECT_GT(clopper_pearson_upper(0, 298, 0.95), 0.01);
  // Two-sided 95 % interval of 10 in 100 (one-sided 97.5 %): 0.0490, 0.1762 (Newcombe, Stat. Med. 17 (1998) 857).
  EXPECT_NEAR(clopper_pearson_lower(10, 100, 0.975), 0.0490, 5e-5);
  EXPECT_NEAR(clopper_pearson_upper(10, 100, 0.975), 0.1762, 5e-5);
  EXPECT_EQ(clopper_pearson_upper(5, 5, 0.95), 1.0);
  EXPECT_EQ(clopper_pearson_lower(0, 5, 0.95), 0.0);
  EXPECT_EQ(clopper_pearson_upper(0, 0, 0.95), 1.0);
}

TEST(ScaledError, is_the_worst_quantity_in_tolerances) {
  const double answer[] = {1.0, 2.0}, truth[] = {1.5, 2.001}, scale[] = {1000.0, 1.0};
  EXPECT_NEAR(scaled_error(answer, truth, scale, 1e-3), 1.0, 1e-9);
  const double bad[] = {NAN, 2.0};
  EXPECT_TRUE(std::isinf(scaled_error(bad, truth, scale, 1e-3)));
}

TEST(Certificate, of_clean_audits_is_nearly_as_tight_as_clopper_pearson) {
  const auto certificate = certify(10000, 100, 0, 0.01, 0.95);
  EXPECT_EQ(certificate.wrong_fraction, 0.0);
  EXPECT_LT(certificate.upper_bound, 1.25 * clopper_pearson_upper(0, 100, 0.95));
  EXPECT_GT(certificate.upper_bound, 0.95 * clopper_pearson_upper(0, 100, 0.95));
}

TEST(Certificate, with_many_wrong_audits_stays_close_to_the_estimate) {
  const auto certificate = certify(200000, 6000, 300, 0.03, 0.95);
  EXPECT_NEAR(certificate.wrong_fraction, 0.05, 1e-12);
  EXPECT_GT(certificate.upper_bound, 0.05);
  EXPECT_LT(certificate.upper_bound, 0.062);
}

TEST(Certificate, proves_nothing_without_audits_and_everything_with_all) {
  EXPECT_EQ(certify(0, 0, 0, 0.1, 0.95).upper_bound, 1.0);
  EXPECT_EQ(certify(10, 0, 0, 0.01, 0.95).upper_bound, 1.0);
  EXPECT_NEAR(certify(100, 100, 7, 1.0, 0.95).upper_bound, 0.07, 1e-12);
}

// The adversary knows every past coin: it makes answers wrong in bursts, and the more so while audits find nothing.
// A bound that assumed independent wrongness would fail here; the martingale must not, at any time.
TEST(Certificate, covers_the_truth_at_all_times_against_an_adaptive_adversary) {
  constexpr double q = 0.05, confidence = 0.9;
  constexpr int n_runs = 400, n_answers = 4000;
  int missed = 0;
  for (int run = 0; run < n_runs; ++run) {
    std::mt19937_64 engine(static_cast<std::uint64_t>(run));
    std::uniform_real_distribution<double> uniform;
    std::int64_t wrong = 0, found = 0, since_found = 0;
    bool covered = true;
    for (int i = 1; i <= n_answers; ++i) {
      const bool is_wrong = since_found < 40 && (i / 50) % 2 == 0;
      const bool audited = uniform(engine) < q;
      wrong += is_wrong;
      found += is_wrong && audited;
      since_found = is_wrong && audited ? 0 : since_found + 1;
      if (since_found > 200) since_found = 0;
      if (i % 100 == 0) covered = covered && static_cast<double>(wrong) <= wrong_upper_bound(found, q, confidence);
    }
    missed += !covered;
  }
  EXPECT_LE(missed, static_cast<int>((1.0 - confidence) * n_runs));
  EXPECT_GE(missed, 1) << "a bound that is never missed in 400 runs at 90 % is too loose to be useful";
}

}  // namespace
}  // namespace bimetal::control
