#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "grid/extents.hpp"
#include "io/cell_field.hpp"

namespace bimetal::io {

/// The name of the field file of a step, "fields_000042.h5".
std::string field_file_name(std::int64_t step);

/// What XDMF needs to know of a field file to describe it.
struct Snapshot {
  struct Field {
    std::string name;
    Scalar scalar = Scalar::float64;
  };
  std::int64_t step = 0;
  double time = 0.0;  // [s]
  std::vector<Field> fields;
};

/// An XDMF 3 document: the snapshots as a series in time over one image, pointing into their field files, which
/// lie beside it. Axes in the order z, y, x throughout, as XDMF wants them. Local.
std::string xdmf_document(const grid::Extents& extents, std::span<const Snapshot> snapshots);

}  // namespace bimetal::io
