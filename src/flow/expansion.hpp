#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/archive.hpp"

namespace bimetal::flow {

/// How fast the gas of every cell wants to expand, learnt from how much it did.
///
/// In conservative form a cell has a density rho and, from its T and Y, the volume v = R T / (p W) that unit mass of
/// it would like to fill; d = rho v - 1 is what it lacks. Over half a step of transport with a divergence S, d
/// changes by what diffusion demanded and S did not deliver; over a chemical step by all of the expansion that heat
/// release demands. So both demands are measured, without a formula for either, and with all the truncation errors
/// that a formula would not know:
///   R_d = S + C + (d before chemistry - d after the last chemistry) / dt,  centred at t_n,
///   R_c = (d after chemistry - d before) / dt,                             centred at t_n + dt/2,
/// C being the compression by a rising pressure that S has been reduced by.
/// The divergence for the time around t_n+1 extrapolates them there, and works off what of d is more than the half of
/// R_c dt that the next half step of transport is due to deliver. d stays of second order in dt and does not grow:
/// each step leaves `1 - feedback` of it. The idea of feeding the lack back: Pember et al., Combust. Sci. Technol.
/// 140 (1998) 123; Day & Bell, Combust. Theory Model. 4 (2000) 535.
///
/// Times: t_n is the beginning of a step of length dt in which chemistry acts half-way (Strang). Local; [n cells].
class Expansion {
 public:
  explicit Expansion(std::size_t n_cells);

  /// The divergence in use [1/s]; 0 at first.
  std::span<const double> divergence() const { return divergence_; }

  /// lack: d before and after the chemistry of a step of length dt [s]. Finds the divergence for the next one.
  void measure(std::span<const double> lack_before, std::span<const double> lack_after, double dt);

  /// Reduces the divergence by what a rising pressure takes from it, `rate` [1/s] times `share` of every cell [1],
  /// for as long as it is in use.
  void compress(double rate, std::span<const double> share);

  /// After a rehearsal of a few steps: goes back to the beginning, where there is no lack, and keeps what it has
  /// learnt of the demands and of how they change. A start that does not know the latter leaves an error of first
  /// order in dt.
  void rewind();

  /// cells: where the cells lie in the grid.
  void persist(const core::Archive& archive, const core::PointsOfRank& cells);

  static constexpr double feedback = 0.5;

 private:
  /// A demand that changes linearly in time, as far as is known.
  struct Demand {
    std::vector<double> value, slope;  // [1/s] at `time`, [1/s^2]
    double time = 0.0;                 // [s]

    explicit Demand(std::size_t n_cells) : value(n_cells), slope(n_cells) {}
    /// A new value at a later time.
    void set(std::size_t cell, double now, double since) {
      slope[cell] = since > 0.0 ? (now - value[cell]) / since : 0.0;
      value[cell] = now;
    }
    void go_back_to(double earlier);
  };

  std::vector<double> divergence_, compression_;
  std::vector<double> lack_;  // after the last chemistry
  Demand by_diffusion_, by_chemistry_;
  double time_ = 0.0, chemistry_time_ = 0.0;  // the end of the last step; half-way through it [s]
  bool known_ = false;                        // whether the demands have a value yet
};

}  // namespace bimetal::flow
