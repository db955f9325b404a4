#pragma once

#include <span>

namespace bimetal::conduction {

/// The numbers that describe what is beneath a point of the macroscopic body.
struct Microstructure {
  double fraction = 0.0;  // of the volume that the second phase takes [1]
  double angle = 0.0;     // by which it is turned, from x towards y [rad]
};

/// What a face knows when it asks for its flux.
struct FaceState {
  double temperature = 0.0;          // [K]
  std::span<const double> gradient;  // [d] [K/m]
  Microstructure microstructure;
};

/// How a face poses its sub-problem: which row it asks, and what the answer means for it. Where the law of conduction
/// has symmetries, equivalent questions can be turned into one row here. Members are Local and keep nothing between
/// calls.
class FluxRows {
 public:
  virtual ~FluxRows() = default;
  /// row: [n_in] out.
  virtual void pose(const FaceState& face, std::span<double> row) const = 0;
  /// answer: [n_out] to the face's row; flux: [d] out, as the face sees it [W/m^2]. Both should be smooth functions
  /// of temperature and gradient: an answer that is not exact jumps where they are not.
  virtual void read(const FaceState& face, std::span<const double> answer, std::span<double> flux) const = 0;
};

}  // namespace bimetal::conduction
