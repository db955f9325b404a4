#pragma once

#include <cstdint>
#include <span>

namespace bimetal::control {

/// Accepted answers that were audited with the same chance. Answers are `withdrawn` when the audits of their own step
/// refute them: physics then answers the whole step, so that the truth about them is known and none of them stands.
struct AuditStratum {
  double q = 1.0;                    // chance of an audit, in (0, 1]
  std::int64_t accepted = 0;         // answers that stand, audited ones among them
  std::int64_t audited = 0;          // of these
  std::int64_t audited_wrong = 0;    // of these
  std::int64_t withdrawn_wrong = 0;  // withdrawn answers that were wrong
  std::int64_t withdrawn_found = 0;  // of these, found by an audit
};

/// What the audits of a run prove about its accepted answers.
struct Certificate {
  double wrong_fraction =
      0.0;  // estimate (Horvitz–Thompson): each wrong audit stands for 1/q answers; 0 without audits
  double confidence = 0.0;
  double upper_bound = 1.0;  // on the wrong fraction of all accepted answers
};

/// The upper bound on how many of the accepted answers that stand were wrong, given that coins of known chances,
/// tossed independently of everything before them, found so many of the wrong ones.
///
/// For any lambda >= 0 the product over wrong answers of exp(-lambda [audited]) / (1 - q (1 - exp(-lambda))) is a
/// martingale starting at 1: a wrong answer multiplies it by a factor of mean 1, any other leaves it as it is.
/// Nothing is assumed about which answers are wrong, how they depend on each other, on earlier audits, or on a q that
/// was chosen by them. By Ville's inequality a mixture over lambda stays below 1/delta forever with probability 1 -
/// delta, so the bound holds at all times at once (the construction of Waudby-Smith & Ramdas, J. R. Stat. Soc. B 86
/// (2024) 1, applied to counts). With several q, lambda follows q so that every wrong answer raises the martingale
/// alike as far as its q allows, and the unseen wrong ones are supposed to lie where they raise it least. `strata`
/// holds one entry for every q that could have been chosen, used or not: the mixture is laid out by the largest.
/// Withdrawal depends on the coins, so withdrawn answers stay in the product, at their known number. Local.
double wrong_upper_bound(std::span<const AuditStratum> strata, double confidence);

/// The certificate of all answers that stand. Local.
Certificate certify(std::span<const AuditStratum> strata, double confidence);

}  // namespace bimetal::control
