#include "flow/gas_properties.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "chemistry/species_transport.hpp"
#include "core/error.hpp"
#include "flow/face_flux.hpp"
#include "test_gas.hpp"

namespace bimetal::flow {
namespace {

using bimetal::testing::wet_hydrogen;

constexpr double pressure = 101325.0;
constexpr std::size_t n_species = 4;  // H2, O2, H2O, N2
using Row = std::vector<double>;

/// A cell with the memory a DiffusingCell points to.
struct Cell {
  Row row, species_cp = Row(n_species), rho_D = Row(n_species);
  CellGas gas;

  Cell(GasProperties& properties, Row state)
      : row(std::move(state)), gas(properties.evaluate(row, species_cp, rho_D)) {}
  operator DiffusingCell() const { return {gas, row.data(), species_cp.data(), rho_D.data()}; }
};

TEST(GasProperties, a_trace_of_hydrogen_in_nitrogen_obeys_the_law_of_fick) {
  const auto mechanism = wet_hydrogen();
  GasProperties properties(mechanism, pressure, TransportModel::mixture_averaged);
  constexpr double spacing = 1e-4;
  for (const double T : {300.0, 1000.0, 2000.0}) {
    const Cell left(properties, {T, 1e-5, 0.0, 0.0, 1.0 - 1e-5}), right(properties, {T, 3e-5, 0.0, 0.0, 1.0 - 3e-5});
    Row value(1 + n_species), flux(1 + n_species);
    FaceFlux face{.value = value.data(), .flux = flux.data()};
    diffuse(left, right, n_species, spacing, face);

    const double rho = pressure * mechanism.species[3].molecular_weight / (chemistry::gas_constant * T);
    const double D = chemistry::binary_diffusivity(mechanism.species[0], mechanism.species[3], T, pressure);
    EXPECT_NEAR(flux[1] / (-rho * D * 2e-5 / spacing), 1.0, 0.01) << T;
    EXPECT_NEAR(flux[4] / -flux[1], 1.0, 1e-12) << T;
  }
}

TEST(GasProperties, a_difference_of_temperature_alone_moves_no_species) {
  GasProperties properties(wet_hydrogen(), pressure, TransportModel::mixture_averaged);
  const Row hot{1500.0, 0.05, 0.3, 0.05, 0.6}, cold{400.0, 0.05, 0.3, 0.05, 0.6};
  Row value(1 + n_species), flux(1 + n_species);
  FaceFlux face{.value = value.data(), .flux = flux.data()};
  diffuse(Cell(properties, hot), Cell(properties, cold), n_species, 1e-4, face);
  EXPECT_GT(flux[0], 1e5);
  for (std::size_t c = 1; c < flux.size(); ++c) EXPECT_EQ(flux[c], 0.0);
}

TEST(GasProperties, constant_lewis_numbers_relate_diffusion_to_conduction) {
  const auto mechanism = wet_hydrogen();
  const chemistry::SimpleTransport simple(mechanism);
  GasProperties properties(mechanism, pressure, TransportModel::constant_lewis);
  const Cell cell(properties, {800.0, 0.05, 0.3, 0.05, 0.6});
  for (std::size_t k = 0; k < n_species; ++k)
    EXPECT_NEAR(cell.gas.conductivity * cell.gas.inverse_heat_capacity / (cell.gas.volume * cell.rho_D[k]),
                simple.lewis()[k], 1e-14);
  EXPECT_EQ(cell.gas.driving_weight, 1.0);
}

TEST(GasProperties, undershoots_and_pure_gases_have_finite_positive_properties) {
  for (const auto& [name, model] : transport_names) {
    GasProperties properties(wet_hydrogen(), pressure, model);
    for (const Row& row : {Row{300.0, -1e-7, 0.0, 0.0, 1.0 + 1e-7}, {300.0, 1.0, 0.0, 0.0, 0.0}}) {
      const Cell cell(properties, row);
      EXPECT_GT(cell.gas.conductivity, 0.01) << name;
      EXPECT_LT(cell.gas.conductivity, 1.0) << name;
      for (const double rho_D : cell.rho_D) {
        EXPECT_GT(rho_D, 1e-7) << name;
        EXPECT_LT(rho_D, 1e-3) << name;
      }
    }
  }
}

TEST(GasProperties, asks_for_transport_data_only_where_the_model_needs_them) {
  auto mechanism = wet_hydrogen();
  mechanism.species[2].transport.reset();
  EXPECT_NO_THROW(GasProperties(mechanism, pressure, TransportModel::constant_lewis));
  EXPECT_THROW(GasProperties(mechanism, pressure, TransportModel::mixture_averaged), core::UserError);
}

TEST(GasProperties, know_how_pressure_bears_on_density_and_compression) {
  GasProperties gas(wet_hydrogen(), 1e5, TransportModel::constant_lewis);
  const std::vector<double> row{500.0, 0.01, 0.2, 0.09, 0.7};
  const double density = gas.density(row);
  gas.set_pressure(3e5);
  EXPECT_DOUBLE_EQ(gas.density(row), 3.0 * density);
  EXPECT_EQ(gas.pressure(), 3e5);
  std::vector<double> cp(4), rho_D(4);
  EXPECT_DOUBLE_EQ(gas.evaluate(row, cp, rho_D).volume, 1.0 / (3.0 * density));
  // Nitrogen with cp = (3.4 + 4e-4 T) R.
  EXPECT_NEAR(gas.heat_capacity_ratio(std::vector{500.0, 0.0, 0.0, 0.0, 1.0}), 3.6 / 2.6, 1e-12);
}

TEST(GasProperties, viscosity_is_that_of_the_transport_model) {
  const auto mechanism = wet_hydrogen();
  const std::vector<double> row{800.0, 0.01, 0.2, 0.09, 0.7};
  GasProperties simple(mechanism, 1e5, TransportModel::constant_lewis);
  GasProperties mixture(mechanism, 1e5, TransportModel::mixture_averaged);
  EXPECT_EQ(simple.viscosity(row), chemistry::SimpleTransport::viscosity(800.0));
  EXPECT_EQ(mixture.viscosity(row),
            chemistry::MixtureAveragedTransport(mechanism).viscosity(800.0, std::span(row).subspan(1)));
  EXPECT_NE(simple.viscosity(row), mixture.viscosity(row));
}

}  // namespace
}  // namespace bimetal::flow
