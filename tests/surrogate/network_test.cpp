#include "surrogate/network.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "toy_chemistry.hpp"

namespace bimetal::surrogate {
namespace {

/// Answers of a network to rows, in the rows' own units.
std::vector<double> answers(const Network& network, Scaling scaling, core::ConstRows in) {
  const torch::NoGradGuard no_gradient;
  auto x = torch::empty({in.size(), scaling.n_features()}, torch::kFloat32);
  scaling.features(in, 0, in.size(), x.data_ptr<float>());
  const auto z = network.forward(x).z.contiguous();
  std::vector<double> result;
  std::vector<double> out(6);
  for (std::int64_t i = 0; i < in.size(); ++i) {
    scaling.advance(in[i], z.data_ptr<float>() + i * scaling.n_targets(), out);
    result.insert(result.end(), out.begin() + 1, out.end());
  }
  return result;
}

TEST(Network, says_the_same_in_another_scaling) {
  const auto signature = testing::toy_signature();
  const auto few = testing::toy_rows(20, 1);
  const auto many = testing::toy_rows(2000, 2);
  Scaling before(signature, NullSpace(signature), 0.1);
  auto after = before;
  before.fit(few.in.rows(), few.out.rows(), {});
  after.fit(many.in.rows(), many.out.rows(), {});
  NetworkOptions options;
  options.layers = {24, 24};
  Network network(before.n_features(), before.n_targets(), options);

  const auto expected = answers(network, before, many.in.rows());
  const auto unmended = answers(network, after, many.in.rows());
  network.restate(before, after);
  const auto restated = answers(network, after, many.in.rows());
  double worst = 0.0, without = 0.0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    worst = std::max(worst, std::abs(restated[i] - expected[i]));
    without = std::max(without, std::abs(unmended[i] - expected[i]));
  }
  EXPECT_LT(worst, 1e-5);
  EXPECT_GT(without, 1e-3) << "the scalings must differ for this test to mean something";
}

}  // namespace
}  // namespace bimetal::surrogate
