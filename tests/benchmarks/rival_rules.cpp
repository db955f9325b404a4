#include "rival_rules.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace bimetal::benchmarks {

using precipitation::GrainCell;

subproblem::BatchReport RivalRule::solve_some(subproblem::Batch& batch, const std::vector<std::int64_t>& rows) {
  core::RowTable in(batch.in.width()), memory(batch.memory.width());
  std::vector<std::int64_t> id;
  for (const auto row : rows) {
    in.append(batch.in[row]);
    memory.append(batch.memory[row]);
    id.push_back(batch.id[static_cast<std::size_t>(row)]);
  }
  core::RowTable out(batch.out.width(), in.size()), memory_out(memory.width(), in.size());
  subproblem::Batch some{.in = in.rows(),
                         .out = out.rows(),
                         .id = id,
                         .step = batch.step,
                         .memory = memory.rows(),
                         .memory_out = memory_out.rows()};
  auto report = reference_.solve(some);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::ranges::copy(out[static_cast<std::int64_t>(i)], batch.out[rows[i]].begin());
    std::ranges::copy(memory_out[static_cast<std::int64_t>(i)], batch.memory_out[rows[i]].begin());
  }
  asked_ += batch.in.size();
  solved_ += std::ssize(rows);
  return report;
}

subproblem::BatchReport AllSolved::solve(subproblem::Batch& batch) {
  std::vector<std::int64_t> rows(batch.id.size());
  std::iota(rows.begin(), rows.end(), 0);
  return solve_some(batch, rows);
}

/// Differences of what a row is now and of what it conducted last.
void Similarity::measure(const subproblem::Batch& batch) {
  const auto n = batch.id.size();
  const double dt = n > 0 ? batch.in[0][GrainCell::step] : 0.0;
  if (features_.empty()) {
    features_.assign(n, {});
    distance_.assign(n * n, 0.0);
    active_.assign(n, true);
  }
  if (batch.iterate == subproblem::Iterate::first) distance_at_start_ = distance_;
  for (std::size_t i = 0; i < n; ++i) {
    features_[i][0] = batch.in[static_cast<std::int64_t>(i)][GrainCell::potential];
    features_[i][1] = batch.in[static_cast<std::int64_t>(i)][GrainCell::porosity];
  }
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < n; ++k) {
      double difference = 0.0;
      for (std::size_t f = 0; f < features_[i].size(); ++f) difference += std::abs(features_[i][f] - features_[k][f]);
      distance_[i * n + k] = std::exp(-constants_.history * dt) * distance_at_start_[i * n + k] + dt * difference;
    }
}

void Similarity::choose() {
  const auto n = active_.size();
  const double largest = distance_.empty() ? 0.0 : *std::ranges::max_element(distance_);
  const double far = constants_.refining * largest, near = constants_.coarsening * far;
  const auto nearest_active = [&](std::size_t i) {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < n; ++k)
      if (k != i && active_[k]) least = std::min(least, distance_[i * n + k]);
    return least;
  };
  for (std::size_t i = 0; i < n; ++i)
    if (active_[i] && nearest_active(i) < near) active_[i] = false;
  for (std::size_t i = 0; i < n; ++i)
    if (!active_[i] && nearest_active(i) > far) active_[i] = true;
}

subproblem::BatchReport Similarity::solve(subproblem::Batch& batch) {
  measure(batch);
  choose();
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < active_.size(); ++i)
    if (active_[i]) rows.push_back(static_cast<std::int64_t>(i));
  auto report = solve_some(batch, rows);
  const auto n = active_.size();
  for (std::size_t i = 0; i < n; ++i) {
    const auto row = static_cast<std::int64_t>(i);
    if (!active_[i]) {
      const auto by =
          *std::ranges::min_element(rows, {}, [&](auto k) { return distance_[i * n + static_cast<std::size_t>(k)]; });
      std::ranges::copy(batch.out[by], batch.out[row].begin());
      std::ranges::copy(batch.memory_out[by], batch.memory_out[row].begin());
    }
    features_[i][2] = batch.out[row][GrainCell::K_xx];
    features_[i][3] = batch.out[row][GrainCell::K_yy];
  }
  return report;
}

subproblem::BatchReport PolynomialInWindow::solve(subproblem::Batch& batch) {
  std::vector<std::int64_t> rows;
  inside_.resize(batch.id.size());
  std::ranges::copy(batch.memory.flat(), batch.memory_out.flat().begin());
  for (std::int64_t row = 0; row < batch.in.size(); ++row) {
    const double u = batch.in[row][GrainCell::potential];
    const auto i = static_cast<std::size_t>(row);
    if (batch.iterate == subproblem::Iterate::first) inside_[i] = u > fit_.from && u < fit_.to;
    if (!inside_[i]) {
      rows.push_back(row);
      continue;
    }
    const double at = std::clamp(u, fit_.from, fit_.to);  // the iteration may lead out of it
    for (std::size_t k = 0; k < fit_.coefficients.size(); ++k) {
      double value = 0.0;
      for (const double coefficient : fit_.coefficients[k]) value = value * at + coefficient;
      batch.out[row][k] = value;
    }
  }
  return solve_some(batch, rows);
}

}  // namespace bimetal::benchmarks
