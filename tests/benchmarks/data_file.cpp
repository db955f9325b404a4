#include "data_file.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "io/hdf5.hpp"
#include "surrogate/signature_json.hpp"

namespace bimetal::benchmarks {
namespace {

using io::hdf5::check;

template <class T>
std::vector<T> read(const io::hdf5::File& file, const char* name, hid_t type) {
  const std::string what = std::string("read ") + name;
  const io::hdf5::Dataset dataset(H5Dopen2(file.get(), name, H5P_DEFAULT), what);
  const io::hdf5::Dataspace space(H5Dget_space(dataset.get()), what);
  std::vector<T> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
  check(H5Dread(dataset.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), what);
  return values;
}

std::string read_text(const io::hdf5::File& file, const char* name) {
  const std::string what = std::string("read attribute ") + name;
  const io::hdf5::Attribute attribute(H5Aopen(file.get(), name, H5P_DEFAULT), what);
  const io::hdf5::Datatype type(H5Aget_type(attribute.get()), what);
  std::string text(H5Tget_size(type.get()), ' ');
  check(H5Aread(attribute.get(), type.get(), text.data()), what);
  return text;
}

}  // namespace

DataFile read_data_file(const std::string& path) {
  const io::hdf5::SilentErrors silent;
  const io::hdf5::File file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), "open " + path);
  const auto json = nlohmann::json::parse(read_text(file, "signature"));
  const bool stated = json.at("inputs").at(0).contains("condition");
  auto signature = surrogate::signature_from_json(surrogate::MetadataReader(json, path),
                                                  stated ? surrogate::Bases::stated : surrogate::Bases::implied);
  const auto n_in = std::ssize(signature.inputs), n_out = std::ssize(signature.outputs);
  DataFile data{std::move(signature),
                json.at("knee"),
                json.value("resolution", 4e-3),
                core::RowTable(n_in),
                core::RowTable(n_out),
                {},
                {},
                core::RowTable(n_in),
                core::RowTable(n_out)};
  auto in = read<double>(file, "in", H5T_NATIVE_DOUBLE);
  auto out = read<double>(file, "out", H5T_NATIVE_DOUBLE);
  const auto id = read<std::int64_t>(file, "id", H5T_NATIVE_INT64);
  const auto step = read<std::int64_t>(file, "step", H5T_NATIVE_INT64);
  const auto held_out = read<std::uint8_t>(file, "held_out", H5T_NATIVE_UINT8);
  const core::ConstRows all_in(in.data(), std::ssize(id), n_in), all_out(out.data(), std::ssize(id), n_out);
  for (std::size_t i = 0; i < id.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    (held_out[i] ? data.held_out_in : data.in).append(all_in[row]);
    (held_out[i] ? data.held_out_out : data.out).append(all_out[row]);
    if (held_out[i]) continue;
    data.id.push_back(id[i]);
    data.step.push_back(step[i]);
  }
  return data;
}

}  // namespace bimetal::benchmarks
