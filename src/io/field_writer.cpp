#include "io/field_writer.hpp"

#include <utility>

#include "io/atomic_file.hpp"
#include "io/field_file.hpp"
#include "io/on_all_ranks.hpp"

namespace bimetal::io {

FieldWriter::FieldWriter(std::filesystem::path directory, const grid::Extents& extents, parallel::Communicator comm,
                         std::vector<Snapshot> existing)
    : directory_(std::move(directory)), extents_(extents), comm_(std::move(comm)), snapshots_(std::move(existing)) {}

void FieldWriter::write(std::int64_t step, double time, std::span<const CellField> fields) {
  write_field_file(directory_ / field_file_name(step), extents_, step, time, fields, comm_);

  Snapshot snapshot{step, time, {}};
  for (const auto& field : fields) snapshot.fields.push_back({field.name, field.scalar});
  std::erase_if(snapshots_, [&](const Snapshot& old) { return old.step >= step; });
  snapshots_.push_back(std::move(snapshot));

  on_all_ranks(comm_, [&] {
    if (comm_.is_root()) write_atomically(directory_ / "fields.xdmf", xdmf_document(extents_, snapshots_));
  });
}

}  // namespace bimetal::io
