#include "hybrid/balanced_solver.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

#include "core/timer.hpp"

namespace bimetal::hybrid {
namespace {

constexpr double tolerated_imbalance = 1.05;

/// Row numbers of a batch by where they are solved: [n_ranks] lists, this rank's own among them.
std::vector<std::vector<std::int64_t>> assign_rows(std::int64_t n, const std::vector<Transfer>& plan, int rank,
                                                   int n_ranks) {
  std::int64_t n_leaving = 0;
  for (const auto& transfer : plan)
    if (transfer.from == rank) n_leaving += transfer.n;

  std::vector<std::vector<std::int64_t>> rows(static_cast<std::size_t>(n_ranks));
  auto transfer = plan.begin();
  std::int64_t left_in_transfer = 0;
  std::int64_t gone = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    // Row i leaves if the even spacing of n_leaving rows over n puts one here.
    const bool leaves = (i + 1) * n_leaving / n > gone;
    if (!leaves) {
      rows[static_cast<std::size_t>(rank)].push_back(i);
      continue;
    }
    for (; left_in_transfer == 0; ++transfer)
      if (transfer->from == rank) left_in_transfer = transfer->n;
    rows[static_cast<std::size_t>(std::prev(transfer)->to)].push_back(i);
    --left_in_transfer;
    ++gone;
  }
  return rows;
}

}  // namespace

std::vector<Transfer> plan_transfers(const std::vector<std::int64_t>& counts) {
  const auto n_ranks = static_cast<std::int64_t>(counts.size());
  const std::int64_t total = std::reduce(counts.begin(), counts.end(), std::int64_t{0});
  const double mean = static_cast<double>(total) / static_cast<double>(n_ranks);
  std::vector<Transfer> plan;
  if (static_cast<double>(*std::max_element(counts.begin(), counts.end())) <= tolerated_imbalance * mean) return plan;

  const auto target = [&](std::int64_t rank) { return total / n_ranks + (rank < total % n_ranks ? 1 : 0); };
  std::int64_t to = 0;
  std::int64_t room = target(0) - counts[0];
  for (std::int64_t from = 0; from < n_ranks; ++from) {
    std::int64_t surplus = counts[static_cast<std::size_t>(from)] - target(from);
    while (surplus > 0) {
      while (room <= 0) {
        ++to;
        room = target(to) - counts[static_cast<std::size_t>(to)];
      }
      const std::int64_t n = std::min(surplus, room);
      plan.push_back({static_cast<int>(from), static_cast<int>(to), n});
      surplus -= n;
      room -= n;
    }
  }
  return plan;
}

BalancedSolver::BalancedSolver(std::unique_ptr<subproblem::SubproblemSolver> reference, parallel::Communicator comm)
    : reference_(std::move(reference)), comm_(std::move(comm)) {}

subproblem::BatchReport BalancedSolver::solve(subproblem::Batch& batch) {
  const core::Stopwatch watch;
  reference_seconds_ = 0.0;
  const auto plan = plan_transfers(comm_.all_gather(batch.in.size()));
  auto report = plan.empty() ? solve_here(batch) : solve_with_transfers(batch, plan);
  comm_.barrier();  // so that waiting for the slowest rank is booked here and not on whoever communicates next
  overhead_seconds_ = watch.seconds() - reference_seconds_;
  return report;
}

subproblem::BatchReport BalancedSolver::solve_here(subproblem::Batch& batch) {
  core::ScopedTimer timer(reference_seconds_);
  return reference_->solve(batch);
}

subproblem::BatchReport BalancedSolver::solve_with_transfers(subproblem::Batch& batch,
                                                             const std::vector<Transfer>& plan) {
  const auto n_ranks = static_cast<std::size_t>(comm_.size());
  const auto me = static_cast<std::size_t>(comm_.rank());
  const std::int64_t n_in = batch.in.width();
  const std::int64_t n_out = batch.out.width();
  const auto rows = assign_rows(batch.in.size(), plan, comm_.rank(), comm_.size());

  // Out: [id, in...] per row that leaves, by destination.
  std::vector<double> outgoing;
  std::vector<std::int64_t> out_counts(n_ranks, 0);
  for (std::size_t rank = 0; rank < n_ranks; ++rank) {
    if (rank == me) continue;
    for (const std::int64_t row : rows[rank]) {
      outgoing.push_back(std::bit_cast<double>(batch.id[static_cast<std::size_t>(row)]));
      const auto in = batch.in[row];
      outgoing.insert(outgoing.end(), in.begin(), in.end());
    }
    out_counts[rank] = static_cast<std::int64_t>(rows[rank].size()) * (1 + n_in);
  }
  std::vector<std::int64_t> in_counts;
  const auto arrived = comm_.exchange(outgoing, out_counts, in_counts);

  // Solve what stayed, then what came.
  const auto n_stayed = static_cast<std::int64_t>(rows[me].size());
  const std::int64_t n_arrived = static_cast<std::int64_t>(arrived.size()) / (1 + n_in);
  core::RowTable in(n_in);
  std::vector<std::int64_t> id;
  for (const std::int64_t row : rows[me]) {
    in.append(batch.in[row]);
    id.push_back(batch.id[static_cast<std::size_t>(row)]);
  }
  const core::ConstRows visitors(arrived.data(), n_arrived, 1 + n_in);
  for (std::int64_t row = 0; row < n_arrived; ++row) {
    in.append(visitors[row].subspan(1));
    id.push_back(std::bit_cast<std::int64_t>(visitors[row][0]));
  }
  core::RowTable out(n_out, n_stayed + n_arrived);
  std::vector<double> seconds(id.size(), 0.0);
  subproblem::Batch here{.in = in.rows(), .out = out.rows(), .id = id, .step = batch.step, .seconds = seconds};
  auto report = solve_here(here);

  // Back: [seconds, out...] per visitor, in the order they came.
  std::vector<double> answers;
  for (std::int64_t row = n_stayed; row < n_stayed + n_arrived; ++row) {
    answers.push_back(seconds[static_cast<std::size_t>(row)]);
    const auto answer = here.out[row];
    answers.insert(answers.end(), answer.begin(), answer.end());
  }
  for (auto& count : in_counts) count = count / (1 + n_in) * (1 + n_out);
  std::vector<std::int64_t> back_counts;
  const auto returned = comm_.exchange(answers, in_counts, back_counts);

  const auto put = [&](std::int64_t row, double row_seconds, std::span<const double> answer) {
    std::copy(answer.begin(), answer.end(), batch.out[row].begin());
    if (!batch.seconds.empty()) batch.seconds[static_cast<std::size_t>(row)] = row_seconds;
  };
  for (std::int64_t i = 0; i < n_stayed; ++i)
    put(rows[me][static_cast<std::size_t>(i)], seconds[static_cast<std::size_t>(i)], here.out[i]);
  const core::ConstRows home(returned.data(), static_cast<std::int64_t>(returned.size()) / (1 + n_out), 1 + n_out);
  std::int64_t next = 0;
  for (std::size_t rank = 0; rank < n_ranks; ++rank) {
    if (rank == me) continue;
    for (const std::int64_t row : rows[rank]) {
      put(row, home[next][0], home[next].subspan(1));
      ++next;
    }
  }
  return report;
}

}  // namespace bimetal::hybrid
