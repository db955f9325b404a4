#include "chemistry/units.hpp"

#include <gtest/gtest.h>

namespace bimetal::chemistry {
namespace {

TEST(ParseQuantity, takes_a_number_with_or_without_a_unit) {
  const auto pressure = [](const char* text) { return parse_quantity(text, 1.0, dimensions::pressure); };
  EXPECT_EQ(pressure("101325"), 101325.0);
  EXPECT_EQ(pressure("1.5e5"), 1.5e5);
  EXPECT_EQ(pressure("20atm"), 20.0 * 101325.0);
  EXPECT_EQ(pressure("20 atm"), 20.0 * 101325.0);
  EXPECT_EQ(pressure("+1 bar"), 1e5);
  EXPECT_EQ(pressure("2e2kPa"), 2e5);
  EXPECT_EQ(pressure("10 N/m^2"), 10.0);
  EXPECT_EQ(parse_quantity("5 ms", 1.0, dimensions::time), 5e-3);
  for (const char* bad : {"", "atm", "20 furlong", "20 K", "20 atm atm", "1e400", "nan", "20..5", "--1"})
    EXPECT_FALSE(pressure(bad)) << bad;
}

}  // namespace
}  // namespace bimetal::chemistry
