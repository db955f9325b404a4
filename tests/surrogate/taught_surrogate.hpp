#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "surrogate/surrogate.hpp"
#include "toy_chemistry.hpp"

namespace bimetal::surrogate::testing {

using Weights = Surrogate::Weights;

inline const NetworkOptions small{.layers = {48, 48}, .error_layers = {24}, .second_layers = {24, 24}};
inline const TrainingOptions quick{.batch = 256, .decay_updates = 1500, .replay_capacity = 20000};

/// A surrogate that has learned the toy from 8000 rows spread over the ranks of comm.
inline Surrogate taught(const parallel::Communicator& comm, std::int64_t n_updates, bool root_holds_rows = true) {
  Surrogate surrogate(toy_signature(), small, quick, comm);
  const bool holds = root_holds_rows || !comm.is_root();
  const auto rows = toy_rows(holds ? 8000 / comm.size() : 0, 100 + static_cast<std::uint64_t>(comm.rank()));
  surrogate.remember(rows.in.rows(), rows.out.rows(), rows.id, 0);
  surrogate.train(n_updates);
  return surrogate;
}

struct Answers {
  core::RowTable out{6};
  std::vector<Signals> signals;
};

inline Answers ask(Surrogate& surrogate, Weights which, const Rows& rows) {
  Answers answers;
  answers.out.resize(rows.in.size());
  answers.signals.resize(static_cast<std::size_t>(rows.in.size()));
  surrogate.predict(which, rows.in.rows(), answers.out.rows(), answers.signals);
  return answers;
}

inline std::vector<double> errors_of(const Answers& answers, const Rows& rows) {
  const auto signature = toy_signature();
  std::vector<double> errors;
  for (std::int64_t i = 0; i < rows.in.size(); ++i)
    errors.push_back(scaled_error(signature, answers.out[i], rows.out[i]));
  return errors;
}

/// One of the signals, by row.
inline std::vector<double> column(const Answers& answers, double Signals::*signal) {
  std::vector<double> values;
  for (const auto& signals : answers.signals) values.push_back(signals.*signal);
  return values;
}

inline double quantile(std::vector<double> values, double part) {
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}

/// Every bit of the answers and their signals, in one number.
inline std::int64_t hash(const Answers& answers) {
  std::uint64_t hash = 1469598103934665603ULL;
  const auto take = [&](double value) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    hash = (hash ^ bits) * 1099511628211ULL;
  };
  for (const double value : answers.out.rows().flat()) take(value);
  for (const auto& signals : answers.signals) {
    take(signals.predicted_error);
    take(signals.disagreement);
    take(signals.distance);
  }
  return static_cast<std::int64_t>(hash);
}

inline bool same_on_all_ranks(const parallel::Communicator& comm, std::int64_t value) {
  const auto all = comm.all_gather(value);
  return std::ranges::all_of(all, [&](std::int64_t other) { return other == all[0]; });
}

}  // namespace bimetal::surrogate::testing
