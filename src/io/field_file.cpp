#include "io/field_file.hpp"

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "io/atomic_file.hpp"
#include "io/hdf5.hpp"
#include "io/on_all_ranks.hpp"
#include "io/shared_file.hpp"
#include "io/vtk_view.hpp"

namespace bimetal::io {
namespace {

using hdf5::check;

struct Stored {
  hid_t type;
  std::size_t bytes;
};

Stored stored(Scalar scalar) {
  switch (scalar) {
    case Scalar::float64: return {H5T_NATIVE_DOUBLE, sizeof(double)};
    case Scalar::int32: return {H5T_NATIVE_INT32, sizeof(std::int32_t)};
    case Scalar::uint8: return {H5T_NATIVE_UINT8, sizeof(std::uint8_t)};
  }
  throw std::logic_error("no such scalar");
}

/// The field's values of the owned cells, one behind the other.
std::vector<std::byte> packed(const CellField& field, std::size_t bytes, std::int64_t n_owned) {
  std::vector<std::byte> values(static_cast<std::size_t>(n_owned) * bytes);
  for (std::int64_t c = 0; c < n_owned; ++c)
    std::memcpy(values.data() + static_cast<std::size_t>(c) * bytes, field.first + c * field.stride, bytes);
  return values;
}

void write_field(hid_t group, const grid::Extents& extents, const CellField& field,
                 const parallel::Communicator& comm) {
  const auto reversed = [](const std::array<std::int64_t, 3>& xyz) {
    return std::array{static_cast<hsize_t>(xyz[2]), static_cast<hsize_t>(xyz[1]), static_cast<hsize_t>(xyz[0])};
  };
  const auto dims = reversed(extents.cells);
  const auto start = reversed(extents.first);
  const auto count = reversed(extents.owned);
  const auto [type, bytes] = stored(field.scalar);
  const std::string what = "write field " + field.name;

  // Every value gets written, so filling beforehand would only double the work.
  const hdf5::Properties creation(H5Pcreate(H5P_DATASET_CREATE), what);
  check(H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER), what);
  const auto transfer = collective_transfer(comm);

  const hdf5::Dataspace in_file(H5Screate_simple(3, dims.data(), nullptr), what);
  const hdf5::Dataspace in_memory(H5Screate_simple(3, count.data(), nullptr), what);
  if (extents.n_owned() > 0) {
    check(H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr), what);
  } else {  // still takes part in the collective transfer
    check(H5Sselect_none(in_file.get()), what);
    check(H5Sselect_none(in_memory.get()), what);
  }
  const hdf5::Dataset dataset(
      H5Dcreate2(group, field.name.c_str(), type, in_file.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT), what);
  if (!field.unit.empty()) hdf5::write_attribute(dataset.get(), "unit", field.unit);
  const auto values = packed(field, bytes, extents.n_owned());
  check(H5Dwrite(dataset.get(), type, in_memory.get(), in_file.get(), transfer.get(), values.data()), what);
}

/// An upper bound of the size of the file [bytes].
std::int64_t file_size(const grid::Extents& extents, std::span<const CellField> fields) {
  constexpr std::int64_t header = 8192, header_per_field = 2048;
  std::int64_t bytes = header;
  for (const auto& field : fields)
    bytes += header_per_field + extents.n_cells() * static_cast<std::int64_t>(stored(field.scalar).bytes);
  return bytes;
}

/// One agreement per transfer: a rank that fails must not leave the others in the next one.
void fill(hid_t file, const grid::Extents& extents, std::int64_t step, double time, std::span<const CellField> fields,
          const parallel::Communicator& comm) {
  hdf5::Group group;
  std::vector<std::string> names;
  on_all_ranks(comm, [&] {
    hdf5::write_attribute(file, "time", time);
    hdf5::write_attribute(file, "step", step);
    hdf5::write_attribute(file, "dimensions", std::int64_t{extents.dimensions});
    hdf5::write_attribute(file, "lower", extents.lower);
    hdf5::write_attribute(file, "upper", extents.upper);
    group = hdf5::create_group(file, "fields");
  });
  for (const auto& field : fields) {
    EXPECT(!field.name.empty() && field.name.find('/') == std::string::npos);
    on_all_ranks(comm, [&] { write_field(group.get(), extents, field, comm); });
    names.push_back(field.name);
  }
  on_all_ranks(comm, [&] { add_vtk_view(file, extents, names); });
}

}  // namespace

void write_field_file(const std::filesystem::path& path, const grid::Extents& extents, std::int64_t step, double time,
                      std::span<const CellField> fields, const parallel::Communicator& comm) {
  const hdf5::SilentErrors silent;
  const auto part = part_of(path);
  hdf5::File file;
  try {
    file = create_shared_file(part, file_size(extents, fields), comm);
    fill(file.get(), extents, step, time, fields, comm);
    on_all_ranks(comm, [&] { file.close("complete " + part.string()); });
    on_all_ranks(comm, [&] {
      if (comm.is_root()) publish(path);
    });
  } catch (const core::RuntimeFailure& failure) {
    discard_shared_file(file, part, comm);  // the failure was agreed on, so all ranks are here
    throw core::RuntimeFailure(fmt::format("field output to {} failed: {}", path.string(), failure.what()));
  }
}

}  // namespace bimetal::io
