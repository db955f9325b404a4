#include "io/checkpoint.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <numeric>
#include <string>
#include <system_error>
#include <vector>

#include "core/error.hpp"
#include "io/atomic_file.hpp"
#include "io/hdf5.hpp"
#include "io/on_all_ranks.hpp"
#include "io/seal.hpp"
#include "io/shared_file.hpp"

namespace bimetal::io {
namespace {

using core::ArchiveEntry;
using core::NumberType;
using core::Spread;
using hdf5::check;
using Bytes = std::vector<std::byte>;
using Shape = std::vector<hsize_t>;

constexpr const char* ranks_name = "ranks";  // how many have saved

hid_t stored_as(NumberType type) {
  switch (type) {
    case NumberType::float64: return H5T_NATIVE_DOUBLE;
    case NumberType::float32: return H5T_NATIVE_FLOAT;
    case NumberType::int64: return H5T_NATIVE_INT64;
    case NumberType::uint64: return H5T_NATIVE_UINT64;
    case NumberType::int32: return H5T_NATIVE_INT32;
    case NumberType::uint8: return H5T_NATIVE_UINT8;
  }
  throw std::logic_error("no such type of number");
}

std::int64_t bytes_of(NumberType type) { return static_cast<std::int64_t>(H5Tget_size(stored_as(type))); }

hsize_t product(const Shape& shape) { return std::reduce(shape.begin(), shape.end(), hsize_t{1}, std::multiplies()); }

/// A rectangular part of a dataset.
struct Part {
  Shape start, count;
};

Shape points_shape(const std::array<std::int64_t, 3>& xyz) {
  return {static_cast<hsize_t>(xyz[2]), static_cast<hsize_t>(xyz[1]), static_cast<hsize_t>(xyz[0])};
}

hdf5::Dataspace select(const Shape& whole, const Part& part, const std::string& what) {
  hdf5::Dataspace space(H5Screate_simple(static_cast<int>(whole.size()), whole.data(), nullptr), what);
  if (product(part.count) > 0)
    check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, part.start.data(), nullptr, part.count.data(), nullptr),
          what);
  else  // still takes part in the collective transfer
    check(H5Sselect_none(space.get()), what);
  return space;
}

hdf5::Dataspace in_memory(const Part& part, const std::string& what) {
  const hsize_t n = product(part.count);
  hdf5::Dataspace space(H5Screate_simple(1, &n, nullptr), what);
  if (n == 0) check(H5Sselect_none(space.get()), what);
  return space;
}

/// What a file with these entries needs at most [bytes].
class Estimate : public core::ArchiveMedium {
 public:
  bool restores() const override { return false; }
  bool same_ranks() const override { return true; }
  void save(const ArchiveEntry& entry, std::span<const std::byte> values) override {
    constexpr std::int64_t header = 1024;  // two datasets and their part of the groups
    own_ += std::ssize(values) + static_cast<std::int64_t>(sizeof(std::int64_t));
    all_ += header + (entry.spread == Spread::alike ? std::ssize(values) : 0);
    if (entry.spread == Spread::alike) own_ -= std::ssize(values);
  }
  Bytes restore(const ArchiveEntry&) override { return {}; }

  std::int64_t bytes(const parallel::Communicator& comm) const { return 65536 + all_ + comm.sum(own_); }

 private:
  std::int64_t own_ = 0, all_ = 0;
};

class Writer : public core::ArchiveMedium {
 public:
  Writer(hid_t file, const parallel::Communicator& comm) : file_(file), comm_(comm) {}
  bool restores() const override { return false; }
  bool same_ranks() const override { return true; }
  Bytes restore(const ArchiveEntry&) override { throw std::logic_error("a checkpoint is being written"); }

