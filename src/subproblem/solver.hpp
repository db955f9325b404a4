#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/rows.hpp"
#include "core/signature.hpp"

namespace bimetal::subproblem {

/// What stops a proposed answer: nothing; what is known of any surrogate, that it is not finite, or to a row that is
/// not familiar to who proposed it; or a gate of the kind's own.
enum class Gate : std::uint8_t { open, not_finite, unfamiliar, first_own };

/// The kind's own gate of this number, in the order of Kind::gates().
constexpr Gate own_gate(int number) { return static_cast<Gate>(static_cast<int>(Gate::first_own) + number); }

/// How a row can be answered without a solver.
enum class Shortcut : std::uint8_t {
  none,
  inert,         // it stays as it is
  explicit_step  // one explicit step is good enough
};

/// What a kind of sub-problem knows about single rows, apart from solving them. Every member is Local and looks
/// at one row only; a member may use the object's own work space, so one object serves one thread.
class Kind {
 public:
  virtual ~Kind() = default;
  virtual const core::Signature& signature() const = 0;

  /// What the kind's own gates are called.
  virtual std::vector<std::string> gates() const { return {}; }

  /// Makes a proposal for the answer to `in` [n_in] physical, or says which gate it fails. `out` [n_out] holds the
  /// proposal; derived columns are ignored on entry. If the gate is open, `out` then keeps the invariants and
  /// what else the kind conserves to round-off and lies within its bounds. `tolerance`: scaled error an answer may
  /// have.
  virtual Gate admit(std::span<const double> in, std::span<double> out, double tolerance) = 0;

  /// `moved` [n_out]: what the outputs continue of the row, moved by as much as an answer may err. Restores what the
  /// kind conserves; false if the result is not physical. A kind whose answers are not the inputs of a next step
  /// moves nothing.
  virtual bool admit_moved(std::span<const double>, std::span<double>) { return false; }

  /// Whether the reference solver would leave this row at the base of its outputs to within a small part of
  /// `tolerance`.
  virtual bool inert(std::span<const double>, double) { return false; }

  /// Whether the row is inert() by a bound that costs next to nothing. `false` says nothing.
  virtual bool surely_inert(std::span<const double>, double) { return false; }

  /// Whether there are proposals that admit() could pass. `false` spares a surrogate the question.
  virtual bool answerable(std::span<const double>) { return true; }

  /// How far from the rows that a surrogate has learned from it may be asked: 1 is the distance that one of two
  /// hundred of those rows exceeds. More where the law is smooth, and answers a little outside are good as a rule;
  /// audits tell.
  virtual double reach() const { return 1.0; }

  /// Whether the row is likely to be inert or to take a shortcut, so that this is looked into before a surrogate is
  /// asked. Costs next to nothing.
  virtual bool likely_at_rest(std::span<const double>) { return true; }

  /// For rows that are not surely inert: whether the row is inert(), or else whether it can be answered with an error
  /// that is a small part of `tolerance` for less than a solver takes. The answer is then in `out` [n_out], which
  /// must not be the memory of `in`, and keeps what the kind conserves; otherwise `out` means nothing.
  virtual Shortcut shortcut(std::span<const double> in, double tolerance, std::span<double>) {
    return inert(in, tolerance) ? Shortcut::inert : Shortcut::none;
  }
};

/// Who gave the answer to a row.
enum class Answerer : std::uint8_t { inert = 0, physics = 1, surrogate = 2, audit = 3, explicit_step = 4 };

/// Where an answer comes from; written per cell into the output.
struct Provenance {
  Answerer answerer = Answerer::physics;
  std::int32_t version = -1;    // of the surrogate that was asked; -1: none was
  double score = -1.0;          // predicted scaled error; -1: none
  double audited_error = -1.0;  // scaled error found by an audit, in units of the tolerance; -1: not audited
};

/// What a batch is to an iteration (a Newton solve) that asks the same rows several times, with inputs that change
/// until they fit together. Who answers a row is decided in the first batch and stays so in the next ones, so that
/// the iteration is about one function.
enum class Iterate : std::uint8_t {
  none,   // a batch of its own
  first,  // of an iteration
  next    // the rows of the batch before, in the same order
};

/// Sub-problems of one step of one rank.
struct Batch {
  core::ConstRows in;                  // [n, n_in]
  core::Rows out;                      // [n, n_out], not the memory of `in`
  std::span<const std::int64_t> id;    // [n] global cell ids: what random decisions depend on
  std::int64_t step = 0;               // below 0: of a rehearsal, whose answers will be taken back
  std::span<Provenance> provenance{};  // [n] or empty: nobody wants to know
  std::span<double> seconds{};         // [n] or empty: what each row cost a reference solver [s]
  Iterate iterate = Iterate::none;

  // What the reference solver keeps of a row beyond the row itself, of a kind with memory (a microstructure). It goes
  // on from there, moved to fit what the row says where others have answered since; a row that it does not answer
  // keeps its memory. Both [n, signature.memory], or of width 0: the solver makes do with the row; nobody wants to
  // know. The widths are alike on all ranks, also where n is 0.
  core::ConstRows memory{};
  core::Rows memory_out{};  // after the step, not the table `memory`
};

/// Whether the tables of a batch have the shapes that the signature asks for. Local.
bool fits(const Batch& batch, const core::Signature& signature);

/// A row no integrator setting could solve. A value, not an exception: the caller reduces it and then branches.
struct Failure {
  std::int64_t id = -1;
  std::string reason;
  std::vector<double> in;  // [n_in], to reproduce it
};

struct BatchReport {
  std::vector<Failure> failures;  // of this rank
  std::int64_t retries = 0;       // further attempts that rows took which this rank solved
  double shared_seconds = 0.0;    // of this rank: what a batch costs however many rows it has, which no row is booked
};

/// Solves batches of sub-problems. Physics, and the hybrid that wraps it, look the same from here.
class SubproblemSolver {
 public:
  virtual ~SubproblemSolver() = default;
  virtual Kind& kind() = 0;
  /// The answer to a row that cannot be solved is the base of its outputs, and a failure in the report.
  /// Reference solvers: Local. The hybrid: Collective.
  virtual BatchReport solve(Batch& batch) = 0;
};

}  // namespace bimetal::subproblem
