#include "chemistry/simple_transport.hpp"

#include <gtest/gtest.h>

#include "chemistry/lewis_numbers.hpp"
#include "reference_states.hpp"
#include "small_gas.hpp"

namespace bimetal::chemistry {
namespace {

TEST(SimpleTransport, uses_the_published_lewis_numbers) {
  const auto& mechanism = testing::methane();
  const SimpleTransport transport(mechanism);
  EXPECT_EQ(transport.lewis()[mechanism.require_species("H2")], 0.30);
  EXPECT_EQ(transport.lewis()[mechanism.require_species("H")], 0.18);
  EXPECT_EQ(transport.lewis()[mechanism.require_species("CO2")], 1.39);
  EXPECT_TRUE(transport.known(mechanism.require_species("CO2")));
}

TEST(SimpleTransport, computes_the_lewis_numbers_of_other_species_from_their_molecules) {
  auto mechanism = testing::methane();
  auto& fuel = mechanism.species[mechanism.require_species("C2H6")];
  fuel.name = "C3H8";
  fuel.molecular_weight = 44.097;
  fuel.transport = LennardJones{.geometry = Geometry::nonlinear, .well_depth = 266.8, .diameter = 4.982};
  const SimpleTransport transport(mechanism);
  const auto k = mechanism.require_species("C3H8");
  EXPECT_NEAR(transport.lewis()[k], 1.8, 0.05);
  EXPECT_TRUE(transport.known(k));
  EXPECT_EQ(transport.lewis()[mechanism.require_species("H2")], 0.30);  // the table comes first
  const auto computed = lewis_numbers_in_air(testing::methane());       // which it is borne out by
  for (const char* name :
       {"H", "H2", "O", "OH", "H2O", "O2", "HO2", "H2O2", "N2", "CH4", "CH3", "CH2O", "CO", "CO2"}) {
    const auto tabled = mechanism.require_species(name);
    EXPECT_NEAR(computed[tabled].value() / transport.lewis()[tabled], 1.0, 0.07) << name;
  }
}

TEST(SimpleTransport, takes_1_where_neither_table_nor_molecules_say_more) {
  auto mechanism = testing::methane();
  const auto c2h6 = mechanism.require_species("C2H6"), c2h4 = mechanism.require_species("C2H4");
  mechanism.species[c2h6].transport.reset();
  const SimpleTransport transport(mechanism);
  EXPECT_EQ(transport.lewis()[c2h6], 1.0);
  EXPECT_FALSE(transport.known(c2h6));
  EXPECT_TRUE(transport.known(c2h4));
  mechanism.species[mechanism.require_species("N2")].transport.reset();  // there is no air
  const SimpleTransport blind(mechanism);
  EXPECT_EQ(blind.lewis()[c2h4], 1.0);
  EXPECT_FALSE(blind.known(c2h4));
}

TEST(SimpleTransport, knows_species_whatever_the_case_of_their_names) {
  auto mechanism = testing::methane();
  const auto co2 = mechanism.require_species("CO2"), c2h6 = mechanism.require_species("C2H6");
  mechanism.species[co2].name = "co2";
  EXPECT_EQ(SimpleTransport(mechanism).lewis()[co2], 1.39);
  mechanism.species[c2h6].name = "Co2";
  testing::expect_user_error([&] { SimpleTransport transport(mechanism); }, {"\"co2\"", "\"Co2\""});
}

TEST(SimpleTransport, follows_its_power_law) {
  const SimpleTransport transport(testing::hydrogen());
  EXPECT_DOUBLE_EQ(SimpleTransport::conductivity_over_cp(298.0), 2.58e-5);
  EXPECT_DOUBLE_EQ(SimpleTransport::conductivity_over_cp(596.0), 2.58e-5 * std::pow(2.0, 0.7));
  const auto h2 = testing::hydrogen().require_species("H2");
  EXPECT_DOUBLE_EQ(transport.density_times_diffusivity(h2, 298.0), 2.58e-5 / 0.30);
  EXPECT_DOUBLE_EQ(SimpleTransport::viscosity(298.0), 0.75 * 2.58e-5);
}

}  // namespace
}  // namespace bimetal::chemistry
