#pragma once

#include <array>
#include <span>
#include <vector>

#include "core/archive.hpp"

namespace bimetal::control {

/// Pairs (signal, error) of one signal of doubt, counted in decades: what a calibration is made from.
class SignalRecord {
 public:
  static constexpr int n_signals = 25;  // a quarter of a decade each, from 1e-3
  static constexpr int n_errors = 40;   // an eighth of a decade each, from 1e-3

  /// Both in units of the tolerance. A signal that is not finite is left out: it will not be asked for its meaning.
  void add(double signal, double error);

  static double signal_at(int bin);  // log10, of the bin's middle
  static double error_at(int bin);   // log10, of the bin's upper edge
  double count(int signal, int error) const { return counts_[static_cast<std::size_t>(signal * n_errors + error)]; }

  /// The counts as one span, to be summed over ranks.
  std::span<double> counts() { return counts_; }

 private:
  std::array<double, static_cast<std::size_t>(n_signals* n_errors)> counts_{};
};

/// Turns a raw signal of doubt into the error that nine in ten answers with this signal stay below: a quantile
/// regression in logarithms, made monotone by pooling adjacent violators (Barlow et al., Statistical Inference under
/// Order Restrictions (1972)). Different signals so become comparable, and the worse of them is the score. Beyond
/// what was recorded the error goes on growing with the signal. Without a record the signal is taken at its word.
/// Local.
class SignalCalibration {
 public:
  static constexpr double quantile = 0.9;

  SignalCalibration() = default;
  explicit SignalCalibration(const SignalRecord& record);

  /// [tolerances] in and out; infinite if the signal is not finite.
  double operator()(double signal) const;

  void persist(const core::Archive& archive);

 private:
  struct Knot {
    double signal;  // log10
    double error;   // log10
  };
  std::vector<Knot> knots_;  // by rising signal
};

}  // namespace bimetal::control
