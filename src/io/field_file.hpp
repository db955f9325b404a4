#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "grid/extents.hpp"
#include "io/cell_field.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::io {

/// Writes one snapshot:
///
///   /                  attributes time [s], step, dimensions, lower and upper corner of the grid [m]
///   /fields/<name>     [nz, ny, nx], one per field, its unit as an attribute
///   /VTKHDF            the same as an image, which VTK from 9.1 on opens by itself (see vtk_view.hpp)
///
/// Each rank writes the box of cells it owns, in collective transfers. The file appears under its name only when
/// it is complete. On trouble (full disk, missing directory) all ranks throw the same RuntimeFailure, and no part
/// is left behind. Collective.
void write_field_file(const std::filesystem::path& path, const grid::Extents& extents, std::int64_t step, double time,
                      std::span<const CellField> fields, const parallel::Communicator& comm);

}  // namespace bimetal::io
