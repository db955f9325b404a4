#pragma once

#include <array>
#include <span>
#include <utility>
#include <variant>

#include "chemistry/mechanism.hpp"
#include "chemistry/mixture_averaged_transport.hpp"
#include "chemistry/simple_transport.hpp"
#include "chemistry/thermodynamics.hpp"

namespace bimetal::flow {

/// How heat and species diffuse.
enum class TransportModel {
  constant_lewis,   // a Lewis number per species, down gradients of mass fractions (chemistry/simple_transport.hpp)
  mixture_averaged  // by molecular data, down gradients of mole fractions (chemistry/mixture_averaged_transport.hpp)
};
inline constexpr std::array<std::pair<const char*, TransportModel>, 2> transport_names{
    {{"constant_lewis", TransportModel::constant_lewis}, {"mixture_averaged", TransportModel::mixture_averaged}}};

/// What transport needs to know of the gas in a cell, whatever model it comes from.
struct CellGas {
  double volume = 0.0;                 // per mass, 1 / rho [m^3/kg]
  double inverse_heat_capacity = 0.0;  // 1 / (rho cp) [m^3 K/J]
  double conductivity = 0.0;           // lambda [W/m/K]
  /// Species diffuse down the gradient of this times Y_k: the mean molecular weight W [kg/kmol] where mole fractions
  /// drive them, for W Y_k = W_k X_k; 1 where mass fractions do.
  double driving_weight = 1.0;
};

/// The properties of an ideal gas mixture that transport needs, by either model; the only place that knows which.
class GasProperties {
 public:
  /// pressure [Pa]. UserError: `mixture_averaged` and a species without transport data. Local.
  GasProperties(const chemistry::Mechanism& mechanism, double pressure, TransportModel model);

  /// Of a cell with row T, Y_1..Y_N. Fills species_cp [n_species] with cp_k [J/kg/K] and rho_D [n_species] with
  /// rho D_k [kg/m/s]. Allocates nothing; uses work space of this object, so it serves one thread. By constant Lewis
  /// numbers it takes 0.12 us for 9 species and 0.25 us for 21, mixture-averaged 0.27 us and 0.63 us, about half of a
  /// 2-D right-hand side (one 2.4 GHz core with AVX2). Local.
  CellGas evaluate(std::span<const double> row, std::span<double> species_cp, std::span<double> rho_D);

  void set_pressure(double pressure) { pressure_ = pressure; }  // [Pa], > 0
  double pressure() const { return pressure_; }
  /// [kg/m^3]. Local.
  double density(std::span<const double> row) const {
    return pressure_ / (thermodynamics_.gas_constant_of(row.subspan(1)) * row[0]);
  }
  /// The member of CellGas, alone. Local.
  double driving_weight(std::span<const double> row) const {
    const bool by_mole_fractions = std::holds_alternative<chemistry::MixtureAveragedTransport>(transport_);
    return by_mole_fractions ? thermodynamics_.mean_molecular_weight(row.subspan(1)) : 1.0;
  }
  /// cp / cv [1]. Local.
  double heat_capacity_ratio(std::span<const double> row) const {
    const double cp = thermodynamics_.cp(row[0], row.subspan(1));
    return cp / (cp - thermodynamics_.gas_constant_of(row.subspan(1)));
  }
  /// Dynamic viscosity [Pa s] by the transport model; by constant Lewis numbers from a Prandtl number. Local.
  double viscosity(std::span<const double> row);

 private:
  using Transport = std::variant<chemistry::SimpleTransport, chemistry::MixtureAveragedTransport>;
  static Transport make_transport(const chemistry::Mechanism& mechanism, TransportModel model);

  chemistry::Thermodynamics thermodynamics_;
  Transport transport_;
  double pressure_;
};

}  // namespace bimetal::flow
