#include "hybrid/balanced_solver.hpp"

#include <algorithm>
#include <bit>
#include <iterator>
#include <numeric>

#include "core/error.hpp"
#include "core/row_or_none.hpp"
#include "core/timer.hpp"

namespace bimetal::hybrid {
namespace {

constexpr double tolerated_imbalance = 1.05;

/// memory: empty if nobody wants to know.
void put_answer(subproblem::Batch& batch, std::int64_t row, double seconds, std::span<const double> answer,
                std::span<const double> memory) {
  std::ranges::copy(answer, batch.out[row].begin());
  if (!memory.empty()) std::ranges::copy(memory, batch.memory_out[row].begin());
  if (!batch.seconds.empty()) batch.seconds[static_cast<std::size_t>(row)] = seconds;
}

/// Row numbers of a batch of n by the rank that solves them, this rank's own among them.
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

/// The rows a rank solves, wherever they come from, in one piece.
struct BalancedSolver::Work {
  explicit Work(const subproblem::Batch& batch)
      : in(batch.in.width()),
        out(batch.out.width()),
        memory(batch.memory.width()),
        memory_out(batch.memory_out.width()) {}

  void add(std::int64_t row_id, std::span<const double> row, std::span<const double> memory_of_row) {
    in.append(row);
    id.push_back(row_id);
    memory.append(memory_of_row);
  }
  subproblem::Batch as_batch(std::int64_t step) {
    out.resize(in.size());
    memory_out.resize(in.size());
    seconds.assign(id.size(), 0.0);
    return {.in = in.rows(),
            .out = out.rows(),
            .id = id,
            .step = step,
            .seconds = seconds,
            .memory = memory.rows(),
            .memory_out = memory_out.rows()};
  }

  core::RowTable in;
  core::RowTable out;
  core::RowTable memory, memory_out;  // of width 0: none
  std::vector<std::int64_t> id;
  std::vector<double> seconds;
};

BalancedSolver::BalancedSolver(std::unique_ptr<subproblem::SubproblemSolver> reference, parallel::Communicator comm)
    : reference_(std::move(reference)), comm_(std::move(comm)) {}

subproblem::BatchReport BalancedSolver::solve(subproblem::Batch& batch) {
  EXPECT(fits(batch, kind().signature()));
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
  auto report = reference_->solve(batch);
  reference_seconds_ -= report.shared_seconds;
  return report;
}

subproblem::BatchReport BalancedSolver::solve_with_transfers(subproblem::Batch& batch,
                                                             const std::vector<Transfer>& plan) {
  const auto rows = assign_rows(batch.in.size(), plan, comm_.rank(), comm_.size());
  const auto& stayed = rows[static_cast<std::size_t>(comm_.rank())];

  // What stays, then what comes.
  Work work(batch);
  for (const std::int64_t row : stayed)
    work.add(batch.id[static_cast<std::size_t>(row)], batch.in[row], core::row_or_none(batch.memory, row));
  const auto visitors = send_rows(batch, rows, work);

  auto here = work.as_batch(batch.step);
  auto report = solve_here(here);

  for (std::size_t i = 0; i < stayed.size(); ++i)
    put_answer(batch, stayed[i], work.seconds[i], work.out[static_cast<std::int64_t>(i)],
               core::row_or_none(work.memory_out.rows(), static_cast<std::int64_t>(i)));
  send_answers_home(work, std::ssize(stayed), visitors, rows, batch);
  return report;
}

/// Sends the rows that leave, [id, in..., memory...] each, and adds those that arrive to the work; returns how many
/// came from each rank. Collective.
std::vector<std::int64_t> BalancedSolver::send_rows(const subproblem::Batch& batch, const RowsByRank& rows,
                                                    Work& work) const {
  std::vector<double> outgoing;
  std::vector<std::int64_t> counts(rows.size(), 0);
  const auto n_in = batch.in.width(), n_memory = batch.memory.width();
  const std::int64_t width = 1 + n_in + n_memory;
  for (std::size_t rank = 0; rank < rows.size(); ++rank) {
    if (static_cast<int>(rank) == comm_.rank()) continue;
    for (const std::int64_t row : rows[rank]) {
      outgoing.push_back(std::bit_cast<double>(batch.id[static_cast<std::size_t>(row)]));
      std::ranges::copy(batch.in[row], std::back_inserter(outgoing));
      std::ranges::copy(core::row_or_none(batch.memory, row), std::back_inserter(outgoing));
    }
    counts[rank] = std::ssize(rows[rank]) * width;
  }
  std::vector<std::int64_t> visitors;
  const auto arrived = comm_.exchange(outgoing, counts, visitors);
  const core::ConstRows table(arrived.data(), std::ssize(arrived) / width, width);
  for (std::int64_t i = 0; i < table.size(); ++i)
    work.add(std::bit_cast<std::int64_t>(table[i][0]), table[i].subspan(1, static_cast<std::size_t>(n_in)),
             table[i].last(static_cast<std::size_t>(n_memory)));
  for (auto& count : visitors) count /= width;
  return visitors;
}

/// The way back, [seconds, out..., memory...] per row, in the order the rows came. Collective.
void BalancedSolver::send_answers_home(const Work& work, std::int64_t n_stayed, std::vector<std::int64_t> visitors,
                                       const RowsByRank& rows, subproblem::Batch& batch) const {
  const auto n_out = batch.out.width(), n_memory = batch.memory_out.width();
  const std::int64_t width = 1 + n_out + n_memory;
  std::vector<double> outgoing;
  for (std::int64_t i = n_stayed; i < work.out.size(); ++i) {
    outgoing.push_back(work.seconds[static_cast<std::size_t>(i)]);
    std::ranges::copy(work.out[i], std::back_inserter(outgoing));
    std::ranges::copy(core::row_or_none(work.memory_out.rows(), i), std::back_inserter(outgoing));
  }
  for (auto& count : visitors) count *= width;
  std::vector<std::int64_t> counts;
  const auto returned = comm_.exchange(outgoing, visitors, counts);
  const core::ConstRows table(returned.data(), std::ssize(returned) / width, width);
  std::int64_t next = 0;
  for (std::size_t rank = 0; rank < rows.size(); ++rank) {
    if (static_cast<int>(rank) == comm_.rank()) continue;
    for (const std::int64_t row : rows[rank]) {
      put_answer(batch, row, table[next][0], table[next].subspan(1, static_cast<std::size_t>(n_out)),
                 table[next].last(static_cast<std::size_t>(n_memory)));
      ++next;
    }
  }
}

}  // namespace bimetal::hybrid
