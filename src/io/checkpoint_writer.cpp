#include "io/checkpoint_writer.hpp"

#include <numeric>
#include <stdexcept>
#include <string>

#include "io/on_all_ranks.hpp"
#include "io/shared_file.hpp"

namespace bimetal::io {

using core::ArchiveEntry;
using core::NumberType;
using core::Spread;
using hdf5::check;

void CheckpointEstimate::save(const ArchiveEntry& entry, std::span<const std::byte> values) {
  constexpr std::int64_t headers = 1024;  // of two datasets, and their part of the groups
  const bool once = entry.spread == Spread::alike;
  of_all_ += headers + (once ? std::ssize(values) : 0);
  of_rank_ += (once ? 0 : std::ssize(values)) + static_cast<std::int64_t>(sizeof(std::int64_t));
}

std::vector<std::byte> CheckpointEstimate::restore(const ArchiveEntry&) {
  throw std::logic_error("a checkpoint is being estimated");
}

std::int64_t CheckpointEstimate::bytes(const parallel::Communicator& comm) const {
  constexpr std::int64_t file = 65536;  // whatever else HDF5 wants
  return file + of_all_ + comm.sum(of_rank_);
}

std::vector<std::byte> CheckpointWriter::restore(const ArchiveEntry&) {
  throw std::logic_error("a checkpoint is being written");
}

void CheckpointWriter::save(const ArchiveEntry& entry, std::span<const std::byte> values) {
  const auto n = static_cast<hsize_t>(std::ssize(values) / bytes_of(entry.type));
  const auto rank = static_cast<hsize_t>(comm_.rank()), n_ranks = static_cast<hsize_t>(comm_.size());
  switch (entry.spread) {
    case Spread::alike: write(entry.path, entry.type, {n}, {{0}, {comm_.is_root() ? n : 0}}, values.data()); break;
    case Spread::first: {
      // How many there are, only the first rank knows.
      const auto size = static_cast<hsize_t>(comm_.sum(comm_.is_root() ? static_cast<std::int64_t>(n) : 0));
      write(entry.path, entry.type, {size}, {{0}, {comm_.is_root() ? size : 0}}, values.data());
      break;
    }
    case Spread::sums:
    case Spread::maxima:
    case Spread::minima: write(entry.path, entry.type, {n_ranks, n}, {{rank, 0}, {1, n}}, values.data()); break;
    case Spread::rows: write_rows(entry, n, values.data()); break;
    case Spread::points: {
      const auto& points = entry.points;
      const auto width = static_cast<hsize_t>(entry.width);
      Shape whole = points_shape(points.total);
      DatasetPart part{points_shape(points.first), points_shape(points.count)};
      whole.push_back(width);
      part.start.push_back(0);
      part.count.push_back(width);
      write(entry.path, entry.type, whole, part, values.data());
    }
  }
}

void CheckpointWriter::write_rows(const ArchiveEntry& entry, hsize_t n_numbers, const std::byte* values) {
  const auto width = static_cast<hsize_t>(entry.width);
  const auto n_rows = static_cast<std::int64_t>(n_numbers / width);
  const auto counts = comm_.all_gather(n_rows);
  const auto before = std::reduce(counts.begin(), counts.begin() + comm_.rank(), std::int64_t{0});
  const auto total = std::reduce(counts.begin(), counts.end(), std::int64_t{0});
  write(entry.path, entry.type, {static_cast<hsize_t>(total), width},
        {{static_cast<hsize_t>(before), 0}, {static_cast<hsize_t>(n_rows), width}}, values);
  const auto rank = static_cast<hsize_t>(comm_.rank());
  write(entry.path + "_by_rank", NumberType::int64, {counts.size()}, {{rank}, {1}}, &n_rows);
}

/// One agreement per transfer: a rank that fails must not leave the others in the next one. Collective.
void CheckpointWriter::write(const std::string& path, NumberType type, const Shape& whole, const DatasetPart& part,
                             const void* values) {
  on_all_ranks(comm_, [&] {
    const std::string what = "write " + path;
    const hdf5::Properties creation(H5Pcreate(H5P_DATASET_CREATE), what);
    check(H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER), what);  // every value gets written
    const hdf5::Properties link(H5Pcreate(H5P_LINK_CREATE), what);
    check(H5Pset_create_intermediate_group(link.get(), 1), what);
    const auto in_file = select_in_file(whole, part, what);
    const hdf5::Dataset dataset(
        H5Dcreate2(file_, path.c_str(), stored_as(type), in_file.get(), link.get(), creation.get(), H5P_DEFAULT),
        what);
    check(H5Dwrite(dataset.get(), stored_as(type), select_in_memory(part, what).get(), in_file.get(),
                   collective_transfer(comm_).get(), values),
          what);
  });
}

}  // namespace bimetal::io
