#include "chemistry/simple_transport.hpp"

#include <gtest/gtest.h>

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
  EXPECT_TRUE(transport.tabled(mechanism.require_species("CO2")));
  EXPECT_EQ(transport.lewis()[mechanism.require_species("C2H6")], 1.0);  // not in the table
  EXPECT_FALSE(transport.tabled(mechanism.require_species("C2H6")));
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
