#include "homogenisation/inclusion.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace bimetal::homogenisation {
namespace {

double mean(const Field<double>& part) {
  double sum = 0.0;
  for (int j = 0; j < part.n(); ++j)
    for (int i = 0; i < part.n(); ++i) sum += part.row(j)[i];
  return sum / (part.n() * part.n());
}

TEST(Inclusion, has_the_fraction_that_was_asked_for) {
  for (int n : {8, 15, 32, 64})
    for (double aspect : {1.0, 1.5, 4.0})
      for (double relative : {0.0, 1e-4, 0.03, 0.5, 1.0})
        for (double angle : {0.0, 0.3, 1.7}) {
          const double fraction = relative * largest_fraction(Shape::ellipse, aspect);
          Inclusion inclusion(n, Shape::ellipse, aspect);
          Field<double> part(n);
          MixedPixels mixed;
          inclusion.draw(fraction, angle, part, mixed);
          EXPECT_NEAR(mean(part), fraction, 1e-12) << n << ' ' << aspect << ' ' << relative << ' ' << angle;
          for (int j = 0; j < n; ++j)
            for (int i = 0; i < n; ++i) ASSERT_TRUE(part.row(j)[i] >= 0.0 && part.row(j)[i] <= 1.0);
        }
}

TEST(Inclusion, is_an_ellipse) {
  const int n = 128;
  Inclusion inclusion(n, Shape::ellipse, 2.0);
  Field<double> part(n);
  MixedPixels mixed;
  const double fraction = 0.2, angle = 0.6;
  inclusion.draw(fraction, angle, part, mixed);
  const double b = std::sqrt(fraction / (2.0 * std::numbers::pi)), a = 2.0 * b;
  int wrong = 0;
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i) {
      const double x = (i + 0.5) / n - 0.5, y = (j + 0.5) / n - 0.5;
      const double along = std::cos(angle) * x + std::sin(angle) * y;
      const double across = std::cos(angle) * y - std::sin(angle) * x;
      const bool inside = std::hypot(along / a, across / b) < 1.0;
      if (std::abs(part.row(j)[i] - (inside ? 1.0 : 0.0)) > 0.75) ++wrong;
    }
  EXPECT_EQ(wrong, 0);
}

TEST(Inclusion, is_whole_in_its_centre) {
  for (int n : {15, 16, 17, 32})
    for (double fraction : {0.05, 0.3}) {
      Inclusion inclusion(n, Shape::ellipse, 1.5);
      Field<double> part(n);
      MixedPixels mixed;
      inclusion.draw(fraction, 0.4, part, mixed);
      EXPECT_EQ(part.row(n / 2)[n / 2], 1.0) << n << ' ' << fraction;
    }
}

TEST(Inclusion, lists_its_mixed_pixels_with_the_normals_of_its_border) {
  const int n = 32;
  Inclusion inclusion(n, Shape::ellipse, 2.0);
  Field<double> part(n);
  MixedPixels mixed;
  inclusion.draw(0.2, 0.6, part, mixed);
  std::size_t k = 0;
  for (int j = 0; j < n; ++j) {
    EXPECT_EQ(mixed.first[static_cast<std::size_t>(j)], k);
    for (int i = 0; i < n; ++i) {
      if (part.row(j)[i] == 0.0 || part.row(j)[i] == 1.0) continue;
      ASSERT_LT(k, mixed.size());
      EXPECT_EQ(mixed.row[k], j);
      EXPECT_EQ(mixed.column[k], i);
      EXPECT_EQ(mixed.part[k], part.row(j)[i]);
      EXPECT_NEAR(std::hypot(mixed.normal_x[k], mixed.normal_y[k]), 1.0, 1e-12);
      // Outward is where the part falls.
      const double slope_x = part.row(j)[i - 1] - part.row(j)[i + 1],
                   slope_y = part.row(j - 1)[i] - part.row(j + 1)[i];
      EXPECT_GT(mixed.normal_x[k] * slope_x + mixed.normal_y[k] * slope_y, 0.9 * std::hypot(slope_x, slope_y));
      ++k;
    }
  }
  EXPECT_EQ(mixed.first[n], mixed.size());
  EXPECT_EQ(mixed.size(), k);
}

TEST(Inclusion, does_not_reach_its_periodic_images) {
  for (double aspect : {1.0, 1.5, 3.0}) {
    const double fraction = largest_fraction(Shape::ellipse, aspect);
    EXPECT_LT(std::sqrt(fraction * aspect / std::numbers::pi), 0.5);  // the long half axis
  }
  EXPECT_GT(largest_fraction(Shape::ellipse, 1.45), 0.5);
}

TEST(Inclusion, of_a_laminate_is_its_first_columns) {
  Inclusion inclusion(16, Shape::laminate, 1.0);
  Field<double> part(16);
  MixedPixels mixed;
  inclusion.draw(0.25 + 0.5 / 16.0, 0.0, part, mixed);
  for (int j = 0; j < 16; ++j)
    for (int i = 0; i < 16; ++i) EXPECT_EQ(part.row(j)[i], i < 4 ? 1.0 : i == 4 ? 0.5 : 0.0);
}

}  // namespace
}  // namespace bimetal::homogenisation
