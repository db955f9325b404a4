#include "surrogate/model.hpp"

#include <algorithm>
#include <limits>

#include "core/finite.hpp"

namespace bimetal::surrogate {
namespace {

// Rows per pass: enough that the two microseconds each tensor operation takes to start do not show (of 512 rows they
// are a tenth), few enough that the activations stay near the core.
constexpr std::int64_t chunk = 1024;
constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

Model::Model(const core::Signature& signature, const NetworkOptions& options)
    : scaling(signature, NullSpace(signature), options.knee),
      network(scaling.n_features(), scaling.n_targets(), options),
      difference(signature, scaling),
      x_(torch::empty({chunk, scaling.n_features()}, torch::kFloat32)) {}

void Model::take(const Model& other) {
  std::ranges::copy(other.network.weights(), network.weights().begin());
  scaling = other.scaling;
  difference = other.difference;
  familiarity = other.familiarity;
  version = other.version;
}

void Model::predict(core::ConstRows in, core::Rows out, std::span<Signals> signals) {
  const torch::InferenceMode inference;
  for (std::int64_t first = 0; first < in.size(); first += chunk) {
    const auto n = std::min(chunk, in.size() - first);
    scaling.features(in, first, n, x_.data_ptr<float>());
    const auto x = x_.narrow(0, 0, n);
    const auto answer = network.forward(x);
    const auto predicted_error = torch::pow(10.0, answer.log_error);
    const auto disagreement = difference(answer.z, answer.second);
    const auto distance = familiarity.distance(x);
    const float* z = answer.z.data_ptr<float>();
    for (std::int64_t i = 0; i < n; ++i) {
      const auto row = out[first + i];
      scaling.advance(in[first + i], z + i * scaling.n_targets(), row);
      signals[static_cast<std::size_t>(first + i)] =
          core::all_finite(row) ? Signals{predicted_error.data_ptr<float>()[i], disagreement.data_ptr<float>()[i],
                                          distance.data_ptr<float>()[i]}
                                : Signals{infinity, infinity, infinity};
    }
  }
}

}  // namespace bimetal::surrogate
