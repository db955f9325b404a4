#include "io/vtk_view.hpp"

#include <array>

#include "io/hdf5.hpp"

namespace bimetal::io {
namespace {

using hdf5::check;

constexpr const char* what = "describe the fields to VTK";

struct Image {
  std::array<int, 6> extent{};  // first and last point along x, y, z
  std::array<double, 3> origin{};
  std::array<double, 3> spacing{};
};

Image image_of_centres(const grid::Extents& extents) {
  Image image;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto cells = extents.cells[axis];
    const int a = static_cast<int>(axis);
    image.extent[2 * axis + 1] = cells > 1 ? static_cast<int>(cells) - 1 : 1;
    image.origin[axis] = cells > 1 ? extents.centre(a, 0) : extents.lower[axis];
    image.spacing[axis] = extents.spacing(a);
  }
  return image;
}

using Dims = std::array<hsize_t, 3>;  // slowest axis first

/// A dataset that holds no data of its own: every box of the size of `source` shows the whole of `source`.
void add_repeated(hid_t group, const std::string& name, const std::string& source_name, const Dims& repeats) {
  const hdf5::Dataset source(H5Dopen2(group, source_name.c_str(), H5P_DEFAULT), what);
  const hdf5::Dataspace source_space(H5Dget_space(source.get()), what);
  const hdf5::Datatype type(H5Dget_type(source.get()), what);
  Dims block{}, dims{};
  check(H5Sget_simple_extent_dims(source_space.get(), block.data(), nullptr), what);
  for (std::size_t axis = 0; axis < 3; ++axis) dims[axis] = repeats[axis] * block[axis];

  const hdf5::Dataspace space(H5Screate_simple(3, dims.data(), nullptr), what);
  const hdf5::Properties creation(H5Pcreate(H5P_DATASET_CREATE), what);
  for (hsize_t k = 0; k < repeats[0]; ++k)
    for (hsize_t j = 0; j < repeats[1]; ++j)
      for (hsize_t i = 0; i < repeats[2]; ++i) {
        const Dims start{k * block[0], j * block[1], i * block[2]};
        check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, block.data(), nullptr), what);
        check(H5Pset_virtual(creation.get(), space.get(), ".", source_name.c_str(), source_space.get()), what);
      }
  check(H5Sselect_all(space.get()), what);
  const hdf5::Dataset view(
      H5Dcreate2(group, name.c_str(), type.get(), space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT), what);
}

}  // namespace

void add_vtk_view(hid_t file, const grid::Extents& extents, std::span<const std::string> names) {
  const auto group = hdf5::create_group(file, "VTKHDF");
  const auto image = image_of_centres(extents);
  hdf5::write_attribute(group.get(), "Version", std::array{1, 0});
  hdf5::write_attribute(group.get(), "Type", "ImageData");
  hdf5::write_attribute(group.get(), "WholeExtent", image.extent);
  hdf5::write_attribute(group.get(), "Origin", image.origin);
  hdf5::write_attribute(group.get(), "Spacing", image.spacing);
  hdf5::write_attribute(group.get(), "Direction", std::array{1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0});

  const auto point_data = hdf5::create_group(group.get(), "PointData");
  Dims repeats{};
  for (std::size_t axis = 0; axis < 3; ++axis) repeats[2 - axis] = extents.cells[axis] > 1 ? 1 : 2;
  const bool flat = repeats != Dims{1, 1, 1};
  for (const auto& name : names) {
    const auto source = "/fields/" + name;
    if (flat)
      add_repeated(point_data.get(), name, source, repeats);
    else
      check(H5Lcreate_hard(file, source.c_str(), point_data.get(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), what);
  }
}

}  // namespace bimetal::io
