#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace bimetal::control {

/// What the sub-problems cost, in seconds summed over ranks, and what they would have cost by physics alone.
struct Ledger {
  double physics = 0.0;      // reference solver on rejected rows
  double audit = 0.0;        // reference solver on audited accepted rows
  double inert_audit = 0.0;  // reference solver on audited inert rows
  double inference = 0.0;    // network, gates and decisions, on all candidates
  double training = 0.0;
  double balance = 0.0;        // sending rows to other ranks, and waiting for them
  double communication = 0.0;  // reductions of counts
  double verification = 0.0;   // measured for the user; not a cost of the hybrid

  /// All of them in a row, to be summed over ranks, and back.
  using Array = std::array<double, 8>;
  Array to_array() const { return std::bit_cast<Array>(*this); }
  static Ledger from_array(const Array& values) { return std::bit_cast<Ledger>(values); }

  void add(const Ledger& other) {
    Array sum = to_array();
    const Array more = other.to_array();
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += more[i];
    *this = from_array(sum);
  }

  double spent() const { return physics + audit + inert_audit + inference + training + balance + communication; }

  /// Seconds per row of physics as a random sample of accepted rows cost it (the audits): what each accepted answer
  /// saved. Rejected rows are harder and would flatter us.
  double physics_per_accepted_row(std::int64_t audited) const {
    return audited > 0 ? audit / static_cast<double>(audited) : 0.0;
  }

  /// What pure physics would have spent on the same rows: the rejected ones as measured, the accepted ones at the
  /// audits' mean cost, the same balancing.
  double physics_alone(std::int64_t accepted, std::int64_t audited) const {
    return physics + balance + static_cast<double>(accepted) * physics_per_accepted_row(audited);
  }

  /// physics_alone / spent; 1 if nothing was spent.
  double net_speedup(std::int64_t accepted, std::int64_t audited) const {
    return spent() > 0.0 ? physics_alone(accepted, audited) / spent() : 1.0;
  }
};

}  // namespace bimetal::control
