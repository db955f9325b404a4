#include "flow/gas_properties.hpp"

#include "core/error.hpp"

namespace bimetal::flow {

GasProperties::Transport GasProperties::make_transport(const chemistry::Mechanism& mechanism, TransportModel model) {
  if (model == TransportModel::mixture_averaged) return chemistry::MixtureAveragedTransport(mechanism);
  return chemistry::SimpleTransport(mechanism);
}

GasProperties::GasProperties(const chemistry::Mechanism& mechanism, double pressure, TransportModel model)
    : thermodynamics_(mechanism), transport_(make_transport(mechanism, model)), pressure_(pressure) {
  EXPECT(pressure > 0.0);
}

CellGas GasProperties::evaluate(std::span<const double> row, std::span<double> species_cp, std::span<double> rho_D) {
  const double T = row[0];
  const auto Y = row.subspan(1);
  thermodynamics_.species_cp(T, species_cp);
  double cp = 0.0;
  for (std::size_t k = 0; k < Y.size(); ++k) cp += Y[k] * species_cp[k];

  const double gas_constant = thermodynamics_.gas_constant_of(Y);
  CellGas gas;
  gas.volume = gas_constant * T / pressure_;
  gas.inverse_heat_capacity = gas.volume / cp;
  if (auto* mixture = std::get_if<chemistry::MixtureAveragedTransport>(&transport_)) {
    gas.conductivity = mixture->conductivity(T, Y, species_cp);
    gas.driving_weight = chemistry::gas_constant / gas_constant;
    mixture->diffusivities(T, pressure_, Y, rho_D);
    const double rho = 1.0 / gas.volume;
    for (double& D : rho_D) D *= rho;
  } else {
    const auto inverse_lewis = std::get<chemistry::SimpleTransport>(transport_).inverse_lewis();
    const double conductivity_over_cp = chemistry::SimpleTransport::conductivity_over_cp(T);
    gas.conductivity = conductivity_over_cp * cp;
    for (std::size_t k = 0; k < Y.size(); ++k) rho_D[k] = conductivity_over_cp * inverse_lewis[k];
  }
  return gas;
}

double GasProperties::viscosity(std::span<const double> row) {
  if (auto* mixture = std::get_if<chemistry::MixtureAveragedTransport>(&transport_))
    return mixture->viscosity(row[0], row.subspan(1));
  return chemistry::SimpleTransport::viscosity(row[0]);
}

}  // namespace bimetal::flow
