#pragma once

#include <cstddef>
#include <span>

namespace bimetal::subproblem {

enum class Evaluation { done, out_of_range };  // out_of_range: a smaller step may help

/// A stiff system dy/dt = f(y) as integrators see it. Called from C, hence noexcept.
class Ode {
 public:
  virtual ~Ode() = default;
  virtual std::size_t size() const noexcept = 0;
  /// y, f: [size].
  virtual Evaluation rates(std::span<const double> y, std::span<double> f) noexcept = 0;
  /// Rates and their Jacobian, which share most of the work. jacobian: [size * size], entry (i, j) = d f_i / d y_j at
  /// j * size + i (column-major).
  virtual Evaluation linearise(std::span<const double> y, std::span<double> f,
                               std::span<double> jacobian) noexcept = 0;
};

}  // namespace bimetal::subproblem
