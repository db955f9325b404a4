#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/archive.hpp"

namespace bimetal::control {

/// Errors of the accepted answers in one output, estimated from audits: each stands for the 1/q answers it was drawn
/// from (Horvitz & Thompson, J. Am. Stat. Assoc. 47 (1952) 663), so the estimates are unbiased whatever q was.
struct ErrorEstimate {
  double mean_abs = 0.0;           // [unit of the output], like all below
  double bias = 0.0;               // mean of answer - truth
  double accumulated = 0.0;        // sum over steps of the bias that was committed to an active row on average
  double accumulated_error = 0.0;  // its standard error
};

/// What becomes of an answer that is audited.
enum class Audited { replaced, stands };

/// Adds up what audits say about errors. `accumulated` is the drift of a row that stays active all the time, if
/// nothing damps it: bias is what remains where errors of changing sign cancel. Local.
class ErrorAccount {
 public:
  explicit ErrorAccount(std::size_t n_out);

  /// An audited accepted answer; [n_out] each. Where the truth replaces it, only the 1/q - 1 others that it stands
  /// for carry its error on.
  void add(std::span<const double> answer, std::span<const double> truth, double q, Audited audited);
  /// The step is over, in which so many rows of all ranks were active.
  void close_step(std::int64_t active);

  /// All sums in a row, to be added up over ranks.
  std::span<const double> sums() const { return sums_; }

  /// Between two steps.
  void persist(const core::Archive& archive) { archive.sums("sums", std::span(sums_)); }

  /// From sums over all ranks: [n_out].
  static std::vector<ErrorEstimate> estimates(std::span<const double> sums);

 private:
  static constexpr std::size_t n_kinds = 4;  // |delta|, delta, drift, its variance

  std::vector<double> sums_;  // [1 + 4 n_out]: answers stood for, then the four by output
  std::vector<double> step_;  // [2 n_out]: of this step, the carried delta and its square
};

}  // namespace bimetal::control
