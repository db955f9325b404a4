#include "surrogate/correction.hpp"

#include <span>

#include "core/finite.hpp"

namespace bimetal::surrogate {
namespace {

// Each step keeps this part of what was known, so that the rows of some 20 steps count.
constexpr double kept = 1.0 - 1.0 / 20.0;

// The ridge counts as this many rows in which a feature was one and nothing was missing. What the answers lack is
// almost without noise, so that hardly any ridge is needed: 1 leaves twice the error of 1e-3.
constexpr double ridge_rows = 1e-3;

torch::Tensor with_constant(const torch::Tensor& features) {
  return torch::cat({features, torch::ones({features.size(0), 1}, features.options())}, 1);
}

}  // namespace

void Correction::learn(const torch::Tensor& features, const torch::Tensor& missing, const torch::Tensor& weight,
                       const parallel::Communicator& comm) {
  // In double precision: with so small a ridge the coefficients are large, and cancel.
  const auto x = with_constant(features).to(torch::kFloat64);
  const auto square = [&](const torch::Tensor& lack) {
    return (lack.to(torch::kFloat64).square().sum(1) * weight).sum().view({1});
  };
  const auto left = coefficients_.defined() ? missing - (*this)(features) : missing;
  auto fresh = torch::mm((x * weight.unsqueeze(1)).t(), torch::cat({x, missing}, 1)).flatten();
  fresh = torch::cat({fresh, square(missing), square(left)}).to(torch::kCPU).contiguous();
  const auto sums_of_all = std::span(fresh.data_ptr<double>(), static_cast<std::size_t>(fresh.numel()));
  comm.sum_in_place(sums_of_all);
  if (!core::all_finite(sums_of_all)) return;  // a broken network; others will follow
  const auto n_sums = sums_of_all.size() - 2;
  if (coefficients_.defined()) {
    lacked_ = kept * lacked_ + sums_of_all[n_sums];
    left_ = kept * left_ + sums_of_all[n_sums + 1];
  }
  n_features_ = features.size(1);
  sums_.resize(n_sums, 0.0);
  for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] = kept * sums_[i] + sums_of_all[i];
  solve(features.device());
}

void Correction::solve(torch::Device device) {
  const auto n = n_features_ + 1;
  const auto sums = torch::from_blob(sums_.data(), {n, static_cast<std::int64_t>(sums_.size()) / n}, torch::kFloat64);
  const auto gram = sums.narrow(1, 0, n) + ridge_rows * torch::eye(n, torch::kFloat64);
  const auto [factor, failed] = torch::linalg_cholesky_ex(0.5 * (gram + gram.t()));
  coefficients_ = failed.item<int>() == 0
                      ? torch::cholesky_solve(sums.narrow(1, n, sums.size(1) - n), factor).to(device, torch::kFloat32)
                      : torch::Tensor();
}

torch::Tensor Correction::operator()(const torch::Tensor& features) const {
  return torch::mm(with_constant(features), coefficients_);
}

void Correction::persist(const core::Archive& archive, torch::Device device) {
  archive.alike("sums", sums_);
  archive.alike("n_features", n_features_);
  archive.alike("lacked", lacked_);
  archive.alike("left", left_);
  if (!archive.restores()) return;
  coefficients_ = torch::Tensor();
  if (!sums_.empty()) solve(device);
}

}  // namespace bimetal::surrogate
