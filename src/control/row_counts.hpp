#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace bimetal::control {

/// What became of the rows.
struct RowCounts {
  std::int64_t total = 0;
  std::int64_t inert = 0;
  std::int64_t explicit_steps = 0;  // answered by one explicit step
  std::int64_t accepted = 0;        // audited ones among them
  std::int64_t rejected = 0;        // those not asked about among them
  std::int64_t unanswerable = 0;    // of the rejected ones: no surrogate is ever asked about such rows
  std::int64_t asked = 0;           // the surrogate proposed an answer; inert and explicit ones may be among them
  std::int64_t gated = 0;           // of the rejected ones: stopped by a gate
  std::int64_t unusable = 0;        // of the asked ones: not finite
  std::int64_t withdrawn = 0;  // of the rejected ones: accepted first, then refuted by the audits of their own step
  std::int64_t withdrawn_wrong = 0;
  std::int64_t withdrawn_found = 0;  // of the wrong ones, by an audit
  std::int64_t audited = 0;          // of the accepted ones
  std::int64_t audited_wrong = 0;
  std::int64_t inert_audited = 0;
  std::int64_t inert_wrong = 0;
  std::int64_t explicit_audited = 0;
  std::int64_t explicit_wrong = 0;
  std::int64_t verified = 0;  // accepted rows whose truth is known because the user asked for it
  std::int64_t verified_wrong = 0;
  std::int64_t moved_unsolved = 0;  // moved copies of rows, to learn from, that physics could not solve

  /// All of them in a row, to be summed over ranks, and back.
  using Array = std::array<std::int64_t, 21>;
  Array to_array() const { return std::bit_cast<Array>(*this); }
  static RowCounts from_array(const Array& values) { return std::bit_cast<RowCounts>(values); }

  void add(const RowCounts& other) {
    Array sum = to_array();
    const Array more = other.to_array();
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += more[i];
    *this = from_array(sum);
  }
};

}  // namespace bimetal::control
