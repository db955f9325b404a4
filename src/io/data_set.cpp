#include "io/data_set.hpp"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <limits>
#include <memory>
#include <numeric>
#include <sstream>
#include <system_error>

#include "core/error.hpp"
#include "io/atomic_file.hpp"
#include "io/disk_space.hpp"
#include "io/hdf5.hpp"
#include "io/on_all_ranks.hpp"
#include "io/shared_file.hpp"

namespace bimetal::io {
namespace {

using core::DataRows;
using hdf5::check;

constexpr std::int64_t format = 2;
constexpr std::int64_t rows_per_write = 16384;  // of all ranks
constexpr std::int64_t rows_per_chunk = 1024;
constexpr std::int64_t header = 16384;  // groups, attributes and the index of chunks of one write, at most [bytes]

/// One of the tables of the file; width 0: a plain list.
struct Table {
  const char* name;
  hid_t type;
  std::int64_t width;

  int rank() const { return width > 0 ? 2 : 1; }
  std::array<hsize_t, 2> shape(std::int64_t n) const {
    return {static_cast<hsize_t>(n), static_cast<hsize_t>(width)};
  }
  std::int64_t row_bytes() const {
    return static_cast<std::int64_t>(H5Tget_size(type)) * std::max<std::int64_t>(width, 1);
  }
};

hdf5::Dataspace space(const Table& table, std::int64_t n, const std::string& what) {
  return {H5Screate_simple(table.rank(), table.shape(n).data(), nullptr), what};
}

void create_table(hid_t file, const Table& table) {
  const std::string what = std::string("create ") + table.name;
  auto most = table.shape(0);
  most[0] = H5S_UNLIMITED;
  const hdf5::Dataspace empty(H5Screate_simple(table.rank(), table.shape(0).data(), most.data()), what);
  const hdf5::Properties creation(H5Pcreate(H5P_DATASET_CREATE), what);
  check(H5Pset_chunk(creation.get(), table.rank(), table.shape(rows_per_chunk).data()), what);
  check(H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER), what);  // every value gets written
  const hdf5::Dataset dataset(
      H5Dcreate2(file, table.name, table.type, empty.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT), what);
}

/// Writes `n` rows at `first` of a table that grows to `total` rows. Collective.
void extend_table(hid_t file, const Table& table, const void* values, std::int64_t first, std::int64_t n,
                  std::int64_t total, const parallel::Communicator& comm) {
  const std::string what = std::string("write ") + table.name;
  const hdf5::Dataset dataset(H5Dopen2(file, table.name, H5P_DEFAULT), what);
  check(H5Dset_extent(dataset.get(), table.shape(total).data()), what);
  const hdf5::Dataspace in_file(H5Dget_space(dataset.get()), what);
  const auto in_memory = space(table, n, what);
  const std::array<hsize_t, 2> start{static_cast<hsize_t>(first), 0};
  if (n > 0) {
    check(H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, start.data(), nullptr, table.shape(n).data(), nullptr),
          what);
  } else {  // still takes part in the collective transfer
    check(H5Sselect_none(in_file.get()), what);
    check(H5Sselect_none(in_memory.get()), what);
  }
  const auto transfer = collective_transfer(comm);
  check(H5Dwrite(dataset.get(), table.type, in_memory.get(), in_file.get(), transfer.get(), values), what);
}

/// Reads `n` rows from `first` on, of a table of `total`. Collective.
void read_table(hid_t file, const Table& table, void* values, std::int64_t first, std::int64_t n, std::int64_t total,
                const parallel::Communicator& comm) {
  const std::string what = std::string("read ") + table.name;
  const hdf5::Dataset dataset(H5Dopen2(file, table.name, H5P_DEFAULT), what);
  const auto in_file = space(table, total, what);
  const auto in_memory = space(table, n, what);
  const std::array<hsize_t, 2> start{static_cast<hsize_t>(first), 0};
  if (n > 0) {
    check(H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, start.data(), nullptr, table.shape(n).data(), nullptr),
          what);
  } else {
    check(H5Sselect_none(in_file.get()), what);
    check(H5Sselect_none(in_memory.get()), what);
  }
  check(H5Dread(dataset.get(), table.type, in_memory.get(), in_file.get(), collective_transfer(comm).get(), values),
        what);
}

std::int64_t n_rows(hid_t file) {
  const hdf5::Dataset dataset(H5Dopen2(file, "id", H5P_DEFAULT), "read id");
  const hdf5::Dataspace shape(H5Dget_space(dataset.get()), "read id");
  hsize_t n = 0;
  check(H5Sget_simple_extent_dims(shape.get(), &n, nullptr), "read id");
  return static_cast<std::int64_t>(n);
}

}  // namespace

