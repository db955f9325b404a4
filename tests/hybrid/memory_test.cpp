// Sub-problems that keep more from step to step than their rows say.
#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "hybrid/balanced_solver.hpp"
#include "hybrid/hybrid_solver.hpp"
#include "parallel/mpi.hpp"

namespace bimetal::hybrid {
namespace {

using subproblem::Answerer;

/// Row: x; answer: sin x, continuing nothing. Memory: how often physics has answered the row, and its id.
class Counter : public subproblem::SubproblemSolver, public subproblem::Kind {
 public:
  Counter() {
    signature_.kind = "counter";
    signature_.inputs = {{"x", "1"}};
    signature_.outputs = {{"y", "1"}};
    signature_.invariants = core::Matrix(0, 1);
    signature_.memory = 2;
    signature_.fingerprint = "counter";
  }
  subproblem::Kind& kind() override { return *this; }
  const core::Signature& signature() const override { return signature_; }
  subproblem::Gate admit(std::span<const double>, std::span<double> out, double) override {
    return std::isfinite(out[0]) ? subproblem::Gate::open : subproblem::Gate::not_finite;
  }
  subproblem::BatchReport solve(subproblem::Batch& batch) override {
    for (std::int64_t i = 0; i < batch.in.size(); ++i) {
      batch.out[i][0] = std::sin(batch.in[i][0]);
      if (!batch.seconds.empty()) batch.seconds[static_cast<std::size_t>(i)] = 1e-5;
      if (batch.memory_out.size() == 0) continue;
      EXPECT_EQ(batch.memory[i][1], static_cast<double>(batch.id[static_cast<std::size_t>(i)]));
      batch.memory_out[i][0] = batch.memory[i][0] + 1.0;
      batch.memory_out[i][1] = batch.memory[i][1];
    }
    return {};
  }

 private:
  core::Signature signature_;
};

/// The rows of a rank, with their memory.
struct Rows {
  explicit Rows(std::int64_t n) : in(1, n), out(1, n), memory(2, n), memory_out(2, n), provenance(in_count(n)) {
    for (std::int64_t i = 0; i < n; ++i) {
      id.push_back(3 * i);
      in[i][0] = 1e-3 * static_cast<double>(i);
      memory[i][1] = static_cast<double>(id.back());
    }
  }
  static std::size_t in_count(std::int64_t n) { return static_cast<std::size_t>(n); }
  subproblem::Batch batch(std::int64_t step = 0) {
    return {.in = in.rows(),
            .out = out.rows(),
            .id = id,
            .step = step,
            .provenance = provenance,
            .memory = memory.rows(),
            .memory_out = memory_out.rows()};
  }

  core::RowTable in, out, memory, memory_out;
  std::vector<std::int64_t> id;
  std::vector<subproblem::Provenance> provenance;
};

TEST(Memory, travels_with_its_row_to_other_ranks_and_back) {
  const auto comm = parallel::duplicate(MPI_COMM_WORLD);
  BalancedSolver solver(std::make_unique<Counter>(), comm);
  Rows rows(comm.is_root() ? 1000 : 0);
  auto batch = rows.batch();
  solver.solve(batch);
  for (std::int64_t i = 0; i < rows.in.size(); ++i) {
    EXPECT_EQ(rows.out[i][0], std::sin(rows.in[i][0]));
    EXPECT_EQ(rows.memory_out[i][0], 1.0);
    EXPECT_EQ(rows.memory_out[i][1], static_cast<double>(rows.id[static_cast<std::size_t>(i)]));
  }
}

surrogate::Surrogate untrained(const parallel::Communicator& comm) {
  surrogate::NetworkOptions network;
  network.layers = {8};
  return surrogate::Surrogate(Counter().signature(), network, {}, comm);
}

/// The memory of a row changes if, and only if, physics has solved it, be it to answer or to audit.
TEST(Memory, stays_as_it_is_where_nobody_has_solved_the_row) {
  const auto comm = parallel::duplicate(MPI_COMM_WORLD);
  HybridOptions options;
  options.switching.policy = control::Policy::always;
  options.switching.audit_fraction = 0.3;
  options.schedule.placement = Placement::off;
  options.verify = Verify::yes;  // solves every row once more, and must leave no trace
  HybridSolver solver(std::make_unique<Counter>(), untrained(comm), options, Crew(comm), core::Log());
  Rows rows(comm.is_root() ? 1000 : 10);
  std::vector<double> solved(rows.id.size(), 0.0);
  std::int64_t audits = 0, answers = 0;
  for (std::int64_t step = 0; step < 4; ++step) {
    auto batch = rows.batch(step);
    solver.solve(batch);
    for (std::size_t i = 0; i < solved.size(); ++i) {
      const auto answerer = rows.provenance[i].answerer;
      solved[i] += answerer == Answerer::audit || answerer == Answerer::physics;
      audits += answerer == Answerer::audit;
      answers += answerer == Answerer::surrogate;
      EXPECT_EQ(rows.memory_out[static_cast<std::int64_t>(i)][0], solved[i]);
    }
    std::swap(rows.memory, rows.memory_out);
  }
  EXPECT_GT(comm.sum(audits), 0);
  EXPECT_GT(comm.sum(answers), 0);
}

TEST(Memory, of_another_width_is_none_of_the_kind) {
  Counter counter;
  Rows rows(3);
  core::RowTable narrow(1, 3);
  auto batch = rows.batch();
  EXPECT_TRUE(fits(batch, counter.signature()));
  batch.memory = narrow.rows();
  EXPECT_FALSE(fits(batch, counter.signature()));
}

}  // namespace
}  // namespace bimetal::hybrid
