#include "surrogate/familiarity.hpp"

#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.hpp"
#include "core/finite.hpp"

namespace bimetal::surrogate {
namespace {

constexpr std::int64_t most_rows = 20000;  // of one rank: ample for a covariance and for a half per cent of the rows
constexpr double familiar_part = 0.995;

// Added to the variance of every standardised feature, as features of one flame depend on each other so closely that
// some combinations hardly vary. Without, the long tails of those set the quantile: of states in hydrogen flames
// richer than any learned from, 53 % are beyond 1 with a ridge of 1e-4, 81 % with this one, 6 % with one of 1.
constexpr double ridge = 0.03;

/// Evenly spread rows of one rank's buffer, and how many of the buffer's each stands for.
struct Sample {
  Sample(const ReplayBuffer& replay, const Scaling& scaling) {
    const auto n = std::min(most_rows, replay.size());
    const auto single = torch::empty({n, scaling.n_features()}, torch::kFloat32);
    for (std::int64_t i = 0; i < n; ++i)
      scaling.features(replay.in(), i * replay.size() / n, 1, single.data_ptr<float>() + i * scaling.n_features());
    x = single.to(torch::kFloat64);
    weight = n > 0 ? static_cast<double>(replay.size()) / static_cast<double>(n) : 0.0;
  }
  torch::Tensor x;  // [n, n_features]
  double weight;
};

torch::Tensor summed_over_ranks(torch::Tensor sums, const parallel::Communicator& comm) {
  sums = sums.contiguous();
  comm.sum_in_place(std::span(sums.data_ptr<double>(), static_cast<std::size_t>(sums.numel())));
  return sums;
}

/// The distance that `part` of the rows of all ranks do not exceed, by bisection to single precision. Collective.
double quantile(const torch::Tensor& distance, double weight, double part, const parallel::Communicator& comm) {
  const double total = comm.sum(weight * static_cast<double>(distance.numel()));
  double below = 0.0;
  double above = comm.max(distance.numel() > 0 ? distance.max().item<double>() : 0.0);
  while (above - below > 1e-7 * above) {
    const double middle = 0.5 * (below + above);
    const double inside = comm.sum(weight * (distance <= middle).sum().item<double>());
    (inside < part * total ? below : above) = middle;
  }
  return above;
}

}  // namespace

Familiarity::Familiarity(const ReplayBuffer& replay, const Scaling& scaling, const parallel::Communicator& comm,
                         torch::Device device) {
  const auto n_rows = static_cast<double>(comm.sum(replay.size()));
  if (n_rows == 0.0) return;
  const torch::NoGradGuard no_gradient;
  const Sample sample(replay, scaling);
  const auto mean = summed_over_ranks(sample.x.sum(0) * (sample.weight / n_rows), comm);
  const auto off = sample.x - mean;
  const auto covariance = summed_over_ranks(off.t().mm(off) * (sample.weight / n_rows), comm);
  const auto n_features = scaling.n_features();
  if (!torch::isfinite(covariance).all().item<bool>()) {  // numbers beyond single precision: nothing is familiar
    whitening_ = torch::full({n_features, n_features}, std::numeric_limits<float>::quiet_NaN(), device);
    centre_ = torch::zeros({n_features, 1}, device);
    return;
  }
  const auto unit = torch::eye(n_features, torch::kFloat64);
  const auto factor = torch::linalg_cholesky(covariance + ridge * unit);
  auto whitening = torch::linalg_solve_triangular(factor, unit, /*upper=*/false);
  const auto distance = whitening.mm(off.t()).square_().sum(0).sqrt_();
  // Rows that are all alike say little about what else is known: a distance of 1 is one deviation at least.
  whitening /= std::max(quantile(distance, sample.weight, familiar_part, comm), 1.0);
  // By rows, as it is restored: newer LibTorch solves into columns, and a product rounds by the order.
  whitening_ = whitening.to(device, torch::kFloat32).contiguous();
  centre_ = whitening.mv(mean).unsqueeze(1).to(device, torch::kFloat32);
}

Familiarity::Familiarity(const Numbers& numbers, torch::Device device) {
  if (numbers.centre.empty()) return;
  const auto n_features = std::ssize(numbers.centre);
  EXPECT(std::ssize(numbers.whitening) == n_features * n_features);
  whitening_ = torch::tensor(numbers.whitening).view({n_features, n_features}).to(device);
  centre_ = torch::tensor(numbers.centre).unsqueeze(1).to(device);
}

Familiarity::Numbers Familiarity::numbers() const {
  if (says_nothing()) return {};
  const auto flat = [](const torch::Tensor& tensor) {
    const auto host = tensor.cpu().contiguous();
    return std::vector<float>(host.data_ptr<float>(), host.data_ptr<float>() + host.numel());
  };
  return {flat(whitening_), flat(centre_)};
}

torch::Tensor Familiarity::distance(const torch::Tensor& x) const {
  if (says_nothing()) return torch::zeros({x.size(0)}, x.options());
  const torch::NoGradGuard no_gradient;
  return whitening_.mm(x.t()).sub_(centre_).square_().sum(0).sqrt_();
}

}  // namespace bimetal::surrogate
