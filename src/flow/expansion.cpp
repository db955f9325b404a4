#include "flow/expansion.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace bimetal::flow {

Expansion::Expansion(std::size_t n_cells)
    : divergence_(n_cells), compression_(n_cells), lack_(n_cells), by_diffusion_(n_cells), by_chemistry_(n_cells) {}

void Expansion::measure(std::span<const double> lack_before, std::span<const double> lack_after, double dt) {
  EXPECT(lack_before.size() == divergence_.size() && lack_after.size() == divergence_.size());
  const double half_way = time_ + 0.5 * dt, end = time_ + dt;
  const double transported = half_way - chemistry_time_;  // since the last chemistry; since the start at first
  // The errors of the lack itself cancel between its two halves of a transport interval; the first has one half only.
  const bool whole = chemistry_time_ > 0.0 || !known_;
  const double diffusion_time = whole ? half_way - 0.5 * transported : by_diffusion_.time;
  const double since_d = known_ ? diffusion_time - by_diffusion_.time : 0.0;
  const double since_c = known_ ? half_way - by_chemistry_.time : 0.0;
  for (std::size_t i = 0; i < divergence_.size(); ++i) {
    if (whole)
      by_diffusion_.set(i, divergence_[i] + compression_[i] + (lack_before[i] - lack_[i]) / transported, since_d);
    by_chemistry_.set(i, (lack_after[i] - lack_before[i]) / dt, since_c);
    const double overdue = lack_after[i] - 0.5 * dt * by_chemistry_.value[i];
    divergence_[i] = by_diffusion_.value[i] + (end - diffusion_time) * by_diffusion_.slope[i] +
                     by_chemistry_.value[i] + (end - half_way) * by_chemistry_.slope[i] + feedback * overdue / dt;
    lack_[i] = lack_after[i];
  }
  by_diffusion_.time = diffusion_time;
  by_chemistry_.time = chemistry_time_ = half_way;
  time_ = end;
  known_ = true;
}

void Expansion::compress(double rate, std::span<const double> share) {
  EXPECT(share.size() == divergence_.size());
  for (std::size_t i = 0; i < divergence_.size(); ++i) {
    compression_[i] = rate * share[i];
    divergence_[i] -= compression_[i];
  }
}

void Expansion::rewind() {
  by_diffusion_.go_back_to(-by_diffusion_.time);
  by_chemistry_.go_back_to(-by_chemistry_.time);
  for (std::size_t i = 0; i < divergence_.size(); ++i)
    divergence_[i] = by_diffusion_.value[i] - by_diffusion_.time * by_diffusion_.slope[i] + by_chemistry_.value[i] -
                     by_chemistry_.time * by_chemistry_.slope[i];
  std::ranges::fill(lack_, 0.0);
  time_ = chemistry_time_ = 0.0;
}

void Expansion::persist(const core::Archive& archive, const core::PointsOfRank& cells) {
  archive.points("divergence", cells, divergence_);
  archive.points("compression", cells, compression_);
  archive.points("lack", cells, lack_);
  for (auto* demand : {&by_diffusion_, &by_chemistry_}) {
    const auto part = archive.in(demand == &by_diffusion_ ? "by_diffusion" : "by_chemistry");
    part.points("value", cells, demand->value);
    part.points("slope", cells, demand->slope);
    part.alike("time", demand->time);
  }
  archive.alike("time", time_);
  archive.alike("chemistry_time", chemistry_time_);
  archive.alike("known", known_);
}

void Expansion::Demand::go_back_to(double earlier) {
  for (std::size_t i = 0; i < value.size(); ++i) value[i] -= (time - earlier) * slope[i];
  time = earlier;
}

}  // namespace bimetal::flow
