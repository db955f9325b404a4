#include "grid/face_grid.hpp"

#include <vector>

#include "core/error.hpp"
#include "parallel/mpi.hpp"
#include "petsc/error.hpp"

namespace bimetal::grid {
namespace {

/// Points of one axis: how many in all, and on each rank along it.
struct Axis {
  PetscInt n_points = 1;
  std::vector<PetscInt> owned;
  DMBoundaryType boundary = DM_BOUNDARY_GHOSTED;
};

std::array<Axis, 3> axes_of(const StructuredGrid& cells) {
  std::array<const PetscInt*, 3> owned{};
  std::array<PetscInt, 3> ranks{1, 1, 1};
  petsc::check(DMDAGetOwnershipRanges(cells.dm(), &owned[0], &owned[1], &owned[2]), "DMDAGetOwnershipRanges");
  petsc::check(DMDAGetInfo(cells.dm(), nullptr, nullptr, nullptr, nullptr, &ranks[0], &ranks[1], &ranks[2], nullptr,
                           nullptr, nullptr, nullptr, nullptr, nullptr),
               "DMDAGetInfo");
  std::array<Axis, 3> axes;
  for (int a = 0; a < cells.extents().dimensions; ++a) {
    const auto at = static_cast<std::size_t>(a);
    auto& axis = axes[at];
    axis.n_points = static_cast<PetscInt>(cells.extents().cells[at]);
    axis.owned.assign(owned[at], owned[at] + ranks[at]);
    if (cells.periodic(a)) {
      axis.boundary = DM_BOUNDARY_PERIODIC;
    } else {
      ++axis.n_points;
      ++axis.owned.back();
    }
  }
  return axes;
}

petsc::Handle<DM> create_dm(const StructuredGrid& cells, int n_components) {
  const auto axes = axes_of(cells);
  const auto& [x, y, z] = axes;
  const MPI_Comm mpi = parallel::native(cells.communicator());
  const auto n_ranks = [](const Axis& axis) { return static_cast<PetscInt>(axis.owned.size()); };
  petsc::Handle<DM> dm;
  switch (cells.extents().dimensions) {
    case 1:
      petsc::check(DMDACreate1d(mpi, x.boundary, x.n_points, n_components, halo_width, x.owned.data(), dm.put()),
                   "DMDACreate1d");
      break;
    case 2:
      petsc::check(DMDACreate2d(mpi, x.boundary, y.boundary, DMDA_STENCIL_BOX, x.n_points, y.n_points, n_ranks(x),
                                n_ranks(y), n_components, halo_width, x.owned.data(), y.owned.data(), dm.put()),
                   "DMDACreate2d");
      break;
    default:
      petsc::check(DMDACreate3d(mpi, x.boundary, y.boundary, z.boundary, DMDA_STENCIL_BOX, x.n_points, y.n_points,
                                z.n_points, n_ranks(x), n_ranks(y), n_ranks(z), n_components, halo_width,
                                x.owned.data(), y.owned.data(), z.owned.data(), dm.put()),
                   "DMDACreate3d");
  }
  petsc::check(DMSetUp(dm.get()), "DMSetUp");
  return dm;
}

}  // namespace

FaceGrid::FaceGrid(const StructuredGrid& cells, int n_components)
    : n_components_(n_components), layout_(cells.layout()), dm_(create_dm(cells, n_components)) {
  std::array<PetscInt, 3> first{}, owned{};
  petsc::check(DMDAGetCorners(dm_.get(), &first[0], &first[1], &first[2], &owned[0], &owned[1], &owned[2]),
               "DMDAGetCorners");
  points_ = cells.extents().points();
  for (std::size_t axis = 0; axis < 3; ++axis) {
    points_.count[axis] = owned[axis];
    const int a = static_cast<int>(axis);
    if (a < cells.extents().dimensions && !cells.periodic(a)) ++points_.total[axis];
    ENSURE(first[axis] == cells.extents().first[axis]);
    layout_.owned[axis] = owned[axis];
    if (axis > 0)
      layout_.stride[axis] = layout_.stride[axis - 1] * (layout_.owned[axis - 1] + 2 * layout_.width[axis - 1]);
  }
}

petsc::Handle<Vec> FaceGrid::create_global() const {
  petsc::Handle<Vec> vector;
  petsc::check(DMCreateGlobalVector(dm_.get(), vector.put()), "DMCreateGlobalVector");
  return vector;
}

petsc::Handle<Vec> FaceGrid::create_local() const {
  petsc::Handle<Vec> vector;
  petsc::check(DMCreateLocalVector(dm_.get(), vector.put()), "DMCreateLocalVector");
  return vector;
}

void FaceGrid::exchange_halo(Vec global, Vec local) const {
  petsc::check(DMGlobalToLocalBegin(dm_.get(), global, INSERT_VALUES, local), "DMGlobalToLocalBegin");
  petsc::check(DMGlobalToLocalEnd(dm_.get(), global, INSERT_VALUES, local), "DMGlobalToLocalEnd");
}

}  // namespace bimetal::grid
