#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "chemistry/mechanism.hpp"
#include "chemistry/mixture.hpp"
#include "flow/position.hpp"
#include "grid/structured_grid.hpp"

namespace bimetal::flow {

/// The state at a place: fills `row` with T [K], Y_1..Y_N. A pure function of the position.
using InitialCondition = std::function<void(const Position&, std::span<double> row)>;

/// What an ignition kernel is made of.
enum class KernelGas {
  unburnt,  // the mixture around it, heated: it ignites by itself, and bursts as it does
  burnt     // the burnt gas of the mean mixture: a flame is there from the start
};
inline constexpr std::array<std::pair<const char*, KernelGas>, 2> kernel_gas_names{
    {{"unburnt", KernelGas::unburnt}, {"burnt", KernelGas::burnt}}};

/// Where the second gas is.
enum class Region {
  none,
  beyond,  // of a plane normal to x, at high x
  ball
};
inline constexpr std::array<std::pair<const char*, Region>, 3> region_names{
    {{"none", Region::none}, {"beyond", Region::beyond}, {"ball", Region::ball}}};

/// Another mixture of the same fuel and oxidiser in a part of the box. Equivalence ratio and temperature go over into
/// those of the first gas as a tanh.
struct SecondGas {
  Region region = Region::none;
  double equivalence_ratio = 1.0;  // [1], >= 0
  double temperature = 300.0;      // [K]
  double position = 0.0;           // of the plane [m]
  std::vector<double> centre;      // of the ball [m], one number an axis; empty: the middle of the box
  double radius = 1e-3;            // of the ball, where half of it is left [m]
  double thickness = 2e-4;         // of the edge, the length in the tanh [m]
};

struct InitialOptions {
  // The gas: fuel and oxidiser at one temperature.
  chemistry::Blend fuel = "H2";
  chemistry::Blend oxidizer{};  // empty: air, O2 + 3.76 N2; for the diffusion flame 21 % of O2 in N2
  chemistry::Basis basis = chemistry::Basis::mole;  // of the amounts in the blends
  double equivalence_ratio = 0.7;                   // mean over the box [1], >= 0; the diffusion flame has none
  double temperature = 300.0;                       // of the unburnt gas [K]
  double pressure = 101325.0;                       // the run's; what burnt gas is made of depends on it [Pa]
  // Uniform gas and the ignition kernel: waves of the mixture, and another gas in a part of the box.
  double stratification = 0.0;  // amplitude of the equivalence ratio's waves [1], at most its mean
  int waves = 1;                // of the stratification along every axis
  SecondGas second_gas;
  // The ignition kernel: a hot ball.
  KernelGas kernel_gas = KernelGas::unburnt;
  double kernel_temperature = 1500.0;  // at the centre, if unburnt [K]
  std::vector<double> kernel_centre;   // [m], one number an axis; empty: the middle of the box
  double kernel_radius = 1e-3;         // where half of the excess temperature is left [m]
  double kernel_thickness = 2e-4;      // of its edge, the length in a tanh [m]
  // The flame front: burnt gas beyond a plane normal to x.
  std::optional<double> front_position;  // where the gas is half burnt [m]; none: the middle of the box
  double front_thickness = 5e-4;         // burnt minus unburnt temperature over the steepest slope of T [m]
  // The diffusion flame: a slab of diluted fuel normal to x in the middle of the box, oxidiser on both sides.
  double slab_fuel = 0.45;                // mole fraction of the fuel in the slab, in (0, 1]
  chemistry::Blend diluent = "N2";        // what the rest of the slab is
  std::optional<double> slab_half_width;  // where half of the slab's gas is left [m]; none: an eighth of the box
  double slab_steepness = 3.0;            // half-width over the length in a tanh [1]

  chemistry::Reactants reactants() const { return {fuel, oxidizer, basis}; }
};

/// Makes an initial condition. UserError if the options do not fit the mechanism or the grid. Local, the same on
/// every rank; the result does not refer to the arguments any more.
using InitialFactory = InitialCondition (*)(const InitialOptions& options, const chemistry::Mechanism& mechanism,
                                            const grid::StructuredGrid& grid);

/// Fuel and oxidiser at equivalence ratio phi(x) = mean + amplitude · product over the axes of cos(2 pi waves x / L),
/// the same temperature everywhere, but for the second gas. With stratification 0 and no second gas it is uniform.
InitialCondition uniform(const InitialOptions& options, const chemistry::Mechanism& mechanism,
                         const grid::StructuredGrid& grid);

/// The same gas with one hot kernel of it or of its burnt gas; on periodic axes distances go the shorter way round.
InitialCondition ignition_kernel(const InitialOptions& options, const chemistry::Mechanism& mechanism,
                                 const grid::StructuredGrid& grid);

/// A planar premixed flame: unburnt gas at low x, its burnt gas at high x, T and Y in between linear in a progress
/// variable that goes from 0 to 1 as (1 + tanh(2 (x - position) / thickness)) / 2. The x axis must not be periodic.
InitialCondition flame_front(const InitialOptions& options, const chemistry::Mechanism& mechanism,
                             const grid::StructuredGrid& grid);

/// A slab of diluted fuel between oxidiser, both at one temperature, burnt where they have mixed: mole
/// fractions mix as psi = (1 + tanh(c (|x - x_c| - R) / R)) / 2, psi = 1 being oxidiser, with half-width R and
/// steepness c; then every mixture is replaced by its burnt gas at the same elements and enthalpy, which is hottest
/// in two layers where it is stoichiometric. With the defaults this is the start of the reacting Taylor-Green vortex
/// of Abdelsamie, Lartigue, Frouzakis & Thevenin, Comput. Fluids 223 (2021) 104935, in a box of 2 pi L: R = pi L / 4,
/// c = 3, 45 % of H2 in N2 against 21 % of O2 in N2, 300 K.
InitialCondition diffusion_flame(const InitialOptions& options, const chemistry::Mechanism& mechanism,
                                 const grid::StructuredGrid& grid);

/// Names in the input; a new initial condition is one line here and its function.
inline constexpr std::array<std::pair<const char*, InitialFactory>, 4> initial_names{
    {{"uniform", uniform},
     {"ignition_kernel", ignition_kernel},
     {"flame_front", flame_front},
     {"diffusion_flame", diffusion_flame}}};

}  // namespace bimetal::flow
