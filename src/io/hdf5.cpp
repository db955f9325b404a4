#include "io/hdf5.hpp"

#include "core/error.hpp"

namespace bimetal::io::hdf5 {
namespace {

extern "C" herr_t keep_innermost(unsigned depth, const H5E_error2_t* error, void* text) noexcept {
  // Walking upward, entry 0 is where the error arose: the file system's or MPI's own words.
  if (depth == 0 && error->desc) *static_cast<std::string*>(text) = error->desc;
  return 0;
}

void write_attribute(hid_t object, const char* name, hid_t type, const Dataspace& space, const void* values) {
  const auto what = std::string("write attribute ") + name;
  const Attribute attribute(H5Acreate2(object, name, type, space.get(), H5P_DEFAULT, H5P_DEFAULT), what);
  check(H5Awrite(attribute.get(), type, values), what);
}

Dataspace scalar() { return {H5Screate(H5S_SCALAR), "make a dataspace"}; }

Dataspace array(std::size_t n) {
  const hsize_t size = n;
  return {H5Screate_simple(1, &size, nullptr), "make a dataspace"};
}

}  // namespace

hid_t check(hid_t result, const std::string& what) {
  if (result >= 0) return result;
  std::string reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &reason);
  if (reason.empty()) reason = "HDF5 gives no reason";
  if (reason.find("unable to lock file") != std::string::npos)
    reason += " (file systems without locks need HDF5_USE_FILE_LOCKING=FALSE in the environment)";
  throw core::RuntimeFailure(fmt::format("cannot {}: {}", what, reason));
}

void use_no_locks([[maybe_unused]] hid_t access) {
#if H5_VERSION_GE(1, 12, 1) || (H5_VERSION_GE(1, 10, 7) && !H5_VERSION_GE(1, 11, 0))
  check(H5Pset_file_locking(access, false, true), "do without file locks");
#endif
}

Group create_group(hid_t parent, const char* name) {
  return {H5Gcreate2(parent, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), std::string("create group ") + name};
}

void write_attribute(hid_t object, const char* name, std::span<const int> values) {
  write_attribute(object, name, H5T_NATIVE_INT, array(values.size()), values.data());
}

void write_attribute(hid_t object, const char* name, std::span<const double> values) {
  write_attribute(object, name, H5T_NATIVE_DOUBLE, array(values.size()), values.data());
}

void write_attribute(hid_t object, const char* name, double value) {
  write_attribute(object, name, H5T_NATIVE_DOUBLE, scalar(), &value);
}

void write_attribute(hid_t object, const char* name, std::int64_t value) {
  write_attribute(object, name, H5T_NATIVE_INT64, scalar(), &value);
}

void write_attribute(hid_t object, const char* name, std::string_view text) {
  const Datatype type(H5Tcopy(H5T_C_S1), "make a string type");
  check(H5Tset_size(type.get(), text.size()), "make a string type");
  check(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), "make a string type");
  write_attribute(object, name, type.get(), scalar(), text.data());
}

}  // namespace bimetal::io::hdf5
