#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace bimetal::chemistry {

using Quartic = std::array<double, 5>;  // c0 + c1 x + c2 x^2 + c3 x^3 + c4 x^4

struct QuarticFit {
  Quartic quartic;
  double error;  // largest relative one at the points
};

/// The quartic with the least sum of squared relative errors against f, which must not be 0, at the points x. x and
/// f: [5 or more]; x about [-1, 1], for the sake of round-off. Local.
QuarticFit fit_quartic(std::span<const double> x, std::span<const double> f);

/// Many quartics of one variable, evaluated together. Coefficients of the same power stand side by side, so that
/// compilers make vector instructions of the loop.
class Quartics {
 public:
  /// n quartics, all zero.
  explicit Quartics(std::size_t n) : n_(n), coefficients_(std::tuple_size_v<Quartic> * n, 0.0) {}

  std::size_t size() const { return n_; }
  void set(std::size_t i, const Quartic& quartic);
  /// values: [size()] out. Local.
  void evaluate(double x, std::span<double> values) const;

 private:
  std::size_t n_;
  std::vector<double> coefficients_;  // [5, n]
};

}  // namespace bimetal::chemistry
