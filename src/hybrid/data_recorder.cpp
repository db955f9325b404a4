#include "hybrid/data_recorder.hpp"

#include <algorithm>

#include "core/random.hpp"

namespace bimetal::hybrid {
namespace {

using subproblem::Answerer;

constexpr std::uint64_t held_out_share = 5;  // one row in five

/// In an iteration the answer to an audited row is that of the surrogate.
bool from_physics(const subproblem::Provenance& provenance, subproblem::Iterate iterate) {
  return provenance.answerer == Answerer::physics ||
         (provenance.answerer == Answerer::audit && iterate == subproblem::Iterate::none);
}

}  // namespace

DataRecorder::DataRecorder(subproblem::SubproblemSolver& solver, const HybridSolver& hybrid,
                           std::int64_t rows_per_step, std::uint64_t seed, parallel::Communicator comm)
    : solver_(&solver),
      hybrid_(&hybrid),
      rows_per_step_(rows_per_step),
      seed_(seed),
      comm_(std::move(comm)),
      rows_(std::ssize(solver.kind().signature().inputs), std::ssize(solver.kind().signature().outputs)) {}

subproblem::BatchReport DataRecorder::solve(subproblem::Batch& batch) {
  rows_.clear();
  if (batch.step < 0) return solver_->solve(batch);
  if (batch.provenance.empty()) {
    provenance_.assign(static_cast<std::size_t>(batch.in.size()), {});
    batch.provenance = provenance_;
  }
  auto report = solver_->solve(batch);
  choose(batch);
  return report;
}

std::uint64_t DataRecorder::key_of(std::int64_t step, std::int64_t cell) const {
  return core::random_bits(seed_, core::Purpose::data, static_cast<std::uint64_t>(step),
                           static_cast<std::uint64_t>(cell));
}

void DataRecorder::choose(const subproblem::Batch& batch) {
  keys_.clear();
  for (std::size_t i = 0; i < batch.id.size(); ++i)
    if (from_physics(batch.provenance[i], batch.iterate)) keys_.push_back(key_of(batch.step, batch.id[i]));
  const auto bound = bound_of_keys();
  for (std::size_t i = 0; i < batch.id.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    const auto cell = batch.id[i];
    if (from_physics(batch.provenance[i], batch.iterate) && key_of(batch.step, cell) <= bound)
      keep(batch.in[row], batch.out[row], cell, batch.step, cell);
  }
  const auto* moved = hybrid_->perturbed();
  for (std::int64_t row = 0; moved && row < moved->size(); ++row) {
    const auto id = moved->id()[static_cast<std::size_t>(row)];
    const auto cell = -1 - id;
    if (key_of(batch.step, cell) <= bound) keep(moved->in()[row], moved->out()[row], id, batch.step, cell);
  }
}

/// cell: where the row comes from; a moved copy is held out with the row it is a copy of.
void DataRecorder::keep(std::span<const double> in, std::span<const double> out, std::int64_t id, std::int64_t step,
                        std::int64_t cell) {
  rows_.in.append(in);
  rows_.out.append(out);
  rows_.id.push_back(id);
  rows_.step.push_back(step);
  // Whatever the seed, so that the rows two runs have in common are held out from both.
  const auto coin = core::random_bits(0, core::Purpose::validation, static_cast<std::uint64_t>(step),
                                      static_cast<std::uint64_t>(cell));
  rows_.held_out.push_back(coin % held_out_share == 0);
}

/// The largest key that keeps the number of rows of all ranks within the limit, by bisection: its leading bits, as
/// many as tell a billion rows apart. Collective.
std::uint64_t DataRecorder::bound_of_keys() const {
  constexpr int n_bits = 40;
  if (comm_.sum(std::ssize(keys_)) <= rows_per_step_) return ~std::uint64_t{0};
  std::uint64_t bound = 0;
  for (int bit = 63; bit > 63 - n_bits; --bit) {
    const auto tried = bound | std::uint64_t{1} << bit;
    const auto n = std::ranges::count_if(keys_, [&](std::uint64_t key) { return key <= tried; });
    if (comm_.sum(std::int64_t{n}) <= rows_per_step_) bound = tried;
  }
  return bound;
}

}  // namespace bimetal::hybrid
