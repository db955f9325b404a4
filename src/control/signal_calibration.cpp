#include "control/signal_calibration.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.hpp"

namespace bimetal::control {
namespace {

constexpr double lowest_signal = -3.0, decades_per_signal = 0.25;
constexpr double lowest_error = -3.0, decades_per_error = 0.125;

int bin_of(double value, double lowest, double width, int n) {
  if (!(value > 0.0)) return 0;
  const double at = std::floor((std::log10(value) - lowest) / width);
  return static_cast<int>(std::clamp(at, 0.0, static_cast<double>(n - 1)));
}

/// log10 of the error that `quantile` of the n counted ones stay below, supposed even within a bin.
double quantile_of(const SignalRecord& record, int signal, double n) {
  double left = SignalCalibration::quantile * n;
  for (int e = 0; e < SignalRecord::n_errors; ++e) {
    const double here = record.count(signal, e);
    if (here >= left) return SignalRecord::error_at(e) - decades_per_error * (1.0 - left / here);
    left -= here;
  }
  return SignalRecord::error_at(SignalRecord::n_errors - 1);
}

}  // namespace

void SignalRecord::add(double signal, double error) {
  if (!std::isfinite(signal)) return;
  const int s = bin_of(signal, lowest_signal, decades_per_signal, n_signals);
  const int e = std::isfinite(error) ? bin_of(error, lowest_error, decades_per_error, n_errors) : n_errors - 1;
  ++counts_[static_cast<std::size_t>(s * n_errors + e)];
}

double SignalRecord::signal_at(int bin) { return lowest_signal + decades_per_signal * (bin + 0.5); }
double SignalRecord::error_at(int bin) { return lowest_error + decades_per_error * (bin + 1); }

SignalCalibration::SignalCalibration(const SignalRecord& record) {
  struct Block {
    double error, weight;
    int last;  // knot
  };
  std::vector<Block> blocks;
  for (int s = 0; s < SignalRecord::n_signals; ++s) {
    double n = 0.0;
    for (int e = 0; e < SignalRecord::n_errors; ++e) n += record.count(s, e);
    if (n == 0.0) continue;
    knots_.push_back({SignalRecord::signal_at(s), 0.0});
    blocks.push_back({quantile_of(record, s, n), n, static_cast<int>(knots_.size()) - 1});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].error > blocks.back().error) {
      const Block top = blocks.back();
      blocks.pop_back();
      auto& pooled = blocks.back();
      const double weight = pooled.weight + top.weight;
      pooled = {(pooled.weight * pooled.error + top.weight * top.error) / weight, weight, top.last};
    }
  }
  int k = 0;
  for (const auto& block : blocks)
    for (; k <= block.last; ++k) knots_[static_cast<std::size_t>(k)].error = block.error;
}

void SignalCalibration::persist(const core::Archive& archive) {
  std::vector<double> signals, errors;
  for (const auto& knot : knots_) {
    signals.push_back(knot.signal);
    errors.push_back(knot.error);
  }
  archive.alike("signals", signals);
  archive.alike("errors", errors);
  if (errors.size() != signals.size())
    throw core::UserError("what was saved of a signal's calibration contradicts itself");
  knots_.clear();
  for (std::size_t k = 0; k < signals.size(); ++k) knots_.push_back({signals[k], errors[k]});
}

double SignalCalibration::operator()(double signal) const {
  if (!std::isfinite(signal) || signal < 0.0) return std::numeric_limits<double>::infinity();
  if (knots_.empty() || signal == 0.0) return signal;
  const double x = std::log10(signal);
  const auto after =
      std::lower_bound(knots_.begin(), knots_.end(), x, [](const Knot& knot, double at) { return knot.signal < at; });
  // Beyond the record, parallel to the diagonal.
  if (after == knots_.begin()) return std::pow(10.0, knots_.front().error + x - knots_.front().signal);
  if (after == knots_.end()) return std::pow(10.0, knots_.back().error + x - knots_.back().signal);
  const auto before = after - 1;
  const double part = (x - before->signal) / (after->signal - before->signal);
  return std::pow(10.0, before->error + part * (after->error - before->error));
}

}  // namespace bimetal::control
