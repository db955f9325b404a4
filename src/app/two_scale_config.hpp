#pragma once

#include <array>
#include <cmath>
#include <memory>
#include <numbers>
#include <optional>
#include <string>

#include "app/physics.hpp"
#include "conduction/options.hpp"
#include "homogenisation/conduction_cell_solver.hpp"

namespace bimetal::app {

/// A number that varies in space like a standing plane wave: mean + amplitude cos(2 pi (waves · x/L)), x/L the
/// position in the box.
struct Wave {
  double mean = 0.0, amplitude = 0.0;
  std::array<double, 3> waves{0.0, 0.0, 0.0};

  double operator()(const std::array<double, 3>& part) const {
    const double phase = waves[0] * part[0] + waves[1] * part[1] + waves[2] * part[2];
    return mean + amplitude * std::cos(2.0 * std::numbers::pi * phase);
  }
};

/// A spot that is heated: power exp(-|x - centre|²/radius²).
struct HeatSpot {
  double power = 0.0;              // [W/m^3]
  std::array<double, 3> centre{};  // [m]
  double radius = 1.0;             // [m]
  double off = 0.0;                // time at which it is switched off [s]; 0: never
};

/// The input of two-scale conduction: the sections macro and micro.
struct TwoScaleConfig : PhysicsConfig {
  conduction::ConductionOptions macro;     // without the source
  std::optional<double> newton_tolerance;  // nothing: auto, a tenth of the rtol of fluxes
  double initial_temperature = 300.0;      // [K]
  std::optional<HeatSpot> spot;
  homogenisation::ConductionCellOptions cell;  // without its scales
  std::optional<double> rtol;                  // nothing: auto, a tenth of switching.tolerance
  homogenisation::ConductionCellSolverOptions solver;
  std::string accuracy;  // of the solver, and why, for the log
  Wave fraction, angle;  // [1], [rad]

  void settle(config::Section& root, const RunConfig& config) override;
  std::unique_ptr<Physics> load(const RunConfig& config, const parallel::Communicator& comm) const override;
};

inline constexpr std::array<std::pair<const char*, grid::Boundary>, 3> two_scale_boundaries{
    {{"periodic", grid::Boundary::periodic}, {"insulated", grid::Boundary::wall}, {"fixed", grid::Boundary::inflow}}};

/// Its sections.
const config::Keys& two_scale_keys();
std::shared_ptr<PhysicsConfig> read_two_scale(config::Section& root, const RunConfig& config);

}  // namespace bimetal::app
