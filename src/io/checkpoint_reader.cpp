#include "io/checkpoint_reader.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <stdexcept>
#include <string>

#include "core/error.hpp"
#include "io/on_all_ranks.hpp"
#include "io/shared_file.hpp"

namespace bimetal::io {

using core::ArchiveEntry;
using core::NumberType;
using core::Spread;
using hdf5::check;
using Bytes = std::vector<std::byte>;

namespace {

/// Whether what all ranks have saved becomes one value, if there are others now.
bool is_folded(Spread spread) {
  return spread == Spread::sums || spread == Spread::maxima || spread == Spread::minima;
}

Shape shape_of(const hdf5::Dataset& dataset, const std::string& what) {
  const hdf5::Dataspace space(H5Dget_space(dataset.get()), what);
  const int n = H5Sget_simple_extent_ndims(space.get());
  VALIDATE(n >= 0, "cannot {}: it has no shape", what);
  Shape shape(static_cast<std::size_t>(n));
  H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr);
  return shape;
}

}  // namespace

CheckpointReader::CheckpointReader(hid_t file, const parallel::Communicator& comm) : file_(file), comm_(comm) {
  std::int64_t n_saved = 0;
  const auto bytes = restore({ranks_name, Spread::alike, NumberType::int64, 1, {}});
  if (bytes.size() == sizeof n_saved) std::memcpy(&n_saved, bytes.data(), sizeof n_saved);
  VALIDATE(n_saved > 0, "it was saved by {} ranks", n_saved);
  n_saved_ = n_saved;
}

void CheckpointReader::save(const ArchiveEntry&, std::span<const std::byte>) {
  throw std::logic_error("a checkpoint is being read");
}

Bytes CheckpointReader::restore(const ArchiveEntry& entry) {
  Bytes values;
  on_all_ranks(comm_, [&] {
    const std::string what = "read " + entry.path;
    const hdf5::Dataset dataset(H5Dopen2(file_, entry.path.c_str(), H5P_DEFAULT), what);
    const auto whole = shape_of(dataset, what);
    const auto part = part_of_rank(entry, whole);
    // No memory for numbers that a file only claims to have.
    VALIDATE(H5Dget_storage_size(dataset.get()) == product(whole) * H5Tget_size(stored_as(entry.type)),
             "cannot read {}: it has other numbers than here", entry.path);
    values.resize(product(part.count) * static_cast<std::size_t>(bytes_of(entry.type)));
    read(dataset, entry.type, whole, part, values.data(), what);
  });
  if (is_folded(entry.spread)) fold(entry, values);
  return values;
}

void CheckpointReader::read(const hdf5::Dataset& dataset, NumberType type, const Shape& whole,
                            const DatasetPart& part, void* values, const std::string& what) const {
  const auto in_file = select_in_file(whole, part, what);
  check(H5Dread(dataset.get(), stored_as(type), select_in_memory(part, what).get(), in_file.get(),
                collective_transfer(comm_).get(), values),
        what);
}

/// What this rank reads of a dataset: of what is folded, everything.
DatasetPart CheckpointReader::part_of_rank(const ArchiveEntry& entry, const Shape& whole) const {
  const auto expect = [&](bool fits) {
    VALIDATE(fits, "cannot read {}: it has another shape than here", entry.path);
  };
  DatasetPart part{Shape(whole.size(), 0), whole};
  switch (entry.spread) {
    case Spread::alike: expect(whole.size() == 1); break;
    case Spread::first:
      expect(whole.size() == 1);
      if (!comm_.is_root()) part.count[0] = 0;
      break;
    case Spread::sums:
    case Spread::maxima:
    case Spread::minima:
      expect(whole.size() == 2 && whole[0] > 0 && (n_saved_ == 0 || whole[0] == static_cast<hsize_t>(n_saved_)));
      break;
    case Spread::rows: {
      expect(whole.size() == 2 && whole[1] == static_cast<hsize_t>(entry.width));
      const auto [first, count] = rows_of_rank(entry, whole[0]);
      part.start[0] = first;
      part.count[0] = count;
      break;
    }
    case Spread::points: {
      auto expected = points_shape(entry.points.total);
      expected.push_back(static_cast<hsize_t>(entry.width));
      expect(whole == expected);
      part = {points_shape(entry.points.first), points_shape(entry.points.count)};
      part.start.push_back(0);
      part.count.push_back(static_cast<hsize_t>(entry.width));
    }
  }
  return part;
}

/// First row and number of rows: those it has saved, or an even share.
std::pair<hsize_t, hsize_t> CheckpointReader::rows_of_rank(const ArchiveEntry& entry, hsize_t total) const {
  const auto rank = static_cast<hsize_t>(comm_.rank()), n_ranks = static_cast<hsize_t>(comm_.size());
  if (!same_ranks()) {
    const hsize_t first = total * rank / n_ranks;
    return {first, total * (rank + 1) / n_ranks - first};
  }
  const std::string path = entry.path + "_by_rank", what = "read " + path;
  const hdf5::Dataset dataset(H5Dopen2(file_, path.c_str(), H5P_DEFAULT), what);
  const auto whole = shape_of(dataset, what);
  VALIDATE(whole == Shape{n_ranks}, "cannot {}: it has another shape than here", what);
  std::vector<std::int64_t> counts(n_ranks);
  read(dataset, NumberType::int64, whole, {{0}, whole}, counts.data(), what);
  const auto before = counts.begin() + comm_.rank();
  const auto first = static_cast<hsize_t>(std::reduce(counts.begin(), before, std::int64_t{0}));
  const auto count = static_cast<hsize_t>(*before);
  VALIDATE(first <= total && count <= total - first, "cannot {}: its counts do not fit", what);
  return {first, count};
}

template <class T>
void CheckpointReader::fold(Spread spread, Bytes& values) const {
  const auto n_ranks = static_cast<std::size_t>(n_saved_), n = values.size() / sizeof(T) / n_ranks;
  std::vector<T> all(values.size() / sizeof(T));
  if (!all.empty()) std::memcpy(all.data(), values.data(), values.size());
  std::vector<T> own(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n));
  if (same_ranks()) {
    std::copy_n(all.begin() + comm_.rank() * static_cast<std::ptrdiff_t>(n), n, own.begin());
  } else {
    for (std::size_t i = n; i < all.size(); ++i) {
      T& value = own[i % n];
      if (spread == Spread::sums) value = static_cast<T>(value + all[i]);
      if (spread == Spread::maxima) value = std::max(value, all[i]);
      if (spread == Spread::minima) value = std::min(value, all[i]);
    }
    if (spread == Spread::sums && !comm_.is_root()) std::ranges::fill(own, T{0});
  }
  values.resize(own.size() * sizeof(T));
  if (!own.empty()) std::memcpy(values.data(), own.data(), values.size());
}

/// From the values of all ranks that saved, [n_saved, n], to those of this one.
void CheckpointReader::fold(const ArchiveEntry& entry, Bytes& values) const {
  switch (entry.type) {
    case NumberType::float64: return fold<double>(entry.spread, values);
    case NumberType::float32: return fold<float>(entry.spread, values);
    case NumberType::int64: return fold<std::int64_t>(entry.spread, values);
    case NumberType::uint64: return fold<std::uint64_t>(entry.spread, values);
    case NumberType::int32: return fold<std::int32_t>(entry.spread, values);
    case NumberType::uint8: return fold<std::uint8_t>(entry.spread, values);
  }
}

}  // namespace bimetal::io
