#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

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
  EXPECT_NEAR(clopper_pearson_upper(10, 100, 0.975), 0.1762, 5e-5);
  EXPECT_EQ(clopper_pearson_upper(5, 5, 0.95), 1.0);
  EXPECT_EQ(clopper_pearson_upper(0, 0, 0.95), 1.0);
}

TEST(ScaledError, is_the_worst_quantity_in_tolerances) {
  const double answer[] = {1.0, 2.0}, truth[] = {1.5, 2.001}, scale[] = {1000.0, 1.0};
  EXPECT_NEAR(scaled_error(answer, truth, scale, 1e-3), 1.0, 1e-9);
  const double bad[] = {NAN, 2.0};
  EXPECT_TRUE(std::isinf(scaled_error(bad, truth, scale, 1e-3)));
}

/// The certificate of a run with one audit probability.
Certificate certify_one(std::int64_t accepted, std::int64_t audited, std::int64_t wrong, double q,
                        double confidence) {
  return certify(
      std::vector<AuditStratum>{{.q = q, .accepted = accepted, .audited = audited, .audited_wrong = wrong}},
      confidence);
}

TEST(Certificate, of_clean_audits_is_nearly_as_tight_as_clopper_pearson) {
  const auto certificate = certify_one(10000, 100, 0, 0.01, 0.95);
  EXPECT_EQ(certificate.wrong_fraction, 0.0);
  EXPECT_LT(certificate.upper_bound, 1.25 * clopper_pearson_upper(0, 100, 0.95));
  EXPECT_GT(certificate.upper_bound, 0.95 * clopper_pearson_upper(0, 100, 0.95));
}

TEST(Certificate, with_many_wrong_audits_stays_close_to_the_estimate) {
  const auto certificate = certify_one(200000, 6000, 300, 0.03, 0.95);
  EXPECT_NEAR(certificate.wrong_fraction, 0.05, 1e-12);
  EXPECT_GT(certificate.upper_bound, 0.05);
  EXPECT_LT(certificate.upper_bound, 0.062);
}

TEST(Certificate, proves_nothing_without_audits_and_everything_with_all) {
  EXPECT_EQ(certify({}, 0.95).upper_bound, 1.0);
  EXPECT_EQ(certify_one(0, 0, 0, 0.1, 0.95).upper_bound, 1.0);
  EXPECT_EQ(certify_one(10, 0, 0, 0.01, 0.95).upper_bound, 1.0);
  EXPECT_NEAR(certify_one(100, 100, 7, 1.0, 0.95).upper_bound, 0.07, 1e-12);
}

TEST(Certificate, supposes_unseen_wrong_answers_where_audits_were_rarest) {
  const AuditStratum often{.q = 0.1, .accepted = 50000, .audited = 5000, .audited_wrong = 50};
  const AuditStratum seldom{.q = 0.0125, .accepted = 50000, .audited = 625, .audited_wrong = 6};
  const auto bound = [](std::vector<AuditStratum> strata) { return wrong_upper_bound(strata, 0.95); };
  EXPECT_GT(bound({often, seldom}), 50 / 0.1 + 6 / 0.0125) << "it lies above the estimate";
  EXPECT_GT(bound({often, seldom}), bound({often}) + 6 / 0.0125);
  EXPECT_LT(bound({often, seldom}), bound({often}) + bound({seldom}));
  EXPECT_LT(bound({seldom}), 3.5 * 6 / 0.0125);
  // A short stretch of rare audits cannot hold more wrong answers than answers.
  const AuditStratum brief{.q = 0.0125, .accepted = 100, .audited = 1};
  EXPECT_LE(bound({often, brief}), bound({often}) + 100.0);
}

TEST(Certificate, knows_what_became_of_withdrawn_answers) {
  AuditStratum stratum{.q = 0.05, .accepted = 100000, .audited = 5000, .audited_wrong = 100};
  const double without = wrong_upper_bound(std::vector{stratum}, 0.95);
  stratum.withdrawn_wrong = 1000;
  stratum.withdrawn_found = 50;
  const double with = wrong_upper_bound(std::vector{stratum}, 0.95);
  EXPECT_NEAR(with, without, 0.2 * without) << "they tell little about the others";
  stratum.withdrawn_found = 90;
  EXPECT_GT(wrong_upper_bound(std::vector{stratum}, 0.95), with)
      << "more were found than expected: luck, to be paid for";
}

// The adversary knows every past coin and chooses everything by it: which answers are wrong, in bursts, and the more
// so while audits find nothing; how many are audited, fewer while none is found; and it withdraws a block of answers
// when its audits found much. A bound that assumed independence would fail here; the martingale must not, at any
// time.
TEST(Certificate, covers_the_truth_at_all_times_against_an_adaptive_adversary) {
  constexpr double confidence = 0.9;
  constexpr int n_runs = 400, n_blocks = 80, n_block = 50;
  int missed = 0;
  for (int run = 0; run < n_runs; ++run) {
    std::mt19937_64 engine(static_cast<std::uint64_t>(run));
    std::uniform_real_distribution<double> uniform;
    std::vector<AuditStratum> strata{{.q = 0.05}, {.q = 0.025}};
    std::int64_t wrong = 0, since_found = 0;
    bool covered = true;
    for (int block = 0; block < n_blocks; ++block) {
      auto& stratum = strata[since_found > 60 ? 1 : 0];
      AuditStratum now;
      std::int64_t wrong_now = 0;
      for (int i = 0; i < n_block; ++i) {
        const bool is_wrong = since_found < 40 && block % 2 == 0;
        const bool audited = uniform(engine) < stratum.q;
        wrong_now += is_wrong;
        now.audited += audited;
        now.audited_wrong += is_wrong && audited;
        since_found = is_wrong && audited ? 0 : since_found + 1;
        if (since_found > 200) since_found = 0;
      }
      if (now.audited_wrong >= 3) {
        stratum.withdrawn_wrong += wrong_now;
        stratum.withdrawn_found += now.audited_wrong;
      } else {
        wrong += wrong_now;
        stratum.accepted += n_block;
        stratum.audited += now.audited;
        stratum.audited_wrong += now.audited_wrong;
      }
      covered = covered && static_cast<double>(wrong) <= wrong_upper_bound(strata, confidence);
    }
    missed += !covered;
  }
  EXPECT_LE(missed, static_cast<int>((1.0 - confidence) * n_runs));
  EXPECT_GE(missed, 1) << "a bound that is never missed in 400 runs at 90 % is too loose to be useful";
}

}  // namespace
}  // namespace bimetal::control
