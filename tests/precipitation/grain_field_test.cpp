#include "precipitation/grain_field.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace bimetal::precipitation {
namespace {

constexpr int n = 80;
constexpr double width = 0.08;

TEST(GrainField, disc_has_the_porosity_and_moments_of_a_disc) {
  const GrainField grain(n, width);
  PhaseField phi(n);
  grain.draw(0.3, 0.3, phi);
  const auto disc = grain.measure(phi);
  // The profile adds to the area at second order of its width: pi³/48 lambda².
  EXPECT_NEAR(disc.porosity, 1.0 - std::numbers::pi * 0.09 - std::pow(std::numbers::pi, 3) / 48.0 * width * width,
              2e-5);
  EXPECT_NEAR(disc.elongation, 0.0, 1e-14);
  EXPECT_NEAR(disc.interface, 2.0 * std::numbers::pi * 0.3 * width / 4.0, 2e-4);  // perimeter times lambda/4
}

TEST(GrainField, ellipse_is_elongated_along_its_long_axis) {
  const GrainField grain(n, width);
  PhaseField phi(n);
  grain.draw(0.4, 0.25, phi);
  const auto along_x = grain.measure(phi);
  grain.draw(0.25, 0.4, phi);
  const auto along_y = grain.measure(phi);
  const double sharp = 12.0 * 0.25 * std::numbers::pi * 0.4 * 0.25 * (0.16 - 0.0625);
  EXPECT_NEAR(along_x.elongation, sharp, 0.05 * sharp);
  EXPECT_NEAR(along_y.elongation, -along_x.elongation, 1e-14);
  EXPECT_LT(along_x.elongation, most_elongation(along_x.porosity));
}

TEST(GrainField, fits_a_field_to_a_shape) {
  const GrainField grain(n, width);
  PhaseField phi(n);
  grain.draw(0.35, 0.3, phi);
  const auto start = grain.measure(phi);
  for (const Shape wanted : {Shape{start.porosity + 1e-4, start.elongation, start.interface}, Shape{0.9, 0.01, 0.02},
                             Shape{0.6, -0.05, 0.06}}) {
    ASSERT_TRUE(grain.fit(wanted, phi));
    EXPECT_NEAR(grain.measure(phi).porosity, wanted.porosity, 1e-10);
    EXPECT_NEAR(grain.measure(phi).elongation, wanted.elongation, 1e-10);
    EXPECT_NEAR(grain.measure(phi).interface, wanted.interface, 1e-10);
  }
  ASSERT_TRUE(grain.fit({0.999, 0.5, 0.1}, phi)) << "all but dissolved: by its size alone";
  EXPECT_NEAR(grain.measure(phi).porosity, 0.999, 1e-10);
}

/// What cannot be met but for its porosity is met in that.
TEST(GrainField, porosity_goes_first) {
  const GrainField grain(n, width);
  PhaseField phi(n);
  grain.draw(0.35, 0.3, phi);
  ASSERT_TRUE(grain.fit({0.7, 0.95 * most_elongation(0.7), 0.04}, phi));  // all of it at the ends of x
  EXPECT_NEAR(grain.measure(phi).porosity, 0.7, 1e-10);
}

TEST(GrainField, field_that_fits_stays_as_it_is) {
  const GrainField grain(n, width);
  PhaseField phi(n), as_it_was(n);
  grain.draw(0.35, 0.3, phi);
  as_it_was.copy(phi);
  ASSERT_TRUE(grain.fit(grain.measure(phi), phi));
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i) ASSERT_EQ(phi.row(j)[i], as_it_was.row(j)[i]);
}

}  // namespace
}  // namespace bimetal::precipitation
