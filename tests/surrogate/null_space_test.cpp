#include "surrogate/null_space.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/error.hpp"
#include "toy_chemistry.hpp"

namespace bimetal::surrogate {
namespace {

/// Hydrogen in air: T, H2, H, O, O2, OH, H2O, HO2, H2O2, N2, with the elements H, O, N.
core::Signature hydrogen() {
  struct Species {
    const char* name;
    double scale;
    int h, o, n;
  };
  const std::vector<Species> species{{"H2", 0.03, 2, 0, 0},  {"H", 1e-3, 1, 0, 0},    {"O", 0.01, 0, 1, 0},
                                     {"O2", 0.23, 0, 2, 0},  {"OH", 0.02, 1, 1, 0},   {"H2O", 0.24, 2, 1, 0},
                                     {"HO2", 2e-4, 1, 2, 0}, {"H2O2", 1e-4, 2, 2, 0}, {"N2", 0.75, 0, 0, 2}};
  core::Signature signature;
  signature.kind = "reactor";
  signature.inputs.push_back({"T", "K", 2000.0, core::Nature::temperature});
  signature.invariants = core::Matrix(3, species.size() + 1);
  for (std::size_t k = 0; k < species.size(); ++k) {
    const auto& s = species[k];
    signature.inputs.push_back({s.name, "1", s.scale, core::Nature::mass_fraction});
    const double mass = s.h * 1.008 + s.o * 15.999 + s.n * 14.007;
    signature.invariants(0, k + 1) = s.h * 1.008 / mass;
    signature.invariants(1, k + 1) = s.o * 15.999 / mass;
    signature.invariants(2, k + 1) = s.n * 14.007 / mass;
  }
  signature.outputs = core::continued(signature.inputs);
  signature.outputs[0].derived = true;
  return signature;
}

double largest_violation(const core::Matrix& E, const core::Matrix& N) {
  double largest = 0.0;
  for (std::size_t i = 0; i < E.rows; ++i)
    for (std::size_t j = 0; j < N.cols; ++j) {
      double sum = 0.0;
      for (std::size_t k = 0; k < E.cols; ++k) sum += E(i, k) * N(k, j);
      largest = std::max(largest, std::abs(sum));
    }
  return largest;
}

TEST(NullSpace, annihilates_the_invariants) {
  const auto signature = hydrogen();
  EXPECT_LT(largest_violation(signature.invariants, NullSpace(signature).basis()), 1e-15);
  const auto toy = testing::toy_signature();
  EXPECT_LT(largest_violation(toy.invariants, NullSpace(toy).basis()), 1e-15);
}

TEST(NullSpace, takes_the_bulk_species_as_pivots) {
  const NullSpace null_space(hydrogen());
  const std::vector<std::int64_t> pivots(null_space.pivot_columns().begin(), null_space.pivot_columns().end());
  EXPECT_EQ(pivots, (std::vector<std::int64_t>{9, 6, 4}));  // N2, H2O, O2
  EXPECT_EQ(null_space.n_free(), 6);
}

TEST(NullSpace, moves_a_row_without_breaking_the_elements_and_leaves_derived_columns) {
  const auto signature = hydrogen();
  const NullSpace null_space(signature);
  const std::vector<double> in{1200.0, 0.02, 1e-4, 1e-3, 0.2, 2e-3, 0.03, 1e-5, 1e-6, 0.746889};
  const std::vector<double> xi{-3e-3, 2e-4, 5e-4, -1e-3, 3e-5, 2e-6};
  std::vector<double> out(in.size());
  null_space.advance(in, xi, out);
  EXPECT_EQ(out[0], in[0]);
  EXPECT_EQ(out[9], in[9]);  // nothing but N2 holds nitrogen
  EXPECT_EQ(out[1], in[1] - 3e-3);
  for (std::size_t i = 0; i < 3; ++i) {
    double before = 0.0, after = 0.0;
    for (std::size_t k = 0; k < in.size(); ++k) {
      before += signature.invariants(i, k) * in[k];
      after += signature.invariants(i, k) * out[k];
    }
    EXPECT_NEAR(after, before, 1e-15 * std::abs(before) + 1e-17) << "invariant " << i;
  }
}

TEST(NullSpace, copes_with_invariants_that_depend_on_each_other) {
  auto signature = testing::toy_signature();
  // The sum of both elements is the total mass.
  core::Matrix three(3, 6);
  for (std::size_t k = 0; k < 6; ++k) {
    three(0, k) = signature.invariants(0, k);
    three(1, k) = signature.invariants(1, k);
    three(2, k) = three(0, k) + three(1, k);
  }
  signature.invariants = three;
  const NullSpace null_space(signature);
  EXPECT_EQ(null_space.n_free(), 3);
  EXPECT_LT(largest_violation(three, null_space.basis()), 1e-15);
}

TEST(NullSpace, without_invariants_leaves_every_column_free) {
  auto signature = testing::toy_signature();
  signature.invariants = core::Matrix(0, 6);
  EXPECT_EQ(NullSpace(signature).n_free(), 5);
}

TEST(NullSpace, refuses_an_invariant_over_a_derived_column) {
  auto signature = testing::toy_signature();
  signature.invariants(0, 0) = 1.0;
  EXPECT_THROW(NullSpace{signature}, core::RuntimeFailure);
}

}  // namespace
}  // namespace bimetal::surrogate
