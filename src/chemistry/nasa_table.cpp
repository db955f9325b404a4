#include "chemistry/nasa_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "chemistry/nasa_fit.hpp"
#include "core/error.hpp"

namespace bimetal::chemistry {

NasaTable::NasaTable(std::span<const ThermoFit> fits)
    : fits_(fits.begin(), fits.end()), T_min_(0.0), T_max_(std::numeric_limits<double>::infinity()) {
  for (const auto& fit : fits_) {
    T_min_ = std::max(T_min_, fit.T_min());
    T_max_ = std::min(T_max_, fit.T_max());
    breaks_.insert(breaks_.end(), fit.T.begin() + 1, fit.T.end() - 1);
    for (const auto& range : fit.ranges) has_reciprocal_ = has_reciprocal_ || range.has_reciprocal();
  }
  std::sort(breaks_.begin(), breaks_.end());
  breaks_.erase(std::unique(breaks_.begin(), breaks_.end()), breaks_.end());
  for (std::size_t block = 0; block <= breaks_.size(); ++block) add_block(block);
}

/// That from breaks_[block - 1] to breaks_[block].
void NasaTable::add_block(std::size_t block) {
  const double T_low = block == 0 ? 0.0 : breaks_[block - 1];
  std::vector<const FitRange*> holding;
  for (const auto& fit : fits_) {
    std::size_t i = 0;
    while (i + 1 < fit.ranges.size() && fit.T[i + 1] <= T_low) ++i;
    holding.push_back(&fit.ranges[i]);
  }
  for (std::size_t c = 0; c < 7; ++c)
    for (const auto* range : holding) blocks_.push_back(range->a[c]);
  for (std::size_t c = 0; c < 2; ++c)
    for (const auto* range : holding) reciprocals_.push_back(range->reciprocal[c]);
}

std::optional<std::size_t> NasaTable::block_at(double T) const {
  if (!(T >= T_min_ && T <= T_max_)) return std::nullopt;
  std::size_t block = 0;
  for (double T_mid : breaks_) {
    if (std::abs(T - T_mid) < blend_half_width) return std::nullopt;
    if (T > T_mid) ++block;
  }
  return block;
}

void NasaTable::evaluate(double T, double log_T, std::span<double> cp_R, std::span<double> h_RT,
                         std::span<double> g_RT) const {
  const std::size_t n = n_species();
  EXPECT(cp_R.size() == n && h_RT.size() == n && g_RT.size() == n);
  const auto block = block_at(T);
  if (!block) {
    for (std::size_t k = 0; k < n; ++k) {
      const Standard standard = chemistry::evaluate(fits_[k], T, log_T);
      cp_R[k] = standard.cp_R;
      h_RT[k] = standard.h_RT;
      g_RT[k] = standard.h_RT - standard.s_R;
    }
    return;
  }
  const double* const a = blocks_.data() + *block * 7 * n;
  const double inverse_T = 1.0 / T;
  double* const __restrict cp = cp_R.data();
  double* const __restrict h = h_RT.data();
  double* const __restrict g = g_RT.data();
  for (std::size_t k = 0; k < n; ++k) {
    const double a1 = T * a[n + k];
    const double a2 = T * T * a[2 * n + k];
    const double a3 = T * T * T * a[3 * n + k];
    const double a4 = T * T * T * T * a[4 * n + k];
    cp[k] = a[k] + (a1 + (a2 + (a3 + a4)));
    h[k] = a[k] + (a1 * (1.0 / 2.0) + (a2 * (1.0 / 3.0) + (a3 * (1.0 / 4.0) + a4 * (1.0 / 5.0)))) +
           a[5 * n + k] * inverse_T;
    const double s = a[k] * log_T + (a1 + (a2 * (1.0 / 2.0) + (a3 * (1.0 / 3.0) + a4 * (1.0 / 4.0)))) + a[6 * n + k];
    g[k] = h[k] - s;
  }
  if (!has_reciprocal_) return;
  const double* const r = reciprocal_of(*block);
  for (std::size_t k = 0; k < n; ++k) {
    const double square = r[k] * inverse_T * inverse_T;
    const double simple = r[n + k] * inverse_T;
    cp[k] += square + simple;
    h[k] += simple * log_T - square;
    g[k] += simple * (log_T + 1.0) - 0.5 * square;
  }
}

void NasaTable::heat_capacities(double T, std::span<double> cp_R) const {
  const std::size_t n = n_species();
  EXPECT(cp_R.size() == n);
  const auto block = block_at(T);
  if (!block) {
    for (std::size_t k = 0; k < n; ++k) cp_R[k] = chemistry::evaluate(fits_[k], T, 0.0).cp_R;
    return;
  }
  const double* const a = blocks_.data() + *block * 7 * n;
  double* const __restrict cp = cp_R.data();
  for (std::size_t k = 0; k < n; ++k)
    cp[k] = a[k] + T * (a[n + k] + T * (a[2 * n + k] + T * (a[3 * n + k] + T * a[4 * n + k])));
  if (!has_reciprocal_) return;
  const double* const r = reciprocal_of(*block);
  for (std::size_t k = 0; k < n; ++k) cp[k] += (r[k] / T + r[n + k]) / T;
}

std::optional<MixtureFit> NasaTable::mix(double T, std::span<const double> Y,
                                         std::span<const double> inverse_weights) const {
  const std::size_t n = n_species();
  EXPECT(Y.size() == n && inverse_weights.size() == n);
  const auto block = block_at(T);
  if (!block) return std::nullopt;
  MixtureFit fit{};
  fit.T_low = *block == 0 ? T_min_ : breaks_[*block - 1] + blend_half_width;
  fit.T_high = *block == breaks_.size() ? T_max_ : breaks_[*block] - blend_half_width;
  for (std::size_t c = 0; c < fit.a.size(); ++c) {
    const double* const a = blocks_.data() + (*block * 7 + c) * n;
    double sum = 0.0;
#pragma omp simd reduction(+ : sum)
    for (std::size_t k = 0; k < n; ++k) sum += Y[k] * inverse_weights[k] * a[k];
    fit.a[c] = sum;
  }
  fit.has_reciprocal = has_reciprocal_;
  if (!has_reciprocal_) return fit;
  const double* const r = reciprocal_of(*block);
  for (std::size_t k = 0; k < n; ++k) {
    const double moles = Y[k] * inverse_weights[k];
    fit.reciprocal[0] += moles * r[k];
    fit.reciprocal[1] += moles * r[n + k];
  }
  return fit;
}

}  // namespace bimetal::chemistry
