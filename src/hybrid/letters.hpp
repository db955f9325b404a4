#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/rows.hpp"
#include "parallel/mailbox.hpp"

namespace bimetal::hybrid {

/// What solver and trainer ranks write to each other.
enum class About : int {
  samples,    // a solver to its trainer: physics answers
  taken,      // the first solver to the first trainer: all solvers have the last candidate
  goodbye,    // a solver to every trainer, its last letter
  begin,      // the first solver to every trainer, once: the run begins, from the state enclosed, if there is any
  save,       // the first solver to every trainer: hand over your state
  state,      // a trainer to the first solver: its state, packed
  candidate,  // the first trainer to all solvers: something to judge
  alive,      // the first trainer to the first solver: all trainers are at work
  farewell,   // the first trainer to all solvers, its last letter
};

/// Physics answers of one step.
struct Samples {
  std::int64_t step = 0;
  std::vector<std::int64_t> id;  // [n]
  core::RowTable in;             // [n, n_in]
  core::RowTable out;            // [n, n_out]

  Samples(std::int64_t n_in, std::int64_t n_out) : in(n_in), out(n_out) {}
  std::int64_t size() const { return std::ssize(id); }
  void clear() { id.clear(), in.clear(), out.clear(); }
};

/// Rows [first, first + n) of them. Local.
parallel::Bytes pack(const Samples& samples, std::int64_t first, std::int64_t n);
Samples unpack_samples(const parallel::Bytes& bytes, std::int64_t n_in, std::int64_t n_out);

/// A candidate as Surrogate::pack_candidate() gives it, and what it has taken to make it.
struct Candidate {
  std::int64_t updates = 0;  // gradient steps so far
  std::int64_t samples = 0;  // rows seen by them, on all trainers
  double loss = 0.0;         // mean over the last round
  parallel::Bytes model;
};
parallel::Bytes pack(const Candidate& candidate);
Candidate unpack_candidate(const parallel::Bytes& bytes);

/// Why solvers stop.
enum class Ending : std::int64_t { done, user_error, failure };
struct Goodbye {
  Ending ending = Ending::done;
  std::string reason;  // of an error
};
parallel::Bytes pack(const Goodbye& goodbye);
Goodbye unpack_goodbye(const parallel::Bytes& bytes);

}  // namespace bimetal::hybrid
