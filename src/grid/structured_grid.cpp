#include "grid/structured_grid.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "core/error.hpp"
#include "grid/partition.hpp"
#include "parallel/mpi.hpp"
#include "petsc/error.hpp"
#include "petsc/rows.hpp"

namespace bimetal::grid {
namespace {

void check_options(const GridOptions& options, int n_components) {
  const std::size_t n = options.cells.size();
  if (n < 1 || n > 3) throw core::UserError::format("The grid has {} axes, but must have 1, 2 or 3.", n);
  if (options.lower.size() != n || options.upper.size() != n || options.boundary.size() != n)
    throw core::UserError::format(
        "The grid has {} axes by its cells, but {} lower and {} upper ends and {} boundaries; give one of each per "
        "axis.",
        n, options.lower.size(), options.upper.size(), options.boundary.size());
  double n_values = n_components;
  for (std::size_t axis = 0; axis < n; ++axis) {
    const char name = "xyz"[axis];
    if (options.cells[axis] < halo_width)
      throw core::UserError::format(
          "The grid has {} cells along {}, but needs at least {}; drop the axis or refine it.", options.cells[axis],
          name, halo_width);
    if (!(options.upper[axis] > options.lower[axis]))
      throw core::UserError::format("The grid reaches along {} from {} m to {} m, but its upper end must be above.",
                                    name, options.lower[axis], options.upper[axis]);
    const Ends& ends = options.boundary[axis];
    if (ends.has(Boundary::periodic) && ends.lower != ends.upper)
      throw core::UserError::format("The grid is periodic along {} at one end only; make it so at both or at none.",
                                    name);
    n_values *= static_cast<double>(options.cells[axis]);
  }
  if (n_values > static_cast<double>(std::numeric_limits<PetscInt>::max()))
    throw core::UserError::format(
        "The grid of {} cells with {} numbers each has more entries than this PETSc can count ({}); build PETSc with "
        "64-bit indices.",
        fmt::join(options.cells, " x "), n_components, std::numeric_limits<PetscInt>::max());
}

Extents global_extents(const GridOptions& options) {
  Extents extents;
  extents.dimensions = static_cast<int>(options.cells.size());
  std::copy(options.cells.begin(), options.cells.end(), extents.cells.begin());
  std::copy(options.lower.begin(), options.lower.end(), extents.lower.begin());
  std::copy(options.upper.begin(), options.upper.end(), extents.upper.begin());
  for (std::size_t axis = options.cells.size(); axis < 3; ++axis) extents.upper[axis] = extents.spacing(0);
  return extents;
}

Partition partition_or_refuse(const Extents& extents, int n_ranks) {
  if (const auto cut = partition(extents.cells, extents.dimensions, n_ranks, halo_width)) return *cut;
  throw core::UserError::format(
      "The grid of {} cells is too small for {} ranks, as each needs at least {} cells along every axis; use fewer "
      "ranks (at most {}, in a number that divides into the axes) or more cells.",
      fmt::join(extents.cells.begin(), extents.cells.begin() + extents.dimensions, " x "), n_ranks, halo_width,
      max_ranks(extents.cells, extents.dimensions, halo_width));
}

DMBoundaryType boundary_type(const Ends& ends) {
  return ends == Boundary::periodic ? DM_BOUNDARY_PERIODIC : DM_BOUNDARY_GHOSTED;
}

petsc::Handle<DM> create_dm(const Extents& extents, const std::array<Ends, 3>& boundary, int n_components,
                            Stencil stencil, const parallel::Communicator& comm) {
  const Partition cut = partition_or_refuse(extents, comm.size());
  const auto cells = [&](std::size_t axis) { return static_cast<PetscInt>(extents.cells[axis]); };
  const MPI_Comm mpi = parallel::native(comm);
  const DMDAStencilType type = stencil == Stencil::box ? DMDA_STENCIL_BOX : DMDA_STENCIL_STAR;
  petsc::Handle<DM> dm;
  switch (extents.dimensions) {
    case 1:
      petsc::check(
          DMDACreate1d(mpi, boundary_type(boundary[0]), cells(0), n_components, halo_width, nullptr, dm.put()),
          "DMDACreate1d");
      break;
    case 2:
      petsc::check(DMDACreate2d(mpi, boundary_type(boundary[0]), boundary_type(boundary[1]), type, cells(0), cells(1),
                                cut[0], cut[1], n_components, halo_width, nullptr, nullptr, dm.put()),
                   "DMDACreate2d");
      break;
    default:
      petsc::check(DMDACreate3d(mpi, boundary_type(boundary[0]), boundary_type(boundary[1]),
                                boundary_type(boundary[2]), type, cells(0), cells(1), cells(2), cut[0], cut[1],
                                cut[2], n_components, halo_width, nullptr, nullptr, nullptr, dm.put()),
                   "DMDACreate3d");
  }
  petsc::check(DMSetUp(dm.get()), "DMSetUp");
  return dm;
}

}  // namespace

StructuredGrid::StructuredGrid(const GridOptions& options, int n_components, const parallel::Communicator& comm)
    : comm_(comm), n_components_(n_components) {
  EXPECT(n_components >= 1);
  check_options(options, n_components);
  std::copy(options.boundary.begin(), options.boundary.end(), boundary_.begin());
  extents_ = global_extents(options);
  distribute();
}

StructuredGrid::StructuredGrid(const StructuredGrid& like, int n_components, Stencil stencil)
    : comm_(like.comm_),
      boundary_(like.boundary_),
      n_components_(n_components),
      stencil_(stencil),
      extents_(like.extents_) {
  EXPECT(n_components >= 1);
  distribute();
}

/// Creates the DMDA and finds out which cells are this rank's.
void StructuredGrid::distribute() {
  dm_ = create_dm(extents_, boundary_, n_components_, stencil_, comm_);
  std::array<PetscInt, 3> first{}, owned{};
  petsc::check(DMDAGetCorners(dm(), &first[0], &first[1], &first[2], &owned[0], &owned[1], &owned[2]),
               "DMDAGetCorners");
  std::copy(first.begin(), first.end(), extents_.first.begin());
  std::copy(owned.begin(), owned.end(), extents_.owned.begin());
  layout_.owned = extents_.owned;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    layout_.width[axis] = static_cast<int>(axis) < extents_.dimensions ? halo_width : 0;
    if (axis > 0)
      layout_.stride[axis] = layout_.stride[axis - 1] * (layout_.owned[axis - 1] + 2 * layout_.width[axis - 1]);
  }
}

