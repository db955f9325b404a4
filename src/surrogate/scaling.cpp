#include "surrogate/scaling.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.hpp"

namespace bimetal::surrogate {
namespace {

constexpr double mass_fraction_exponent = 0.1;

// Floors of the deviations, all small against what the columns span in a flame.
constexpr double least_temperature = 100.0;        // [K]
constexpr double least_inverse_temperature = 0.1;  // [1000/K]
constexpr double least_power = 0.02;               // of Y^0.1
constexpr double least_target = 0.01;              // of asinh(xi / knee): a hundredth of a knee
constexpr double least_part_of_mean = 1e-3;        // plain columns: the larger of this part of the mean
constexpr double least_part_of_scale = 1e-2;       // and this part of the scale, so that round-off is not amplified

// And that of ln p and ln dt. The pressure of a closed box, or a step, stays constant to round-off for a while and
// then changes by a factor. Of two, it makes a feature of 7, which a network survives until it has learned from it;
// with a much smaller floor a change of a per cent would already be far more than anything it has seen.
constexpr double least_logarithm = 0.1;

/// Mean and deviation of each column from sums over all ranks.
struct Moments {
  explicit Moments(std::size_t n) : mean(n, 0.0), deviation(n, 1.0) {}
  std::vector<double> mean;
  std::vector<double> deviation;
};

/// `visit(i, values)` fills the columns of row i. Two passes, so that the variance of a column with a large mean
/// (a temperature) is not lost to cancellation. Collective.
template <class Visit>
Moments moments(std::int64_t n_rows, std::size_t n_columns, const parallel::Communicator& comm, Visit&& visit) {
  Moments result(n_columns);
  const auto n_total = static_cast<double>(comm.sum(n_rows));
  if (n_total == 0.0) return result;
  std::vector<double> values(n_columns, 0.0);

  std::vector<double> sums(n_columns, 0.0);
  for (std::int64_t i = 0; i < n_rows; ++i) {
    visit(i, values);
    for (std::size_t k = 0; k < n_columns; ++k) sums[k] += values[k];
  }
  comm.sum_in_place(std::span<double>(sums));
  for (std::size_t k = 0; k < n_columns; ++k) result.mean[k] = sums[k] / n_total;

  std::fill(sums.begin(), sums.end(), 0.0);
  for (std::int64_t i = 0; i < n_rows; ++i) {
    visit(i, values);
    for (std::size_t k = 0; k < n_columns; ++k) {
      const double off = values[k] - result.mean[k];
      sums[k] += off * off;
    }
  }
  comm.sum_in_place(std::span<double>(sums));
  for (std::size_t k = 0; k < n_columns; ++k) {
    result.deviation[k] = std::sqrt(sums[k] / n_total);
  }
  return result;
}

}  // namespace

Scaling::Scaling(const core::Signature& signature, const NullSpace& null_space, double knee, double resolution)
    : null_space_(null_space), knee_(knee), xi_(static_cast<std::size_t>(null_space.n_free())) {
  EXPECT(knee > 0.0 && resolution >= 0.0);
  for (std::size_t k = 0; k < signature.inputs.size(); ++k) {
    const auto column = static_cast<std::int64_t>(k);
    natures_.push_back(signature.inputs[k].nature);
    scales_.push_back(signature.inputs[k].scale);
    switch (signature.inputs[k].nature) {
      case core::Nature::temperature:
        features_.push_back({column, Transform::identity});
        features_.push_back({column, Transform::inverse_temperature});
        break;
      case core::Nature::mass_fraction:
        features_.push_back({column, Transform::power, resolution * signature.inputs[k].scale});
        break;
      case core::Nature::positive: features_.push_back({column, Transform::logarithm}); break;
      case core::Nature::plain: features_.push_back({column, Transform::identity}); break;
    }
  }
  for (const auto column : null_space_.free_columns()) {
    const auto& output = signature.outputs[static_cast<std::size_t>(column)];
    targets_.push_back({column, output.continues, knee * output.scale});
  }
}

double Scaling::transformed(const Feature& feature, double value) {
  switch (feature.transform) {
    case Transform::inverse_temperature: return 1000.0 / value;
    case Transform::power:
      return std::exp(mass_fraction_exponent * std::log(std::max(value, 0.0) + feature.resolution));
    case Transform::logarithm:  // finite; physics reports what is not positive
      return std::log(std::max(value, std::numeric_limits<double>::min()));
    case Transform::identity: break;
  }
  return value;
}

void Scaling::fit(core::ConstRows in, core::ConstRows out, const parallel::Communicator& comm) {
  const auto seen = moments(in.size(), features_.size(), comm, [&](std::int64_t i, std::vector<double>& x) {
    for (std::size_t f = 0; f < features_.size(); ++f)
      x[f] = transformed(features_[f], in[i][static_cast<std::size_t>(features_[f].column)]);
  });
  const auto said = moments(in.size(), targets_.size(), comm, [&](std::int64_t i, std::vector<double>& z) {
    for (std::size_t j = 0; j < targets_.size(); ++j) z[j] = std::asinh(targets_[j].increment(in[i], out[i]));
  });
  for (std::size_t f = 0; f < features_.size(); ++f) {
    features_[f].mean = seen.mean[f];
    features_[f].deviation = std::max(seen.deviation[f], least_deviation(features_[f], seen.mean[f]));
  }
  for (std::size_t j = 0; j < targets_.size(); ++j) {
    targets_[j].mean = said.mean[j];
    targets_[j].deviation = std::max(said.deviation[j], least_target);
  }
}

double Scaling::least_deviation(const Feature& feature, double mean) const {
  switch (feature.transform) {
    case Transform::inverse_temperature: return least_inverse_temperature;
    case Transform::power: return least_power;
    case Transform::logarithm: return least_logarithm;
    case Transform::identity: break;
  }
  const auto column = static_cast<std::size_t>(feature.column);
  if (natures_[column] == core::Nature::temperature) return least_temperature;
  return std::max(least_part_of_mean * std::abs(mean), least_part_of_scale * scales_[column]);
}

std::vector<Scaling::Standard> Scaling::feature_standards() const {
  std::vector<Standard> standards;
  for (const auto& feature : features_) standards.push_back({feature.mean, feature.deviation});
  return standards;
}

std::vector<Scaling::Standard> Scaling::target_standards() const {
  std::vector<Standard> standards;
  for (const auto& target : targets_) standards.push_back({target.mean, target.deviation});
  return standards;
}

void Scaling::set_standards(std::span<const Standard> features, std::span<const Standard> targets) {
  EXPECT(features.size() == features_.size() && targets.size() == targets_.size());
  for (std::size_t f = 0; f < features.size(); ++f) {
    features_[f].mean = features[f].mean;
    features_[f].deviation = features[f].deviation;
  }
  for (std::size_t j = 0; j < targets.size(); ++j) {
    targets_[j].mean = targets[j].mean;
    targets_[j].deviation = targets[j].deviation;
  }
}

std::vector<Scaling::FeatureScale> Scaling::feature_scales() const {
  const auto name_of = [](Transform transform) {
    switch (transform) {
      case Transform::inverse_temperature: return "inverse_temperature";
      case Transform::power: return "power";
      case Transform::logarithm: return "logarithm";
      case Transform::identity: break;
    }
    return "identity";
  };
  std::vector<FeatureScale> scales;
  for (const auto& feature : features_)
    scales.push_back(
        {feature.column, name_of(feature.transform), feature.resolution, {feature.mean, feature.deviation}});
  return scales;
}

double Scaling::resolution(std::int64_t input) const {
  return std::ranges::find(features_, input, &Feature::column)->resolution;
}

void Scaling::set_resolutions(std::span<const double> resolutions) {
  EXPECT(resolutions.size() == features_.size());
  for (std::size_t f = 0; f < features_.size(); ++f) features_[f].resolution = resolutions[f];
}

double Scaling::exponent() { return mass_fraction_exponent; }

void Scaling::features(core::ConstRows in, std::int64_t first, std::int64_t n, float* x) const {
  const auto width = features_.size();
  // Column by column: one transform in the inner loop.
  for (std::size_t f = 0; f < width; ++f) {
    const auto& feature = features_[f];
    const double inverse = 1.0 / feature.deviation;
    const double* value = in.data() + first * in.width() + feature.column;
    float* to = x + f;
    for (std::int64_t i = 0; i < n; ++i, value += in.width(), to += width)
      *to = static_cast<float>((transformed(feature, *value) - feature.mean) * inverse);
  }
}

void Scaling::increments(std::span<const double> in, std::span<const double> out, float* u) const {
  for (std::size_t j = 0; j < targets_.size(); ++j) u[j] = static_cast<float>(targets_[j].increment(in, out));
}

void Scaling::advance(std::span<const double> in, const float* u, std::span<double> out) {
  for (std::size_t j = 0; j < targets_.size(); ++j) xi_[j] = targets_[j].knee * static_cast<double>(u[j]);
  null_space_.advance(in, xi_, out);
}

}  // namespace bimetal::surrogate
