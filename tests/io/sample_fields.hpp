#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "grid/extents.hpp"
#include "io/cell_field.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::test {

/// 7 x 5 x 3 cells, or the first row or layer of them, cut unevenly into boxes along x and y; of a single row some
/// ranks get nothing.
inline grid::Extents sample_extents(const parallel::Communicator& comm, int dimensions = 3) {
  grid::Extents extents;
  extents.dimensions = dimensions;
  extents.cells = {7, dimensions > 1 ? 5 : 1, dimensions > 2 ? 3 : 1};
  extents.lower = {0.25, -1.0, 0.0};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::array spacing{1.0, 0.5, 0.1};
    extents.upper[axis] = extents.lower[axis] + spacing[axis] * static_cast<double>(extents.cells[axis]);
  }
  extents.owned = extents.cells;
  const int columns = comm.size() % 2 == 0 ? 2 : 1;
  const std::array<int, 2> parts{columns, comm.size() / columns};
  const std::array<int, 2> mine{comm.rank() % columns, comm.rank() / columns};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const auto cut = [&](int part) { return extents.cells[axis] * part / parts[axis]; };
    extents.first[axis] = cut(mine[axis]);
    extents.owned[axis] = cut(mine[axis] + 1) - cut(mine[axis]);
  }
  return extents;
}

/// A cell's provenance, as the solver keeps it: an array of structures.
struct SampleProvenance {
  enum class Answerer : std::uint8_t { inert, physics, surrogate, audit };
  Answerer answerer;
  std::int32_t version;
  double score;
};

/// What the sample fields hold in the cell of global id `id`.
inline double sample_temperature(std::int64_t id) { return 300.0 + 1.5 * static_cast<double>(id); }
inline double sample_species(std::int64_t id) { return 1.0 / (1.0 + static_cast<double>(id)); }
inline int sample_answerer(std::int64_t id) { return static_cast<int>(id % 4); }
inline int sample_version(std::int64_t id) { return static_cast<int>(id) - 1; }
inline double sample_score(std::int64_t id) { return -0.5 * static_cast<double>(id); }

/// State rows [n_owned, 2] and provenance [n_owned], and fields that look into them.
class SampleFields {
 public:
  explicit SampleFields(const grid::Extents& extents) {
    for (std::int64_t k = 0; k < extents.owned[2]; ++k)
      for (std::int64_t j = 0; j < extents.owned[1]; ++j)
        for (std::int64_t i = 0; i < extents.owned[0]; ++i) {
          const auto id = extents.global_id(extents.first[0] + i, extents.first[1] + j, extents.first[2] + k);
          rows_.insert(rows_.end(), {sample_temperature(id), sample_species(id)});
          provenance_.push_back(
              {static_cast<SampleProvenance::Answerer>(sample_answerer(id)), sample_version(id), sample_score(id)});
        }
  }

  std::vector<io::CellField> fields() const {
    const std::span<const SampleProvenance> cells(provenance_);
    return {io::column("T", "K", rows_.data(), 2), io::column("Y_OH", "1", rows_.data() + 1, 2),
            io::member("answerer", "", cells, &SampleProvenance::answerer),
            io::member("version", "", cells, &SampleProvenance::version),
            io::member("score", "1", cells, &SampleProvenance::score)};
  }

 private:
  std::vector<double> rows_;
  std::vector<SampleProvenance> provenance_;
};

}  // namespace bimetal::test
