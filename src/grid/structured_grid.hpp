#pragma once

#include <petscdmda.h>

#include "grid/extents.hpp"
#include "grid/options.hpp"
#include "parallel/communicator.hpp"
#include "petsc/handle.hpp"

namespace bimetal::grid {

/// Layers of ghost cells on both sides of an axis: what a second-order limited reconstruction looks at.
inline constexpr int halo_width = 2;

/// Where the owned cells lie in an array with ghosts. Axes beyond `dimensions` have no ghosts.
struct GhostedLayout {
  std::array<std::int64_t, 3> owned{1, 1, 1};
  std::array<std::int64_t, 3> width{0, 0, 0};   // ghost layers on each side
  std::array<std::int64_t, 3> stride{1, 1, 1};  // cells between neighbours along an axis

  /// Cell (i, j, k), counted from the first owned one; each from -width to owned + width - 1.
  std::int64_t index(std::int64_t i, std::int64_t j, std::int64_t k) const {
    return (i + width[0]) + stride[1] * (j + width[1]) + stride[2] * (k + width[2]);
  }
  std::int64_t n_cells() const { return stride[2] * (owned[2] + 2 * width[2]); }
};

/// Which ghosts of a grid are filled: those straight ahead along an axis, or edges and corners between neighbours
/// too.
enum class Stencil { star, box };

/// A structured grid distributed over ranks, and the vectors that live on it: `n_components` numbers a cell,
/// cell-major and component-minor, so that a global vector's local part is a table of rows, [n_owned,
/// n_components], x fastest (petsc::VecRows shows it). Wraps a PETSc DMDA. Edge and corner ghosts are only
/// filled with a box stencil, and never beyond an end that is not periodic.
class StructuredGrid {
 public:
  /// UserError, the same on every rank, if the options do not fit together or there are too few cells for the
  /// ranks (each needs halo_width cells along every axis). Collective.
  StructuredGrid(const GridOptions& options, int n_components, const parallel::Communicator& comm);

  /// The same cells on the same ranks with other numbers on them. Collective.
  StructuredGrid(const StructuredGrid& like, int n_components, Stencil stencil = Stencil::star);

  const Extents& extents() const { return extents_; }
  const GhostedLayout& layout() const { return layout_; }
  const parallel::Communicator& communicator() const { return comm_; }
  const Ends& boundary(int axis) const { return boundary_[static_cast<std::size_t>(axis)]; }
  bool periodic(int axis) const { return boundary(axis) == Boundary::periodic; }
  /// Whether any end is of this kind.
  bool has(Boundary kind) const;
  /// Whether nothing flows through any end.
  bool closed() const { return !has(Boundary::inflow) && !has(Boundary::outflow); }
  /// Whether this rank owns the cells at the lower (0) or upper (1) end of an axis, be it periodic or not.
  bool at_end(int axis, int end) const;
  int n_components() const { return n_components_; }

  petsc::Handle<Vec> create_global() const;  // owned cells. Collective.
  petsc::Handle<Vec> create_local() const;   // with ghosts, GhostedLayout. Local.

  /// Copies the owned cells of `global` into `local` and fills its ghosts: neighbours' cells, those of the other
  /// end of a periodic axis, and beyond any other end the cell next to it. Collective.
  void exchange_halo(Vec global, Vec local) const;

  DM dm() const { return dm_.get(); }

 private:
  void distribute();
  void fill_ghosts_beyond_ends(Vec local) const;

  parallel::Communicator comm_;
  std::array<Ends, 3> boundary_{Boundary::periodic, Boundary::periodic, Boundary::periodic};
  int n_components_;
  Stencil stencil_ = Stencil::star;
  Extents extents_;
  GhostedLayout layout_;
  petsc::Handle<DM> dm_;
};

}  // namespace bimetal::grid
