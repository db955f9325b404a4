#include "io/data_set.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>

#include "core/error.hpp"
#include "io/atomic_file.hpp"
#include "io/disk_space.hpp"
#include "io/hdf5.hpp"
#include "io/on_all_ranks.hpp"
#include "io/shared_file.hpp"

namespace bimetal::io {
namespace {

using hdf5::check;

constexpr std::int64_t format = 1;
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

}  // namespace

void DataRows::clear() {
  in.clear();
  out.clear();
  id.clear();
  step.clear();
  held_out.clear();
}

void DataRows::append(const DataRows& others) {
  for (std::int64_t i = 0; i < others.size(); ++i) {
    in.append(others.in[i]);
    out.append(others.out[i]);
  }
  id.insert(id.end(), others.id.begin(), others.id.end());
  step.insert(step.end(), others.step.begin(), others.step.end());
  held_out.insert(held_out.end(), others.held_out.begin(), others.held_out.end());
}

struct DataSet::Impl {
  Impl(std::filesystem::path name, std::int64_t n_in, std::int64_t n_out, parallel::Communicator communicator)
      : path(std::move(name)), comm(std::move(communicator)), waiting(n_in, n_out) {}

  std::array<Table, 5> tables() const {
    return {{{"in", H5T_NATIVE_DOUBLE, waiting.in.width()},
             {"out", H5T_NATIVE_DOUBLE, waiting.out.width()},
             {"id", H5T_NATIVE_INT64, 0},
             {"step", H5T_NATIVE_INT64, 0},
             {"held_out", H5T_NATIVE_UINT8, 0}}};
  }
  void create(const DataDescription& description);
  void write();
  void end();
  template <class Part>
  void guard(Part&& part);

  std::filesystem::path path;
  parallel::Communicator comm;
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

void DataSet::Impl::create(const DataDescription& description) {
  const auto part = part_of(path);
  on_all_ranks(comm, [&] {
    if (comm.is_root()) require_space(part, header + static_cast<std::int64_t>(description.signature.size()));
  });
  on_all_ranks(comm, [&] { file = create_shared_file(part, comm); });
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
  const auto counts = comm.all_gather(waiting.size());
  const auto before = counts.begin() + comm.rank();
  const auto first = std::accumulate(counts.begin(), before, written_by_all);
  const auto total = std::accumulate(before, counts.end(), first);
  on_all_ranks(comm, [&] {
    if (!comm.is_root()) return;
    // Space for what is not there yet; the last chunk of each table may stay half empty.
    std::int64_t bytes = header;
    for (const auto& table : tables()) bytes += (total - written_by_all + rows_per_chunk) * table.row_bytes();
    require_more_space(part_of(path), bytes);
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
  on_all_ranks(comm, [&] { file.close("complete " + part_of(path).string()); });
  on_all_ranks(comm, [&] {
    if (comm.is_root()) publish(path);
  });
}

DataSet::DataSet(std::filesystem::path path, std::int64_t n_in, std::int64_t n_out,
                 const DataDescription& description, parallel::Communicator comm)
    : impl_(std::make_unique<Impl>(std::move(path), n_in, n_out, std::move(comm))) {
  impl_->guard([&] { impl_->create(description); });
}
DataSet::~DataSet() = default;
DataSet::DataSet(DataSet&&) noexcept = default;
DataSet& DataSet::operator=(DataSet&&) noexcept = default;

void DataSet::append(const DataRows& rows) {
  EXPECT(impl_->file.get() >= 0);
  impl_->waiting.append(rows);
  impl_->waiting_on_all += impl_->comm.sum(rows.size());
  if (impl_->waiting_on_all >= rows_per_write) impl_->guard([&] { impl_->write(); });
}

void DataSet::close() {
  EXPECT(impl_->file.get() >= 0);
  impl_->guard([&] {
    impl_->write();
    impl_->end();
  });
}

}  // namespace bimetal::io