  void save(const ArchiveEntry& entry, std::span<const std::byte> values) override {
    const auto n = static_cast<hsize_t>(std::ssize(values) / bytes_of(entry.type));
    const auto rank = static_cast<hsize_t>(comm_.rank()), n_ranks = static_cast<hsize_t>(comm_.size());
    switch (entry.spread) {
      case Spread::alike:
        write(entry.path, entry.type, {n}, {{0}, {comm_.is_root() ? n : 0}}, values.data());
        break;
      case Spread::first: {
        // How many there are, only the first rank knows.
        const auto size = static_cast<hsize_t>(comm_.sum(comm_.is_root() ? static_cast<std::int64_t>(n) : 0));
        write(entry.path, entry.type, {size}, {{0}, {comm_.is_root() ? size : 0}}, values.data());
        break;
      }
      case Spread::sums:
      case Spread::maxima:
      case Spread::minima:
        write(entry.path, entry.type, {n_ranks, n}, {{rank, 0}, {1, n}}, values.data());
        break;
      case Spread::rows: write_rows(entry, n, values.data()); break;
      case Spread::points: {
        const auto& points = entry.points;
        const auto width = static_cast<hsize_t>(entry.width);
        Shape whole = points_shape(points.total);
        Part part{points_shape(points.first), points_shape(points.count)};
        whole.push_back(width);
        part.start.push_back(0);
        part.count.push_back(width);
        write(entry.path, entry.type, whole, part, values.data());
      }
    }
  }

 private:
  void write_rows(const ArchiveEntry& entry, hsize_t n_numbers, const std::byte* values) {
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
  void write(const std::string& path, NumberType type, const Shape& whole, const Part& part, const void* values) {
    on_all_ranks(comm_, [&] {
      const std::string what = "write " + path;
      const hdf5::Properties creation(H5Pcreate(H5P_DATASET_CREATE), what);
      check(H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER), what);  // every value gets written
      const hdf5::Properties link(H5Pcreate(H5P_LINK_CREATE), what);
      check(H5Pset_create_intermediate_group(link.get(), 1), what);
      const auto in_file = select(whole, part, what);
      const hdf5::Dataset dataset(H5Dcreate2(file_, path.c_str(), stored_as(type), in_file.get(), link.get(),
                                             creation.get(), H5P_DEFAULT),
                                  what);
      check(H5Dwrite(dataset.get(), stored_as(type), in_memory(part, what).get(), in_file.get(),
                     collective_transfer(comm_).get(), values),
            what);
    });
  }

  hid_t file_;
  parallel::Communicator comm_;
};

class Reader : public core::ArchiveMedium {
 public:
  Reader(hid_t file, const parallel::Communicator& comm) : file_(file), comm_(comm) {
    std::int64_t n_saved = 0;
    const auto bytes = restore({ranks_name, Spread::alike, NumberType::int64, 1, {}});
    if (bytes.size() == sizeof n_saved) std::memcpy(&n_saved, bytes.data(), sizeof n_saved);
    VALIDATE(n_saved > 0, "it does not say how many ranks have saved it");
    n_saved_ = n_saved;
  }
  bool restores() const override { return true; }
  bool same_ranks() const override { return n_saved_ == comm_.size(); }
  void save(const ArchiveEntry&, std::span<const std::byte>) override {
    throw std::logic_error("a checkpoint is being read");
  }

  Bytes restore(const ArchiveEntry& entry) override {
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

 private:
  static bool is_folded(Spread spread) {
    return spread == Spread::sums || spread == Spread::maxima || spread == Spread::minima;
  }

  static Shape shape_of(const hdf5::Dataset& dataset, const std::string& what) {
    const hdf5::Dataspace space(H5Dget_space(dataset.get()), what);
    const int n = H5Sget_simple_extent_ndims(space.get());
    VALIDATE(n >= 0, "cannot {}: it has no shape", what);
    Shape shape(static_cast<std::size_t>(n));
    H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr);
    return shape;
  }

