#include "subproblem/element_closure.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"

namespace bimetal::subproblem {
namespace {

// Rounding of a sum of mass fractions: what cannot be improved on, and what counts as restored.
constexpr double round_off = 5e-16;
constexpr double restored = 1e-14;

bool present(const chemistry::Mechanism& mechanism, std::size_t e) {
  return std::any_of(mechanism.species.begin(), mechanism.species.end(),
                     [e](const chemistry::Species& species) { return species.atoms[e] != 0.0; });
}

}  // namespace

ElementClosure::ElementClosure(const chemistry::Mechanism& mechanism) {
  std::vector<std::size_t> rows;
  for (std::size_t e = 0; e < mechanism.n_elements(); ++e)
    if (present(mechanism, e)) rows.push_back(e);
  const std::size_t n = rows.size();
  elements_ = core::Matrix(n, mechanism.n_species());
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < mechanism.n_species(); ++k)
      elements_(i, k) = mechanism.element_mass_fraction(rows[i], k);
  system_ = core::Matrix(n, n);
  defect_.resize(n);
  scale_.resize(n);
}

bool ElementClosure::restore(std::span<const double> Y_in, std::span<double> Y) {
  EXPECT(Y_in.size() == elements_.cols && Y.size() == elements_.cols);
  for (double& y : Y) y = std::max(y, 0.0);
  // One correction does it unless it runs into a bound; the others polish round-off.
  constexpr int most = 8;
  double largest = find_defect(Y_in, Y);
  for (int i = 0; i < most && largest > round_off; ++i) {
    correct(Y);
    largest = find_defect(Y_in, Y);
  }
  return largest <= restored;
}

double ElementClosure::find_defect(std::span<const double> Y_in, std::span<const double> Y) {
  double largest = 0.0;
  for (std::size_t e = 0; e < elements_.rows; ++e) {
    double sum = 0.0;
    for (std::size_t k = 0; k < elements_.cols; ++k) sum += elements_(e, k) * (Y_in[k] - Y[k]);
    defect_[e] = sum;
    largest = std::max(largest, std::abs(sum));
  }
  return largest;
}

void ElementClosure::correct(std::span<double> Y) {
  const std::size_t n = elements_.rows;
  for (std::size_t e = 0; e < n; ++e)
    for (std::size_t f = 0; f <= e; ++f) {
      double sum = 0.0;
      for (std::size_t k = 0; k < elements_.cols; ++k) sum += elements_(e, k) * Y[k] * elements_(f, k);
      system_(e, f) = system_(f, e) = sum;
    }
  // An element there is a trace of must not look singular beside the others, hence the scaling. One there is nothing
  // of, or always in the same proportion to another, has a zero pivot, and solve_in_place leaves it out.
  for (std::size_t e = 0; e < n; ++e) scale_[e] = system_(e, e) > 0.0 ? 1.0 / std::sqrt(system_(e, e)) : 0.0;
  for (std::size_t e = 0; e < n; ++e) {
    defect_[e] *= scale_[e];
    for (std::size_t f = 0; f < n; ++f) system_(e, f) *= scale_[e] * scale_[f];
  }
  core::solve_in_place(system_, defect_);
  for (std::size_t k = 0; k < elements_.cols; ++k) {
    double factor = 1.0;
    for (std::size_t e = 0; e < n; ++e) factor += scale_[e] * defect_[e] * elements_(e, k);
    Y[k] *= std::max(factor, 0.0);
  }
}

}  // namespace bimetal::subproblem
