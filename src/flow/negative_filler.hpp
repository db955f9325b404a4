#pragma once

#include <petscvec.h>

#include "grid/structured_grid.hpp"
#include "petsc/handle.hpp"

namespace bimetal::flow {

/// Lifts the small negative partial densities that a scheme of second order leaves beside steep fronts back to zero,
/// by taking what is missing from the cell's neighbours, each according to what it has: the mass of every species,
/// and so of every element, is conserved to round-off, and nothing is moved farther than a cell a pass.
class NegativeFiller {
 public:
  struct Report {
    std::int64_t cells = 0;  // with a negative density, of this rank
    double largest = 0.0;    // magnitude as a mass fraction, of this rank
  };

  /// `grid`: T and rho Y_k in every cell; must outlive this object. Collective.
  explicit NegativeFiller(const grid::StructuredGrid& grid);

  /// state: T, rho Y_k. What is smaller than a mass fraction of `dust`, or still there after all passes, is cut off
  /// at the expense of the cell's most abundant species, which costs no mass and elements only by so much.
  /// Collective.
  Report fill(Vec state);

  static constexpr double dust = 1e-18;

 private:
  void pass(Vec state);

  const grid::StructuredGrid* grid_;
  petsc::Handle<Vec> ghosted_, moved_;
};

}  // namespace bimetal::flow
