#include <algorithm>
#include <cmath>
#include <memory>

#include "chemistry/thermodynamics.hpp"
#include "core/error.hpp"
#include "core/rows.hpp"
#include "flow/initial.hpp"
#include "flow/initial_box.hpp"
#include "subproblem/burnt_gas.hpp"

namespace bimetal::flow {
namespace {

/// As in the benchmark that this initial condition is made for.
std::vector<double> mole_fractions_of_oxidizer(const chemistry::Mechanism& mechanism, const InitialOptions& options) {
  if (!options.oxidizer.parts.empty())
    return chemistry::blend_mole_fractions(mechanism, options.oxidizer, options.basis);
  static_cast<void>(chemistry::oxidizer_mixture(mechanism, options.reactants()));  // says how to do without N2
  std::vector<double> X(mechanism.n_species(), 0.0);
  X[mechanism.require_species("O2")] = 0.21;
  X[mechanism.require_species("N2")] = 0.79;
  return X;
}

std::vector<double> mole_fractions_of_slab(const chemistry::Mechanism& mechanism, const InitialOptions& options) {
  auto X = chemistry::blend_mole_fractions(mechanism, options.fuel, options.basis);
  for (double& x : X) x *= options.slab_fuel;
  if (options.slab_fuel == 1.0) return X;
  const auto diluent = chemistry::blend_mole_fractions(mechanism, options.diluent, options.basis);
  for (std::size_t k = 0; k < X.size(); ++k) X[k] += (1.0 - options.slab_fuel) * diluent[k];
  return X;
}

std::vector<double> mass_fractions(const chemistry::Mechanism& mechanism, const std::vector<double>& X) {
  std::vector<double> Y(X.size());
  chemistry::Thermodynamics(mechanism).mass_from_mole_fractions(X, Y);
  return Y;
}

/// The burnt gas of all mixtures of two gases at one temperature, tabulated over the mass fraction Z of the first.
/// Elements and enthalpy are linear in Z, so Y between two points keeps the elements, and T from the enthalpy keeps
/// that: both are those of the mixture to round-off.
class BurntMixtures {
 public:
  BurntMixtures(const chemistry::Mechanism& mechanism, double T, double p, std::span<const double> Y_fuel,
                std::span<const double> Y_air)
      : thermodynamics_(mechanism),
        weight_fuel_(thermodynamics_.mean_molecular_weight(Y_fuel)),
        weight_air_(thermodynamics_.mean_molecular_weight(Y_air)),
        h_fuel_(thermodynamics_.enthalpy(T, Y_fuel)),
        h_air_(thermodynamics_.enthalpy(T, Y_air)),
        table_(static_cast<std::int64_t>(1 + Y_air.size())) {
    std::vector<double> Y(Y_air.size());
    for (std::int64_t i = 0; i < n_points; ++i) {
      const double Z = static_cast<double>(i) / (n_points - 1);
      for (std::size_t k = 0; k < Y.size(); ++k) Y[k] = (1.0 - Z) * Y_air[k] + Z * Y_fuel[k];
      table_.append(subproblem::burnt_gas(mechanism, T, p, Y));
    }
  }

  /// psi: share of air by mole.
  void fill(double psi, std::span<double> row) const {
    const double fuel = (1.0 - psi) * weight_fuel_;
    const double Z = fuel / (fuel + psi * weight_air_);
    const double place = Z * (n_points - 1);
    const auto left = std::min(static_cast<std::int64_t>(place), n_points - 2);
    const double share = place - static_cast<double>(left);
    const auto a = table_[left], b = table_[left + 1];
    for (std::size_t c = 0; c < a.size(); ++c) row[c] = (1.0 - share) * a[c] + share * b[c];
    const double h = (1.0 - Z) * h_air_ + Z * h_fuel_;
    row[0] = thermodynamics_.temperature_from_enthalpy(h, row.subspan(1, a.size() - 1), row[0]);
  }

 private:
  static constexpr std::int64_t n_points = 401;  // misses the peak of hydrogen by 0.5 K

  chemistry::Thermodynamics thermodynamics_;
  double weight_fuel_, weight_air_;  // [kg/kmol]
  double h_fuel_, h_air_;            // [J/kg]
  core::RowTable table_;             // [n_points, 1 + n_species]
};

void check(const InitialOptions& options, double half_width, const Box& box) {
  if (!(options.slab_fuel > 0.0 && options.slab_fuel <= 1.0))
    throw core::UserError::format(
        "The mole fraction of the fuel in the slab is {}, but must be above 0 and at most 1.", options.slab_fuel);
  if (!(half_width > 0.0 && half_width <= 0.5 * box.length[0]))
    throw core::UserError::format(
        "The slab's half-width is {} m, but must be positive and at most half of the grid's "
        "{} m along x.",
        half_width, box.length[0]);
  if (!(options.slab_steepness > 0.0))
    throw core::UserError::format("The slab's steepness is {}, but must be positive.", options.slab_steepness);
}

}  // namespace

InitialCondition diffusion_flame(const InitialOptions& options, const chemistry::Mechanism& mechanism,
                                 const grid::StructuredGrid& grid) {
  const Box box(grid);
  const double half_width = options.slab_half_width.value_or(box.length[0] / 8.0);
  check(options, half_width, box);
  auto mixtures = std::make_shared<const BurntMixtures>(
      mechanism, options.temperature, options.pressure,
      mass_fractions(mechanism, mole_fractions_of_slab(mechanism, options)),
      mass_fractions(mechanism, mole_fractions_of_oxidizer(mechanism, options)));
  return [box, half_width, steepness = options.slab_steepness, mixtures = std::move(mixtures)](
             const Position& x, std::span<double> row) {
    const double beyond = box.distance(0, x[0], box.middle(0)) - half_width;
    mixtures->fill(0.5 * (1.0 + std::tanh(steepness * beyond / half_width)), row);
  };
}

}  // namespace bimetal::flow
