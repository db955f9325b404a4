#include "subproblem/dense_lu.hpp"

#include <gtest/gtest.h>

#include <random>

namespace bimetal::subproblem {
namespace {

TEST(DenseLu, solves_random_systems) {
  std::mt19937_64 engine(1);
  std::normal_distribution<double> normal;
  for (std::size_t n : {1u, 2u, 3u, 4u, 5u, 10u, 22u, 54u}) {
    std::vector<double> A(n * n), x(n), b(n, 0.0);
    for (double& a : A) a = normal(engine);
    for (double& value : x) value = normal(engine);
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t i = 0; i < n; ++i) b[i] += A[j * n + i] * x[j];
    DenseLu lu(n);
    ASSERT_TRUE(lu.factor(0.0, 1.0, A));
    lu.solve(b);
    for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(b[i], x[i], 1e-10) << n;
  }
}

TEST(DenseLu, pivots_where_the_diagonal_is_zero) {
  // Rows must change places twice: [0 2 1; 1 0 0; 0 1 3].
  std::vector<double> A{0, 1, 0, 2, 0, 1, 1, 0, 3};
  std::vector<double> b{7, 1, 11};  // of x = (1, 2, 3)
  DenseLu lu(3);
  ASSERT_TRUE(lu.factor(0.0, 1.0, A));
  lu.solve(b);
  EXPECT_NEAR(b[0], 1.0, 1e-14);
  EXPECT_NEAR(b[1], 2.0, 1e-14);
  EXPECT_NEAR(b[2], 3.0, 1e-14);
}

TEST(DenseLu, takes_a_multiple_of_a_matrix_and_of_the_identity_again_and_again) {
  const std::vector<double> M{1, 2, 3, 4};
  DenseLu lu(2);
  for (double gamma : {0.1, 0.5, 2.0}) {
    ASSERT_TRUE(lu.factor(1.0, -gamma, M));
    std::vector<double> b{1.0 - gamma * (1.0 + 2.0 * 3.0), 2.0 - gamma * (2.0 + 2.0 * 4.0)};  // of x = (1, 2)
    lu.solve(b);
    EXPECT_NEAR(b[0], 1.0, 1e-13);
    EXPECT_NEAR(b[1], 2.0, 1e-13);
  }
}

TEST(DenseLu, recognises_a_singular_matrix) {
  std::vector<double> A{1, 2, 2, 4};
  EXPECT_FALSE(DenseLu(2).factor(0.0, 1.0, A));
}

}  // namespace
}  // namespace bimetal::subproblem
