#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "core/matrix.hpp"
#include "core/nearest.hpp"
#include "core/random.hpp"
#include "core/rows.hpp"

namespace bimetal::core {
namespace {

TEST(Matrix, solves_a_system_that_needs_pivoting) {
  Matrix A(3, 3);
  A.values = {0, 2, 1, 1, 1, 1, 4, 0, -1};
  std::vector<double> b{7, 6, 1};  // x = 1, 2, 3
  solve_in_place(A, b);
  EXPECT_NEAR(b[0], 1, 1e-14);
  EXPECT_NEAR(b[1], 2, 1e-14);
  EXPECT_NEAR(b[2], 3, 1e-14);
}

TEST(Matrix, leaves_the_unknown_of_an_empty_row_at_zero) {
  Matrix A(2, 2);
  A.values = {2, 0, 0, 0};
  std::vector<double> b{4, 0};
  solve_in_place(A, b);
  EXPECT_EQ(b[0], 2);
  EXPECT_EQ(b[1], 0);
}

TEST(Random, is_a_pure_uniform_function_of_its_counter) {
  double sum = 0.0, square = 0.0, product = 0.0;
  constexpr int n = 100000;
  for (std::uint64_t i = 0; i < n; ++i) {
    const double u = random_uniform(1, Purpose::audit, 5, i), v = random_uniform(1, Purpose::audit, 6, i);
    EXPECT_EQ(u, random_uniform(1, Purpose::audit, 5, i));
    ASSERT_TRUE(0.0 <= u && u < 1.0);
    sum += u;
    square += u * u;
    product += u * v;
  }
  EXPECT_NEAR(sum / n, 0.5, 0.005);
  EXPECT_NEAR(square / n, 1.0 / 3.0, 0.005);
  EXPECT_NEAR(product / n, 0.25, 0.005) << "neighbouring steps must be independent";
  EXPECT_NE(random_bits(1, Purpose::audit, 5, 5), random_bits(1, Purpose::replay, 5, 5));
  EXPECT_NE(random_bits(1, Purpose::audit, 5, 6), random_bits(1, Purpose::audit, 6, 5));
}

TEST(Nearest, finds_the_misspelt_word_and_nothing_for_a_foreign_one) {
  const std::vector<std::string> words{"tolerance", "policy", "window"};
  EXPECT_EQ(nearest("tolerence", words), "tolerance");
  EXPECT_EQ(nearest("widow", words), "window");
  EXPECT_EQ(nearest("zzzzzz", words), "");
}

TEST(RowTable, refuses_what_is_beyond_its_rows_in_every_build) {
  RowTable table(2, 3);
  EXPECT_THROW(table[3], std::logic_error);
  EXPECT_THROW(table[-1], std::logic_error);
  EXPECT_THROW(table.rows().first(4), std::logic_error);
  EXPECT_THROW(table.rows().from(4), std::logic_error);
  EXPECT_THROW(table.append(std::vector{1.0, 2.0, 3.0}), std::logic_error);
}

TEST(RowTable, grows_by_rows_and_shows_them) {
  RowTable table(2);
  table.append(std::vector<double>{1, 2});
  table.append(std::vector<double>{3, 4});
  EXPECT_EQ(table.size(), 2);
  EXPECT_EQ(table[1][0], 3);
  table.rows()[0][1] = 9;
  EXPECT_EQ(table[0][1], 9);
}

}  // namespace
}  // namespace bimetal::core
