#include "hybrid/perturbed_rows.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/random.hpp"
#include "core/resolved_part.hpp"

namespace bimetal::hybrid {
namespace {

// Sizes of the moves [tolerances]: from errors that hardly matter to those of an answer that is clearly wrong.
constexpr double smallest_move = 1e-3;
constexpr double largest_move = 3.0;

/// Random numbers of one row, one after the other.
class Dice {
 public:
  explicit Dice(std::uint64_t key) : key_(key) {}
  double uniform() { return core::random_uniform(key_, core::Purpose::perturbation, 0, n_thrown_++); }
  double normal() {  // Box & Muller, Ann. Math. Stat. 29 (1958) 610
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
  }

 private:
  std::uint64_t key_;
  std::uint64_t n_thrown_ = 0;
};

}  // namespace

PerturbedRows::PerturbedRows(const core::Signature& signature, double share, double tolerance, double resolution,
                             std::uint64_t seed)
    : signature_(signature),
      null_space_(signature),
      share_(share),
      tolerance_(tolerance),
      resolution_(resolution),
      seed_(seed),
      in_(std::ssize(signature.inputs)),
      out_(std::ssize(signature.outputs)),
      xi_(static_cast<std::size_t>(null_space_.n_free())),
      moved_(signature.outputs.size()),
      row_(signature.inputs.size()) {}

void PerturbedRows::clear(std::int64_t n_memory) {
  in_.clear();
  out_.clear();
  id_.clear();
  memory_ = core::RowTable(n_memory);
}

void PerturbedRows::offer(subproblem::Kind& kind, std::span<const double> in, std::int64_t id, std::int64_t step,
                          std::span<const double> memory) {
  Dice dice(core::random_bits(seed_, core::Purpose::perturbation, static_cast<std::uint64_t>(step),
                              static_cast<std::uint64_t>(id)));
  if (dice.uniform() >= share_) return;
  const double size = tolerance_ * smallest_move * std::pow(largest_move / smallest_move, dice.uniform());
  const auto free = null_space_.free_columns();
  for (std::size_t j = 0; j < free.size(); ++j) {
    const auto& output = signature_.outputs[static_cast<std::size_t>(free[j])];
    xi_[j] = 0.0;
    if (!output.continues) continue;
    const auto k = static_cast<std::size_t>(*output.continues);
    xi_[j] = size * output.scale * dice.normal();
    if (signature_.inputs[k].nature != core::Nature::mass_fraction) continue;
    xi_[j] *= core::resolved_part(in[k] / output.scale, resolution_, tolerance_);
    if (in[k] + xi_[j] < 0.0) xi_[j] = -xi_[j];
  }
  null_space_.advance(in, xi_, moved_);
  if (!kind.admit_moved(in, moved_)) return;
  std::ranges::copy(in, row_.begin());
  for (std::size_t k = 0; k < moved_.size(); ++k)
    if (const auto& input = signature_.outputs[k].continues) row_[static_cast<std::size_t>(*input)] = moved_[k];
  in_.append(row_);
  id_.push_back(-1 - id);
  memory_.append(memory);
}

std::int64_t PerturbedRows::solve(subproblem::SubproblemSolver& physics, std::int64_t step) {
  core::RowTable answers(out_.width(), in_.size());
  subproblem::Batch batch{
      .in = in_.rows(), .out = answers.rows(), .id = id_, .step = step, .memory = memory_.rows()};
  physics.solve(batch);
  // The answer to a row that could not be solved is its base, and nothing of this run rests on it.
  core::RowTable solved(in_.width());
  std::vector<std::int64_t> ids;
  for (std::int64_t i = 0; i < answers.size(); ++i) {
    signature_.copy_base(in_[i], moved_);
    if (std::ranges::equal(answers[i], moved_)) continue;
    solved.append(in_[i]);
    out_.append(answers[i]);
    ids.push_back(id_[static_cast<std::size_t>(i)]);
  }
  const auto left_out = in_.size() - solved.size();
  std::swap(in_, solved);
  std::swap(id_, ids);
  return left_out;
}

}  // namespace bimetal::hybrid