struct DataSet::Impl {
  Impl(std::filesystem::path name, std::int64_t n_in, std::int64_t n_out, DataDescription described,
       parallel::Communicator communicator)
      : path(std::move(name)),
        description(std::move(described)),
        comm(std::move(communicator)),
        waiting(n_in, n_out) {}

  std::array<Table, 5> tables() const {
    return {{{"in", H5T_NATIVE_DOUBLE, waiting.in.width()},
             {"out", H5T_NATIVE_DOUBLE, waiting.out.width()},
             {"id", H5T_NATIVE_INT64, 0},
             {"step", H5T_NATIVE_INT64, 0},
             {"held_out", H5T_NATIVE_UINT8, 0}}};
  }
  std::filesystem::path path_from(std::int64_t step) const {
    return path.parent_path() / fmt::format("{}_{:06d}.h5", path.stem().string(), step);
  }
  void find_earlier(std::int64_t first_step);
  void create(const std::filesystem::path& name);
  void write();
  void end();
  void join();
  void copy(const std::filesystem::path& from, std::int64_t end_step);
  template <class Part>
  void guard(Part&& part);

  std::filesystem::path path;
  DataDescription description;
  parallel::Communicator comm;
  std::filesystem::path current;    // being written, if `file` is open
  std::int64_t next = 0;            // step from which on the next part has the rows
  std::vector<std::int64_t> parts;  // that are complete, by their first step
  hdf5::File file;
  DataRows waiting;                 // this rank's, not written yet
  std::int64_t waiting_on_all = 0;  // ranks
  std::int64_t written_by_all = 0;
};

/// Runs a collective part; if it fails, on all ranks alike, what was written before stays behind as a complete file.
template <class Part>
void DataSet::Impl::guard(Part&& part) {
  const hdf5::SilentErrors silent;
  try {
    part();
  } catch (const core::RuntimeFailure& failure) {
    if (file.get() >= 0) H5Fclose(file.release());
    throw core::RuntimeFailure(fmt::format("data output to {} failed: {}", path.string(), failure.what()));
  }
}

/// What a run before this one has left; a data.h5 becomes the first part. Collective.
void DataSet::Impl::find_earlier(std::int64_t first_step) {
  next = first_step;
  if (first_step == 0) return;
  std::string found;
  on_all_ranks(comm, [&] {
    if (!comm.is_root()) return;
    std::error_code failed;
    if (std::filesystem::exists(path)) std::filesystem::rename(path, path_from(0), failed);
    VALIDATE(!failed, "cannot rename {}: {}", path.string(), failed.message());
    for (const auto& entry : std::filesystem::directory_iterator(path.parent_path(), failed)) {
      std::int64_t step = 0;
      const auto name = entry.path().filename().string();
      const auto number = name.substr(std::min(name.size(), path.stem().string().size()));
      if (std::sscanf(number.c_str(), "_%" SCNd64, &step) == 1 && step < first_step &&
          name == path_from(step).filename())
        found += fmt::format("{} ", step);
    }
  });
  comm.broadcast(found);
  std::istringstream steps(found);
  for (std::int64_t step = 0; steps >> step;) parts.push_back(step);
  std::ranges::sort(parts);
}

void DataSet::Impl::create(const std::filesystem::path& name) {
  current = name;
  written_by_all = 0;
  const auto part = part_of(name);
  file = create_shared_file(part, header + std::ssize(description.signature), comm);
  on_all_ranks(comm, [&] {
    hdf5::write_attribute(file.get(), "format", format);
    hdf5::write_attribute(file.get(), "case", description.case_name);
    hdf5::write_attribute(file.get(), "program", description.program);
    hdf5::write_attribute(file.get(), "signature", description.signature);
    for (const auto& table : tables()) create_table(file.get(), table);
    check(H5Fflush(file.get(), H5F_SCOPE_GLOBAL), "flush it");
  });
}