  void read(const hdf5::Dataset& dataset, NumberType type, const Shape& whole, const Part& part, void* values,
            const std::string& what) const {
    const auto in_file = select(whole, part, what);
    check(H5Dread(dataset.get(), stored_as(type), in_memory(part, what).get(), in_file.get(),
                  collective_transfer(comm_).get(), values),
          what);
  }

  /// What this rank reads of a dataset: of what is folded, everything.
  Part part_of_rank(const ArchiveEntry& entry, const Shape& whole) const {
    const auto expect = [&](bool fits) {
      VALIDATE(fits, "cannot read {}: it has another shape than here", entry.path);
    };
    Part part{Shape(whole.size(), 0), whole};
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
  std::pair<hsize_t, hsize_t> rows_of_rank(const ArchiveEntry& entry, hsize_t total) const {
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

  /// From the values of all ranks that saved, [n_saved, n], to those of this one.
  void fold(const ArchiveEntry& entry, Bytes& values) const {
    switch (entry.type) {
      case NumberType::float64: return fold<double>(entry.spread, values);
      case NumberType::float32: return fold<float>(entry.spread, values);
      case NumberType::int64: return fold<std::int64_t>(entry.spread, values);
      case NumberType::uint64: return fold<std::uint64_t>(entry.spread, values);
      case NumberType::int32: return fold<std::int32_t>(entry.spread, values);
      case NumberType::uint8: return fold<std::uint8_t>(entry.spread, values);
    }
  }
  template <class T>
  void fold(Spread spread, Bytes& values) const {
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

  hid_t file_;
  parallel::Communicator comm_;
  std::int64_t n_saved_ = 0;  // ranks
};

/// Gives up a file that could not be written (see field_file.cpp). Collective.
void discard(hdf5::File& file, const std::filesystem::path& part, const parallel::Communicator& comm) {
  std::error_code ignored;
  if (comm.is_root()) std::filesystem::resize_file(part, 0, ignored);
  comm.barrier();
  if (file.get() >= 0) H5Fclose(file.release());
  if (comm.is_root()) std::filesystem::remove(part, ignored);
}

}  // namespace

void write_checkpoint(const std::filesystem::path& path, const Persist& persist, const parallel::Communicator& comm) {
  const hdf5::SilentErrors silent;
  const auto part = part_of(path);
  Estimate estimate;
  persist(core::Archive(estimate));
  const auto bytes = estimate.bytes(comm);
  hdf5::File file;
  try {
    file = create_shared_file(part, bytes, comm, seal_bytes);
    Writer writer(file.get(), comm);
    const core::Archive archive(writer);
    std::int64_t n_ranks = comm.size();
    archive.alike(ranks_name, n_ranks);
    persist(archive);
    on_all_ranks(comm, [&] { file.close("complete " + part.string()); });
    seal(part, comm);
    on_all_ranks(comm, [&] {
      if (comm.is_root()) publish(path);
    });
  } catch (const core::RuntimeFailure& failure) {
    discard(file, part, comm);  // the failure was agreed on, so all ranks are here
    throw core::RuntimeFailure(fmt::format("checkpoint {} could not be written: {}", path.string(), failure.what()));
  }
}

void restore_checkpoint(const std::filesystem::path& path, const Persist& persist,
                        const parallel::Communicator& comm) {
  const hdf5::SilentErrors silent;
  hdf5::File file;
  const auto refuse = [&](const char* why) {
    if (file.get() >= 0) H5Fclose(file.release());
    return core::UserError::format("{} does not hold the state of this run: {}; was it written by another version?",
                                   path.string(), why);
  };
  try {
    on_all_ranks(comm, [&] { file = open_shared_file(path, comm); });
    Reader reader(file.get(), comm);
    persist(core::Archive(reader));
  } catch (const core::RuntimeFailure& failure) {
    throw refuse(failure.what());
  } catch (const core::UserError& error) {
    throw refuse(error.what());
  }
}

}  // namespace bimetal::io
