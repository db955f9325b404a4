#include "surrogate/soap.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/packed_archive.hpp"
#include "parallel/mpi.hpp"

namespace bimetal::surrogate {
namespace {

torch::Tensor parameter(const torch::Tensor& values) {
  auto result = values.clone();
  result.set_requires_grad(true);
  result.mutable_grad() = torch::zeros_like(result);
  return result;
}

TEST(Soap, moves_every_weight_by_the_rate_at_first_whatever_the_size_of_its_gradient) {
  const auto vector = parameter(torch::tensor({1.0F, 1.0F, 1.0F}));
  const auto matrix = parameter(torch::ones({2, 2}));
  vector.grad().copy_(torch::tensor({100.0F, -1e-3F, 0.0F}));
  matrix.grad().copy_(torch::tensor({{7.0F, -7.0F}, {1e-2F, 0.0F}}));
  Soap soap({vector, matrix});
  soap.step(0.1);
  EXPECT_TRUE(torch::allclose(vector, torch::tensor({0.9F, 1.1F, 1.0F}), 1e-4));
  EXPECT_TRUE(torch::allclose(matrix, torch::tensor({{0.9F, 1.1F}, {0.9F, 1.0F}}), 1e-4));
}

/// Error left in W after descending |A (W - truth) B|^2 for some steps; A and B mix the axes and stretch them by
/// factors between 1 and `stretch`.
double error_left(double stretch, int n_steps, double rate) {
  constexpr int n = 16;
  const auto generator = at::detail::createCPUGenerator(5);
  const auto rotation = [&] { return std::get<0>(torch::linalg_qr(torch::randn({n, n}, generator))); };
  const auto lengths = torch::logspace(0.0, std::log10(stretch), n);
  const auto A = rotation().mm(torch::diag(lengths)).mm(rotation());
  const auto B = rotation().mm(torch::diag(lengths)).mm(rotation());
  const auto truth = torch::randn({n, n}, generator);
  const auto W = parameter(torch::zeros({n, n}));
  Soap soap({W});
  for (int i = 0; i < n_steps; ++i) {
    W.grad().zero_();
    A.mm(W - truth).mm(B).square().sum().backward();
    soap.step(rate * (1.0 - static_cast<double>(i) / n_steps));
  }
  return (W - truth).abs().max().item<double>();
}

TEST(Soap, is_not_slowed_down_by_stretched_and_mixed_axes) {
  const double round_bowl = error_left(1.0, 300, 0.1);
  const double stretched = error_left(10.0, 300, 0.1);
  EXPECT_LT(round_bowl, 1e-2);
  // The condition number of the stretched problem is 10^4; plain Adam leaves 0.13.
  EXPECT_LT(stretched, 5e-2);
}

/// Matrices and vectors of several shapes, and made-up gradients for them, the same in every run.
struct Descent {
  Descent() {
    for (const auto& shape : {std::vector<std::int64_t>{9, 5}, {9}, {4, 9}, {4}, {3, 5}})
      parameters.push_back(parameter(torch::randn(shape, generator)));
  }
  void steps(Soap& soap, int n) {
    for (int i = 0; i < n; ++i) {
      for (auto& each : parameters) each.grad().copy_(torch::randn(each.sizes(), generator));
      soap.step(0.01);
    }
  }
  bool operator==(const Descent& other) const {
    return std::ranges::equal(parameters, other.parameters, [](auto& a, auto& b) { return torch::equal(a, b); });
  }
  at::Generator generator = at::detail::createCPUGenerator(7);
  std::vector<torch::Tensor> parameters;
};

TEST(Soap, takes_the_same_steps_whoever_shares_the_work) {
  Descent alone, shared;
  Soap by_one(alone.parameters), by_all(shared.parameters, parallel::duplicate(MPI_COMM_WORLD));
  alone.steps(by_one, 25);  // two bases and a half
  shared.steps(by_all, 25);
  EXPECT_TRUE(alone == shared);
}

TEST(Soap, every_rank_saves_what_any_rank_knows) {
  Descent alone, shared;
  Soap by_one(alone.parameters), by_all(shared.parameters, parallel::duplicate(MPI_COMM_WORLD));
  alone.steps(by_one, 3);
  shared.steps(by_all, 3);
  core::PackedArchive saved;
  by_all.persist(core::Archive(saved));
  Soap restored(alone.parameters);
  core::PackedArchive packed(saved.bytes());
  restored.persist(core::Archive(packed));
  alone.steps(restored, 20);
  shared.steps(by_all, 20);
  EXPECT_TRUE(alone == shared);
}

TEST(Soap, repeats_itself_to_the_bit) { EXPECT_EQ(error_left(10.0, 50, 0.1), error_left(10.0, 50, 0.1)); }

}  // namespace
}  // namespace bimetal::surrogate
