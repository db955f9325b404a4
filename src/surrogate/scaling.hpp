#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/rows.hpp"
#include "core/signature.hpp"
#include "parallel/communicator.hpp"
#include "surrogate/null_space.hpp"

namespace bimetal::surrogate {

/// What the network sees and says, in numbers of order one.
///
/// Features by the nature of an input: a temperature gives T and 1000/T, a mass fraction (max(Y, 0) + r)^0.1 (a
/// Box-Cox transform that spreads the decades of radicals), a positive quantity its logarithm, a plain one itself;
/// each less its mean, over its standard deviation. The resolution r = `resolution`·scale hides what an answer may
/// get wrong: without it an error far below the tolerance, committed once, is a large change of the next step's
/// feature. Targets: z_j = asinh(u_j), u_j = xi_j / s_j, xi_j by how much the j-th free column of the null space
/// differs from its base, s_j = `knee`·scale_j: linear for changes below the knee, logarithmic above, so that one
/// network resolves changes over many decades; standardised.
class Scaling {
 public:
  /// knee, resolution: parts of a scale, > 0 and >= 0. Until fit() is called, means are zero and deviations one.
  /// Local.
  Scaling(const core::Signature& signature, const NullSpace& null_space, double knee, double resolution);

  /// Means and deviations over the given rows of all ranks. A deviation has a floor, so that a column which hardly
  /// varies yet, as long as nothing has ignited, does not throw the network off its range when it does.
  /// in: [n, n_in], out: [n, n_out]; some ranks may give none. Collective.
  void fit(core::ConstRows in, core::ConstRows out, const parallel::Communicator& comm);

  std::int64_t n_features() const { return static_cast<std::int64_t>(features_.size()); }
  std::int64_t n_targets() const { return null_space_.n_free(); }
  const NullSpace& null_space() const { return null_space_; }

  /// x: [n, n_features] of rows [first, first + n) of in. Local.
  void features(core::ConstRows in, std::int64_t first, std::int64_t n, float* x) const;
  /// u: [n_targets], by how much the free columns of an answer differ from their bases, in knees. Local.
  void increments(std::span<const double> in, std::span<const double> out, float* u) const;
  /// Inverse of increments(): out = base(in) + N·xi(u). A u that is not finite gives a row that is not finite. Local.
  void advance(std::span<const double> in, const float* u, std::span<double> out);

  /// u_j = sinh(mean_j + deviation_j·z_j), in knees: what a network needs to say the same in its own tensors.
  struct Target {
    std::int64_t column = 0;                // of the answer
    std::optional<std::int64_t> base = {};  // input; none: zero
    double knee = 1.0;                      // s_j, in the column's unit
    double mean = 0.0;
    double deviation = 1.0;

    /// u_j of an answer.
    double increment(std::span<const double> in, std::span<const double> out) const {
      return (out[static_cast<std::size_t>(column)] - core::base_of(base, in)) / knee;
    }
  };
  std::span<const Target> target_scales() const { return targets_; }  // [n_targets]

  /// Mean and deviation of every feature and target: what the network must be told when they change.
  struct Standard {
    double mean = 0.0;
    double deviation = 1.0;
  };
  std::vector<Standard> feature_standards() const;  // [n_features]
  std::vector<Standard> target_standards() const;   // [n_targets]
  /// Takes over what another one was fitted to. Local.
  void set_standards(std::span<const Standard> features, std::span<const Standard> targets);

  /// How a feature is made, in the words of a model file.
  struct FeatureScale {
    std::int64_t column = 0;  // of the inputs
    const char* transform = "";
    double resolution = 0.0;  // in the column's unit
    Standard standard;
  };
  std::vector<FeatureScale> feature_scales() const;  // [n_features]
  double knee() const { return knee_; }
  /// What the feature of an input does not resolve, in the input's unit; 0 unless it is a mass fraction. Local.
  double resolution(std::int64_t input) const;
  /// Takes the resolutions that a model file states, one a feature, in the columns' units. Local.
  void set_resolutions(std::span<const double> resolutions);
  static double exponent();  // of mass fractions
  std::int64_t n_inputs() const { return static_cast<std::int64_t>(natures_.size()); }

 private:
  enum class Transform { identity, inverse_temperature, power, logarithm };
  struct Feature {
    std::int64_t column = 0;
    Transform transform = Transform::identity;
    double resolution = 0.0;  // in the column's unit; of a power
    double mean = 0.0;
    double deviation = 1.0;
  };
  static double transformed(const Feature& feature, double value);
  double least_deviation(const Feature& feature, double mean) const;

  NullSpace null_space_;
  double knee_;
  std::vector<core::Nature> natures_;  // [n_in]
  std::vector<double> scales_;         // [n_in]
  std::vector<Feature> features_;
  std::vector<Target> targets_;
  std::vector<double> xi_;  // [n_targets], work space of advance()
};

}  // namespace bimetal::surrogate
