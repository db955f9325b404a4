#include "io/field_writer.hpp"

#include <utility>

#include "io/atomic_file.hpp"
#include "io/field_file.hpp"
#include "io/on_all_ranks.hpp"

namespace bimetal::io {

FieldWriter::FieldWriter(std::filesystem::path directory, const grid::Extents& extents, parallel::Communicator comm)
    : directory_(std::move(directory)), extents_(extents), comm_(std::move(comm)) {}

/// All snapshots of a run have the same fields.
void FieldWriter::persist(const core::Archive& archive) {
  std::vector<std::int64_t> steps;
  std::vector<double> times;
  std::string names;
  std::vector<std::uint8_t> scalars;
  for (const auto& snapshot : snapshots_) {
    steps.push_back(snapshot.step);
    times.push_back(snapshot.time);
  }
  if (!snapshots_.empty())
    for (const auto& field : snapshots_.back().fields) {
      names += field.name + "/";
      scalars.push_back(static_cast<std::uint8_t>(field.scalar));
    }
  archive.alike("steps", steps);
  archive.alike("times", times);
  archive.alike("names", names);
  archive.alike("scalars", scalars);
  if (!archive.restores()) return;
  std::vector<Snapshot::Field> fields;
  for (std::size_t start = 0; start < names.size() && fields.size() < scalars.size();) {
    const auto end = names.find('/', start);
    fields.push_back({names.substr(start, end - start), static_cast<Scalar>(scalars[fields.size()])});
    start = end + 1;
  }
  snapshots_.clear();
  for (std::size_t i = 0; i < steps.size(); ++i) snapshots_.push_back({steps[i], times.at(i), fields});
}

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