/// One agreement per transfer: a rank that fails must not leave the others in the next one.
void DataSet::Impl::write() {
  if (file.get() < 0) create(path_from(next));
  const auto counts = comm.all_gather(waiting.size());
  const auto before = counts.begin() + comm.rank();
  const auto first = std::accumulate(counts.begin(), before, written_by_all);
  const auto total = std::accumulate(before, counts.end(), first);
  on_all_ranks(comm, [&] {
    if (!comm.is_root()) return;
    // Space for what is not there yet; the last chunk of each table may stay half empty.
    std::int64_t bytes = header;
    for (const auto& table : tables()) bytes += (total - written_by_all + rows_per_chunk) * table.row_bytes();
    reserve_space(part_of(current), bytes);
  });
  const std::array<const void*, 5> values{waiting.in.rows().data(), waiting.out.rows().data(), waiting.id.data(),
                                          waiting.step.data(), waiting.held_out.data()};
  for (std::size_t t = 0; t < values.size(); ++t)
    on_all_ranks(comm, [&] { extend_table(file.get(), tables()[t], values[t], first, waiting.size(), total, comm); });
  on_all_ranks(comm, [&] { check(H5Fflush(file.get(), H5F_SCOPE_GLOBAL), "flush it"); });
  written_by_all = total;
  waiting_on_all = 0;
  waiting.clear();
}

void DataSet::Impl::end() {
  on_all_ranks(comm, [&] { file.close("complete " + part_of(current).string()); });
  on_all_ranks(comm, [&] {
    if (comm.is_root()) publish(current);
  });
}

/// All parts in one file; the only one becomes it. Collective.
void DataSet::Impl::join() {
  const bool single = parts.size() == 1;
  if (!single) {
    create(path);
    for (std::size_t p = 0; p < parts.size(); ++p)
      copy(path_from(parts[p]), p + 1 < parts.size() ? parts[p + 1] : std::numeric_limits<std::int64_t>::max());
    end();
  }
  on_all_ranks(comm, [&] {
    if (!comm.is_root()) return;
    std::error_code failed;
    if (single) std::filesystem::rename(path_from(parts.front()), path, failed);
    VALIDATE(!failed, "cannot rename {}: {}", path_from(parts.front()).string(), failed.message());
    if (!single)
      for (const auto step : parts) std::filesystem::remove(path_from(step), failed);
  });
  parts.clear();
}

/// Appends the rows of a part, but those of `end_step` and later steps: a later part has them. Collective.
void DataSet::Impl::copy(const std::filesystem::path& from, std::int64_t end_step) {
  hdf5::File source;
  std::int64_t n = 0;
  on_all_ranks(comm, [&] {
    source = open_shared_file(from, comm);
    n = n_rows(source.get());
  });
  for (std::int64_t first = 0; first < n; first += rows_per_write) {
    const auto size = std::min(rows_per_write, n - first);
    const auto begin = first + size * comm.rank() / comm.size(), end = first + size * (comm.rank() + 1) / comm.size();
    DataRows rows(waiting.in.width(), waiting.out.width());
    rows.resize(end - begin);
    const std::array<void*, 5> values{rows.in.rows().data(), rows.out.rows().data(), rows.id.data(), rows.step.data(),
                                      rows.held_out.data()};
    for (std::size_t t = 0; t < values.size(); ++t)
      on_all_ranks(comm, [&] { read_table(source.get(), tables()[t], values[t], begin, end - begin, n, comm); });
    for (std::int64_t i = 0; i < rows.size(); ++i)
      if (rows.step[static_cast<std::size_t>(i)] < end_step) waiting.append(rows, i, i + 1);
    write();
  }
  on_all_ranks(comm, [&] { source.close("close " + from.string()); });
}

DataSet::DataSet(std::filesystem::path path, std::int64_t n_in, std::int64_t n_out,
                 const DataDescription& description, parallel::Communicator comm, std::int64_t first_step)
    : impl_(std::make_unique<Impl>(std::move(path), n_in, n_out, description, std::move(comm))) {
  impl_->guard([&] {
    impl_->find_earlier(first_step);
    impl_->create(impl_->path_from(first_step));
  });
}
DataSet::~DataSet() = default;
DataSet::DataSet(DataSet&&) noexcept = default;
DataSet& DataSet::operator=(DataSet&&) noexcept = default;

void DataSet::append(const core::DataRows& rows) {
  impl_->waiting.append(rows);
  impl_->waiting_on_all += impl_->comm.sum(rows.size());
  if (impl_->waiting_on_all >= rows_per_write) impl_->guard([&] { impl_->write(); });
}

void DataSet::cut(std::int64_t step) {
  auto& self = *impl_;
  self.guard([&] {
    if (self.file.get() >= 0 || self.waiting_on_all > 0) {
      self.write();
      self.end();
      self.parts.push_back(self.next);
    }
    self.next = step;
  });
}

void DataSet::close() {
  auto& self = *impl_;
  cut(self.next);
  self.guard([&] { self.join(); });
}

}  // namespace bimetal::io
