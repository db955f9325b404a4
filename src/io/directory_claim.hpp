#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "io/run_owner.hpp"

namespace bimetal::io {

/// While it lives, no other run writes into an output directory: the file run.lock in it names the process that does,
/// and a thread touches that file every few seconds, so that other machines see that the run lives.
///
/// A run.lock left behind by a run that was killed does not count. Whether that is so is seen at once on the same
/// machine, and when the job has been queued again; otherwise by watching whether the file is touched. No file locks
/// are used, as many parallel file systems have none, and no clocks of two machines are compared.
class DirectoryClaim {
 public:
  struct Rhythm {
    double beat = 5.0;       // between two touches [s]
    double patience = 15.0;  // without a touch a run elsewhere is dead; must be more than two beats of theirs [s]
  };

  /// UserError: a run that lives has the directory, or nothing can be written there. Local.
  DirectoryClaim(const std::filesystem::path& directory, const RunOwner& self, const Rhythm& rhythm);
  DirectoryClaim(const std::filesystem::path& directory, const RunOwner& self)
      : DirectoryClaim(directory, self, Rhythm{}) {}
  /// Gives the directory back.
  ~DirectoryClaim();
  DirectoryClaim(const DirectoryClaim&) = delete;
  DirectoryClaim& operator=(const DirectoryClaim&) = delete;

  /// RuntimeFailure: another run has taken the directory over, since this one was held up for longer than that run
  /// was ready to wait. Local.
  void require_kept() const;

  static constexpr const char* file_name = "run.lock";

 private:
  void keep();
  bool renew() const;  // of a file that somebody has removed; whether it is ours then

  std::filesystem::path directory_, file_;
  std::filesystem::path own_name_;  // what the file is called until it is seen that nobody else has one
  std::string text_;
  Rhythm rhythm_;
  std::atomic<bool> lost_{false};
  std::mutex mutex_;
  std::condition_variable ends_;
  bool over_ = false;
  std::thread keeper_;
};

}  // namespace bimetal::io
