#pragma once

#include <array>
#include <bit>

namespace bimetal::control {

/// What things cost, given instead of measured, so that a run repeats its ledger's verdicts too [s].
struct UnitCosts {
  double physics = 0.0;    // a row by the reference solver
  double inference = 0.0;  // a row asked of the surrogate
  double update = 0.0;     // a gradient step of one rank
};

/// What the sub-problems cost, and how many there were. Seconds and rows are those of a rank, or summed over ranks.
struct Ledger {
  // Seconds.
  double physics = 0.0;      // reference solver on rejected rows
  double audit = 0.0;        // reference solver on audited accepted rows
  double inert_audit = 0.0;  // reference solver on audited inert and explicit rows
  double inference = 0.0;    // network, gates and decisions, on all rows asked about
  double training = 0.0;
  double balance = 0.0;        // sending rows to other ranks, and waiting for them
  double communication = 0.0;  // reductions of counts
  double verification = 0.0;   // measured for the user; not a cost of the hybrid
  // Rows; and gradient steps, once for every rank that took them.
  double rejected = 0.0;
  double accepted = 0.0;  // audited ones among them
  double audited = 0.0;   // accepted ones only
  double asked = 0.0;     // of the surrogate
  double updates = 0.0;

  /// All of them in a row, to be summed over ranks, and back.
  using Array = std::array<double, 13>;
  Array to_array() const { return std::bit_cast<Array>(*this); }
  static Ledger from_array(const Array& values) { return std::bit_cast<Ledger>(values); }
  void add(const Ledger& other);

  /// The same work at given prices; what has none is free.
  Ledger priced(const UnitCosts& costs) const;

  double spent() const { return physics + audit + inert_audit + inference + training + balance + communication; }

  /// Seconds per row of physics as a random sample of accepted rows cost it (the audits): what each accepted answer
  /// saved. Rejected rows are harder and would flatter us; they only serve while nothing has been accepted.
  double physics_per_row() const;
  double inference_per_row() const { return asked > 0.0 ? inference / asked : 0.0; }
  double training_per_update() const { return updates > 0.0 ? training / updates : 0.0; }

  /// What pure physics would have spent on the same rows: the rejected ones as measured, the accepted ones at the
  /// audits' mean cost, the same balancing.
  double physics_alone() const { return physics + balance + accepted * physics_per_row(); }
  /// What the accepted answers saved: the physics of all that were not audited.
  double saved() const { return (accepted - audited) * physics_per_row(); }

  /// physics_alone / spent; 1 if nothing was spent.
  double net_speedup() const { return spent() > 0.0 ? physics_alone() / spent() : 1.0; }
  /// Share by which the run has been slower than pure physics so far; negative if it was faster.
  double overhead() const { return physics_alone() > 0.0 ? spent() / physics_alone() - 1.0 : 0.0; }
};

/// Whether asking the surrogate about every row saves more than it costs, if this share of its answers is accepted
/// and one in 1/q of them audited. Local.
bool asking_pays(const Ledger& so_far, double acceptance, double q);

/// How many further gradient steps (counted once per rank) keep the overhead at or below max_overhead. Local.
double affordable_updates(const Ledger& so_far, double max_overhead);

}  // namespace bimetal::control
