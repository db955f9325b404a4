#pragma once
/// @file
/// Bimetal for solvers in C++.

#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "bimetal/export.h"

/// Bimetal for solvers in C++: hands an expensive function of one row of numbers to a surrogate that is trained
/// during the run. docs/library.md is the guide.
namespace bimetal {

/// Counts changes of this header that need a caller to be compiled again.
inline constexpr int interface_version = 1;

/// An argument, an option or a file is wrong; the sentence says what to do. The same on every rank that a collective
/// call concerns.
class BIMETAL_API BadInput : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  ~BadInput() override;
};

/// A library or the machine failed: a full disk, no memory. The same on every rank.
class BIMETAL_API Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  ~Failure() override;
};

/// The reference could not solve a row of the step. The same on every rank; the other rows are answered, and the
/// Hybrid can be used on.
class BIMETAL_API PhysicsFailure : public std::runtime_error {
 public:
  /// The library makes these.
  PhysicsFailure(const std::string& message, int failed_on, std::int64_t failed_id, std::int32_t failure_code)
      : std::runtime_error(message), rank(failed_on), id(failed_id), code(failure_code) {}
  ~PhysicsFailure() override;

  int rank;           ///< that met the first of the rows
  std::int64_t id;    ///< of the row
  std::int32_t code;  ///< that the reference gave to it; -1 if it threw or its answer cannot be used
};

/// How a surrogate looks at a quantity.
enum class Nature {
  plain,          ///< any number, compared by differences
  temperature,    ///< > 0
  mass_fraction,  ///< in [0, 1]
  positive        ///< compared by ratios: a pressure, a time step, a concentration over decades
};

/// A column of the rows that are asked.
struct Input {
  std::string name;               ///< for messages, reports and model files; no two inputs have the same
  std::string unit;               ///< for the same
  double scale = 1.0;             ///< what counts as an error of 1 in this quantity [unit], > 0; typically its range
  Nature nature = Nature::plain;  ///< how the surrogate looks at it
};

/// A column of the answers.
struct Output {
  std::string name;            ///< for messages, reports and model files; no two outputs have the same
  std::string unit;            ///< for the same
  double scale = 1.0;          ///< an answer off by more than switching.tolerance times this is wrong [unit], > 0
  std::string continues = {};  ///< the input that this is the new value of; empty: a quantity of its own (a flux)
  /// No answer of the surrogate below this is accepted; one that is below by less than a tenth of the tolerance is
  /// moved here.
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();  ///< the same for answers above
};

/// Rows that the reference is to solve: tables that are row-major, one row behind the other.
struct ReferenceRows {
  std::int64_t n = 0;              ///< how many, >= 1
  std::span<const double> in;      ///< [n, n_inputs]
  std::span<double> out;           ///< [n, n_outputs]
  std::span<std::int32_t> failed;  ///< [n], all 0; a row that cannot be solved gets a code other than 0
};

/// A law that no answer of the surrogate may break. Physics answers the rows whose answers do.
struct Law {
  std::string name;  ///< under which reports count the answers that it has stopped
  /// Whether the answer out [n_outputs] to in [n_inputs] may be committed. It may repair out. Local.
  std::function<bool(std::span<const double> in, std::span<double> out)> holds;
};

/// A kind of sub-problem: the meaning of its rows, and who knows the truth.
struct Problem {
  std::string kind;             ///< the name by which model files and messages call it
  std::vector<Input> inputs;    ///< columns of the rows that are asked, in order
  std::vector<Output> outputs;  ///< columns of the answers, in order
  /// [n_invariants][n_outputs]: sum_k a_k (out_k - base_k) = 0 to round-off, base being the input that an output
  /// continues, or zero.
  std::vector<std::vector<double>> invariants = {};
  std::vector<Law> laws = {};  ///< asked in this order
  /// All that the answers depend on besides the row: parameters, a version of the code. Models and states of another
  /// fingerprint are refused.
  std::string fingerprint = {};

  /// The expensive function. Local: it must not communicate, for any rank may be asked about any row. The answer to a
  /// row must depend on the row alone. An exception means that none of these rows could be solved.
  std::function<void(const ReferenceRows&)> reference = {};
  /// Rows handed over at once at most; 0: all that are due. With 1 the cost of every row is measured by itself.
  std::int64_t rows_per_call = 1;
};

