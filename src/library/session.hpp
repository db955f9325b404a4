#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bimetal/hybrid.hpp"
#include "core/log.hpp"
#include "core/timer.hpp"
#include "hybrid/crew.hpp"
#include "hybrid/data_recorder.hpp"
#include "hybrid/hybrid_solver.hpp"
#include "library/library_config.hpp"
#include "library/storage.hpp"
#include "library/user_solver.hpp"

namespace bimetal::library {

/// A row that the reference could not solve, as every rank knows it.
struct FailedRow {
  std::string message;
  int rank;
  std::int64_t id;
  std::int32_t code;
};

/// What a caller's Hybrid holds: the hybrid around the caller's reference, its log, its data set, and how long it has
/// been at work. Throws what the core throws. Collective, like all its members.
class Session {
 public:
  Session(Problem problem, const Options& options, const std::string& options_file, parallel::Communicator comm);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Gives the first of the rows that could not be solved, if there are any.
  std::optional<FailedRow> solve(std::int64_t step, const Rows& rows);

  std::string report();
  std::string summary();
  void save(const std::string& path);
  void restore(const std::string& path);
  std::vector<std::byte> state();
  void set_state(std::span<const std::byte> bytes);
  void save_model(const std::string& path);

  const parallel::Communicator& comm() const { return comm_; }
  const core::Signature& signature() const { return reference_->kind().signature(); }

 private:
  enum class Numbers { given, missing };  // of the rows
  Numbers require_sound(std::int64_t step, const Rows& rows) const;
  void number(const Rows& rows);
  void require_path(const std::string& path) const;
  std::optional<FailedRow> first_failure(const std::vector<subproblem::Failure>& failures, std::int64_t step) const;
  void persist_identity(const core::Archive& archive);
  void persist(const core::Archive& archive);
  double wall_seconds() const { return wall_before_ + since_start_.seconds(); }

  Problem problem_;
  parallel::Communicator comm_;
  LibraryConfig config_;
  core::Log log_;
  hybrid::Crew crew_;
  UserSolver* reference_;  // of the hybrid
  std::unique_ptr<hybrid::HybridSolver> hybrid_;
  std::unique_ptr<Storage> storage_;                // null: not asked for yet
  std::unique_ptr<hybrid::DataRecorder> recorder_;  // null: no data set
  std::unique_ptr<RowSink> data_;                   // null: no data set, or no step yet

  std::vector<std::int64_t> id_;                    // where the caller gives none
  std::vector<subproblem::Provenance> provenance_;  // of the last batch
  std::int64_t next_step_ = 0;                      // behind the last one that was solved
  std::int64_t iterated_step_ = -1;                 // of the iteration that is under way; -1: none is
  std::int64_t iterated_rows_ = 0;                  // of this rank in it
  core::Stopwatch since_start_;
  double wall_before_ = 0.0;  // of the parts of the run before this one [s]
};

}  // namespace bimetal::library
