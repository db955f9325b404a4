#include "surrogate/perceptrons.hpp"

#include <gtest/gtest.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>

#include "toy_chemistry.hpp"

namespace bimetal::surrogate {
namespace {

constexpr Head both_heads[] = {Head::relaxation, Head::increment};

Network::Input input_of(const Scaling& scaling, core::ConstRows in) {
  auto x = torch::empty({in.size(), scaling.n_features()}, torch::kFloat32);
  scaling.features(in, 0, in.size(), x.data_ptr<float>());
  auto rows = torch::empty({in.size(), in.width()}, torch::kFloat32);
  std::ranges::copy(in.flat(), rows.data_ptr<float>());
  return {x, rows};
}

Scaling toy_scaling() {
  const auto signature = testing::toy_signature();
  const auto rows = testing::toy_rows(100, 3);
  Scaling scaling(signature, NullSpace(signature), 0.1, 1e-3);
  scaling.fit(rows.in.rows(), rows.out.rows(), {});
  return scaling;
}

/// Answers of one part of a network to rows, in the rows' own units.
std::vector<double> answers(const Network& network, torch::Tensor Network::Answer::*part, Scaling scaling,
                            core::ConstRows in) {
  const torch::NoGradGuard no_gradient;
  const auto u = (network.forward(input_of(scaling, in)).*part).contiguous();
  std::vector<double> result;
  std::vector<double> out(6);
  for (std::int64_t i = 0; i < in.size(); ++i) {
    scaling.advance(in[i], u.data_ptr<float>() + i * scaling.n_targets(), out);
    result.insert(result.end(), out.begin() + 1, out.end());
  }
  return result;
}

TEST(Perceptrons, says_the_same_in_another_scaling) {
  const auto signature = testing::toy_signature();
  const auto few = testing::toy_rows(20, 1);
  const auto many = testing::toy_rows(2000, 2);
  Scaling before(signature, NullSpace(signature), 0.1, 1e-3);
  auto after = before;
  before.fit(few.in.rows(), few.out.rows(), {});
  after.fit(many.in.rows(), many.out.rows(), {});
  NetworkOptions options;
  options.layers = {24, 24};
  options.second_layers = {16};

  for (const auto head : both_heads)
    for (const auto part : {&Network::Answer::increments, &Network::Answer::second}) {
      options.head = head;
      Perceptrons network(before, options);
      const auto expected = answers(network, part, before, many.in.rows());
      network.rescale(after);
      const auto unmended = answers(network, part, after, many.in.rows());
      network.rescale(before);
      network.restate(after);
      const auto restated = answers(network, part, after, many.in.rows());
      double worst = 0.0, without = 0.0;
      for (std::size_t i = 0; i < expected.size(); ++i) {
        worst = std::max(worst, std::abs(restated[i] - expected[i]));
        without = std::max(without, std::abs(unmended[i] - expected[i]));
      }
      EXPECT_LT(worst, 1e-5);
      EXPECT_GT(without, 1e-3) << "the scalings must differ for this test to mean something";
    }
}

TEST(Perceptrons, lets_every_species_relax_by_a_fiftieth_before_it_has_learned) {
  const auto scaling = toy_scaling();
  NetworkOptions options;
  Perceptrons network(scaling, options);
  const torch::NoGradGuard no_gradient;
  for (auto& [name, parameter] : network.named_parameters())
    if (name.ends_with("weight")) parameter.zero_();
  const auto rows = testing::toy_rows(50, 4);
  const auto out = answers(network, &Network::Answer::increments, scaling, rows.in.rows());
  const auto targets = scaling.target_scales();
  for (std::int64_t i = 0; i < 50; ++i)
    for (const auto& target : targets) {
      const auto k = static_cast<std::size_t>(target.column);
      const double q = target.knee * std::sinh(target.mean);
      EXPECT_NEAR(out[static_cast<std::size_t>(5 * i) + k - 1], 0.98 * rows.in[i][k] + q, 1e-6);
    }
}

TEST(Perceptrons, has_a_second_opinion_that_shares_no_weight_with_the_first) {
  NetworkOptions options;
  options.layers = {24, 24};
  const auto scaling = toy_scaling();
  Perceptrons network(scaling, options);
  const auto input = input_of(scaling, testing::toy_rows(4, 5).in.rows());
  const auto gradient_of = [&](torch::Tensor Network::Answer::*part) {
    auto gradient = network.gradient();
    gradient.zero_();
    (network.forward(input).*part).square().sum().backward();
    return std::vector<float>(gradient.data_ptr<float>(), gradient.data_ptr<float>() + gradient.numel());
  };
  const auto first = gradient_of(&Network::Answer::increments), second = gradient_of(&Network::Answer::second);
  bool first_learns = false, second_learns = false;
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_TRUE(first[i] == 0.0F || second[i] == 0.0F) << "weight " << i;
    first_learns = first_learns || first[i] != 0.0F;
    second_learns = second_learns || second[i] != 0.0F;
  }
  EXPECT_TRUE(first_learns && second_learns);
}

TEST(Perceptrons, draws_other_weights_every_time_and_the_same_again) {
  Perceptrons network(toy_scaling(), {}), other(toy_scaling(), {});
  const auto drawn = network.weights().clone();
  const auto is_as_drawn = [&] { return torch::equal(network.weights(), drawn); };
  EXPECT_TRUE(torch::equal(other.weights(), drawn));
  network.draw_weights(1);
  EXPECT_FALSE(is_as_drawn());
  auto weights = network.weights();
  weights.fill_(7.0F);  // biases as well
  network.draw_weights(0);
  EXPECT_TRUE(is_as_drawn());
}

}  // namespace
}  // namespace bimetal::surrogate
