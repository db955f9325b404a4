#pragma once

#include <hdf5.h>

#include <span>
#include <string>

#include "grid/extents.hpp"

namespace bimetal::io {

/// Adds to a field file what makes it a VTKHDF file of type ImageData, version 1.0: the group /VTKHDF with its
/// attributes, and /VTKHDF/PointData/<name> for each dataset /fields/<name> of `names`, without a copy of the data.
///
/// The image's points are the cell centres, because VTK 9.1 cannot read cell data of an image (it asks for one value
/// too many along each axis; mended in 9.3). Nor does it survive an image that is flat along an axis, so an axis of
/// one cell gets two points, the faces of that cell, with the same value. Hard links serve where all axes have more
/// than one cell, virtual datasets that show the data repeatedly elsewhere.
/// Format: Kitware, VTK file formats, "VTKHDF file format". Collective over the ranks that share `file`.
void add_vtk_view(hid_t file, const grid::Extents& extents, std::span<const std::string> names);

}  // namespace bimetal::io
