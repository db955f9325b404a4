#pragma once

#include <cstdint>

namespace bimetal::control {

/// What the audits of a run prove about its accepted answers.
struct Certificate {
  double wrong_fraction = 0.0;  // estimate: wrong audits / audits; 0 without audits
  double confidence = 0.0;
  double upper_bound = 1.0;  // on the wrong fraction of all accepted answers
};

/// The upper bound on how many of all answers accepted so far were wrong, given that `audited_wrong` of the wrong
/// ones were found by coins of probability q tossed independently of everything before them.
///
/// For any lambda >= 0, M = exp(-lambda S) / (1 - q (1 - exp(-lambda)))^W, with W wrong answers so far and S of them
/// audited, is a martingale starting at 1: a wrong answer multiplies it by a factor of mean 1, any other leaves it
/// as it is. Nothing is assumed about which answers are wrong, how they depend on each other or on earlier audits.
/// By Ville's inequality a mixture over lambda stays below 1/delta forever with probability 1 - delta, so the bound
/// holds at all times at once (the construction of Waudby-Smith & Ramdas, J. R. Stat. Soc. B 86 (2024) 1, applied
/// to counts). Local.
double wrong_upper_bound(std::int64_t audited_wrong, double q, double confidence);

/// The certificate of `accepted` answers, of which `audited` were audited and `audited_wrong` found wrong. Local.
Certificate certify(std::int64_t accepted, std::int64_t audited, std::int64_t audited_wrong, double q,
                    double confidence);

}  // namespace bimetal::control
