#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/matrix.hpp"

namespace bimetal::core {

/// How a surrogate should look at a quantity; says what kind of number it is, not what to do with it.
enum class Nature {
  plain,
  temperature,
  mass_fraction,
  positive  // compared by ratios: a pressure, a time step
};

/// What a row is under, and has no successor, as far as whoever fills rows must know it.
enum class Condition { none, pressure, time_step };

/// One column of a question.
struct Input {
  std::string name;    // "T", "Y_OH"
  std::string unit;    // "K", "1"
  double scale = 1.0;  // what an error of 1 means, in `unit`; of a condition its nominal value
  Nature nature = Nature::plain;
  Condition condition = Condition::none;
};

/// The base of an output: the input that it continues, or zero if it continues none. in: [n_in].
inline double base_of(const std::optional<std::int64_t>& continues, std::span<const double> in) {
  return continues ? in[static_cast<std::size_t>(*continues)] : 0.0;
}

/// One column of an answer. A surrogate predicts by how much it differs from its base.
struct Output {
  std::string name;
  std::string unit;
  double scale = 1.0;                       // what an error of 1 means, in `unit`
  bool derived = false;                     // follows from the others (T from enthalpy); never predicted
  std::optional<std::int64_t> continues{};  // the input that is its base; without one its base is zero (a flux)
};

/// Rows are told apart by one input, so that rare ones are not forgotten: [from, to] is cut into equal strata, and
/// the outer ones hold what lies beyond.
struct Strata {
  std::int64_t input = 0;
  double from = 0.0, to = 1.0;  // in the input's unit, from < to
};

/// What may be handed over: the shape and meaning of a sub-problem's rows. Shared by physics, surrogate and
/// control, which is why it lives in core.
struct Signature {
  std::string kind;  // "reactor"
  std::vector<Input> inputs;
  std::vector<Output> outputs;
  Matrix invariants;               // [n_invariants, n_out]: rows a with a·(out - base) = 0 exactly
  std::optional<Strata> strata{};  // without them all rows are alike
  std::int64_t memory = 0;  // numbers that the reference solver keeps of a row from step to step; a surrogate sees none
  double dt = 0.0;          // the step all rows are advanced by, or its nominal value if it is an input [s]; 0: none
  std::string fingerprint;  // hash of mechanism, pressure, options: a surrogate of another one must not be used

  /// The input that is this condition, if there is one.
  std::optional<std::int64_t> column_of(Condition condition) const {
    for (std::size_t k = 0; k < inputs.size(); ++k)
      if (inputs[k].condition == condition) return static_cast<std::int64_t>(k);
    return std::nullopt;
  }
  /// The answer that changes nothing: [n_out].
  void copy_base(std::span<const double> in, std::span<double> out) const {
    for (std::size_t k = 0; k < outputs.size(); ++k) out[k] = base_of(outputs[k].continues, in);
  }
};

/// Outputs that continue the first inputs one by one.
inline std::vector<Output> continued(std::span<const Input> inputs) {
  std::vector<Output> outputs;
  for (const auto& input : inputs)
    outputs.push_back(
        {.name = input.name, .unit = input.unit, .scale = input.scale, .continues = std::ssize(outputs)});
  return outputs;
}

}  // namespace bimetal::core