bool StructuredGrid::has(Boundary kind) const {
  return std::any_of(boundary_.begin(), boundary_.begin() + extents_.dimensions,
                     [kind](const Ends& ends) { return ends.has(kind); });
}

bool StructuredGrid::at_end(int axis, int end) const {
  const auto a = static_cast<std::size_t>(axis);
  return end == 0 ? extents_.first[a] == 0 : extents_.first[a] + extents_.owned[a] == extents_.cells[a];
}

petsc::Handle<Vec> StructuredGrid::create_global() const {
  petsc::Handle<Vec> vector;
  petsc::check(DMCreateGlobalVector(dm(), vector.put()), "DMCreateGlobalVector");
  return vector;
}

petsc::Handle<Vec> StructuredGrid::create_local() const {
  petsc::Handle<Vec> vector;
  petsc::check(DMCreateLocalVector(dm(), vector.put()), "DMCreateLocalVector");
  return vector;
}

void StructuredGrid::exchange_halo(Vec global, Vec local) const {
  petsc::check(DMGlobalToLocalBegin(dm(), global, INSERT_VALUES, local), "DMGlobalToLocalBegin");
  petsc::check(DMGlobalToLocalEnd(dm(), global, INSERT_VALUES, local), "DMGlobalToLocalEnd");
  fill_ghosts_beyond_ends(local);
}

void StructuredGrid::fill_ghosts_beyond_ends(Vec local) const {
  const petsc::VecRows view(local, n_components_);
  const core::Rows cells = view.rows();
  const auto fill_beyond = [&](std::size_t axis, std::int64_t nearest, std::int64_t outward) {
    const std::size_t u = (axis + 1) % 3, v = (axis + 2) % 3;
    std::array<std::int64_t, 3> at{};
    for (at[v] = 0; at[v] < layout_.owned[v]; ++at[v])
      for (at[u] = 0; at[u] < layout_.owned[u]; ++at[u]) {
        at[axis] = nearest;
        const std::int64_t inner = layout_.index(at[0], at[1], at[2]);
        for (int layer = 1; layer <= halo_width; ++layer)
          std::ranges::copy(cells[inner], cells[inner + outward * layer * layout_.stride[axis]].begin());
      }
  };
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(extents_.dimensions); ++axis) {
    if (periodic(static_cast<int>(axis))) continue;
    if (at_end(static_cast<int>(axis), 0)) fill_beyond(axis, 0, -1);
    if (at_end(static_cast<int>(axis), 1)) fill_beyond(axis, layout_.owned[axis] - 1, +1);
  }
}

}  // namespace bimetal::grid