/// A reference that knows one row at a time: from in [n_inputs] to out [n_outputs].
using RowFunction = std::function<void(std::span<const double> in, std::span<double> out)>;
/// Makes a reference of such a function.
/// @param function answers one row; an exception means that its row could not be solved
BIMETAL_API std::function<void(const ReferenceRows&)> by_row(RowFunction function);

/// Options by the names, and in the form, that they have in YAML: {"switching.tolerance", "1e-3"}.
using Options = std::map<std::string, std::string>;

/// Who answered a row.
enum class AnsweredBy : std::uint8_t {
  reference = 1,  ///< the expensive function
  surrogate = 2,  ///< the network
  audit = 3       ///< the surrogate would have; the reference did, to check it
};

/// Which batch of an iteration this is: an implicit solver asks for the same rows in the same order until they fit
/// together. Who answers a row is decided in the first batch and stays so in the next ones.
enum class Iteration : std::uint8_t {
  none = 0,   ///< the step has one batch only
  first = 1,  ///< the first batch of a step
  next = 2    ///< any other one
};

/// This rank's rows of a step.
struct Rows {
  std::int64_t n = 0;          ///< how many; may differ from rank to rank and from step to step, and may be 0
  std::span<const double> in;  ///< [n, n_inputs], finite
  /// [n, n_outputs], not the memory of `in`; a row that could not be solved gets the inputs that it continues, or
  /// zeros
  std::span<double> out;
  /// [n] numbers of the rows in the whole problem, each used once, the same ones in every step; random audits depend
  /// on them, so that any number of ranks audits the same rows. Empty: rows are numbered through, rank behind rank.
  std::span<const std::int64_t> id = {};
  std::span<AnsweredBy> answered_by = {};  ///< out: [n]; may be empty
  Iteration iteration = Iteration::none;   ///< which batch of an implicit solver's step this is
};

/// A reference and its surrogate, bonded: answers rows, learns from them, and keeps account of how far that can be
/// trusted and whether it pays. One thread at a time uses an object.
class BIMETAL_API Hybrid {
 public:
  /// Checks everything, and makes surrogate and controller. MPI must be initialised, and every rank must give the
  /// same problem and options. Throws BadInput. Collective.
  /// @param problem the kind of sub-problem
  /// @param options docs/library.md lists them; they win over those of the file
  /// @param communicator of the ranks that take part; it is duplicated
  /// @param options_file path of a YAML file with options, or empty
  Hybrid(Problem problem, const Options& options, MPI_Comm communicator, const std::string& options_file = {});
  /// To be called before MPI_Finalize(). Collective.
  ~Hybrid();
  Hybrid(Hybrid&&) noexcept;  ///< leaves nothing behind that can be used. Local.
  /// Frees what was there before, which is Collective.
  Hybrid& operator=(Hybrid&&) noexcept;

  /// Answers this rank's rows of a step. Throws PhysicsFailure if at least one row on some rank could not be solved.
  /// Collective.
  /// @param step counts up from 0 over the run; alike on all ranks
  /// @param rows what is asked, and where the answers go
  void solve(std::int64_t step, const Rows& rows);

  /// Everything that is known of the run so far, as JSON (docs/library.md lists its members). Collective.
  std::string report();
  /// The closing lines of a run; alike on all ranks. Collective.
  std::string summary();
  /// Whether this is the first rank, whose business it is to print. Local.
  bool is_first() const;

  /// Writes the whole state into an HDF5 file. Collective.
  /// @param path of the file, which is complete or not there
  void save(const std::string& path);
  /// Goes on from such a file, on any number of ranks; to the bit on as many as saved. Collective.
  /// @param path of the file
  void restore(const std::string& path);
  /// The state of this rank, for restart files of the caller's own; on the same number of ranks only. Collective.
  std::vector<std::byte> state();
  /// Goes on from such bytes. Collective.
  /// @param state what state() gave to this rank
  void set_state(std::span<const std::byte> state);
  /// Writes the surrogate that serves as a model file, for the option surrogate.model of a later run and for
  /// models/check.py. Throws BadInput if none serves yet. Collective.
  /// @param path of the file
  void save_model(const std::string& path);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bimetal
