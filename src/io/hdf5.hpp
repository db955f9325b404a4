#pragma once

#include <hdf5.h>

#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace bimetal::io::hdf5 {

/// Returns `result` of an HDF5 call; a negative one becomes a RuntimeFailure "cannot <what>: <HDF5's reason>".
hid_t check(hid_t result, const std::string& what);

/// `access`, for opening or making a file, but without locks: ours have one writer, who gives them their name when
/// they are whole, and many parallel file systems have no locks. HDF5_USE_FILE_LOCKING overrides this, and is needed
/// with HDF5 before 1.10.7, 1.11 and 1.12.0. Local.
void use_no_locks(hid_t access);

/// While it lives, HDF5 does not print its error stack: check() turns errors into one sentence instead.
class SilentErrors {
 public:
  SilentErrors() {
    H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  ~SilentErrors() { H5Eset_auto2(H5E_DEFAULT, print_, data_); }
  SilentErrors(const SilentErrors&) = delete;
  SilentErrors& operator=(const SilentErrors&) = delete;

 private:
  H5E_auto2_t print_ = nullptr;
  void* data_ = nullptr;
};

enum class Closing { local, collective };

/// Owns one HDF5 identifier. A collective one (a file shared by ranks) is not closed while an exception unwinds:
/// the other ranks may not be on their way to the same call.
template <herr_t (*close_id)(hid_t), Closing closing = Closing::local>
class Handle {
 public:
  Handle() = default;
  /// Takes over `id`, the result of the call that was to do `what`.
  Handle(hid_t id, const std::string& what) : id_(check(id, what)) {}
  ~Handle() {
    if (closing == Closing::collective && std::uncaught_exceptions() > 0) return;
    if (id_ >= 0) close_id(id_);
  }
  Handle(Handle&& other) noexcept : id_(other.release()) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }

  hid_t get() const { return id_; }
  hid_t release() { return std::exchange(id_, H5I_INVALID_HID); }
  /// Closes now, where errors can still be told.
  void close(const std::string& what) { check(close_id(release()), what); }

 private:
  hid_t id_ = H5I_INVALID_HID;
};

using File = Handle<H5Fclose, Closing::collective>;
using Group = Handle<H5Gclose>;
using Dataset = Handle<H5Dclose>;
using Dataspace = Handle<H5Sclose>;
using Datatype = Handle<H5Tclose>;
using Attribute = Handle<H5Aclose>;
using Properties = Handle<H5Pclose>;

Group create_group(hid_t parent, const char* name);

/// Attributes: small facts about a group or a dataset. The text is stored with a fixed length, as VTK wants it.
void write_attribute(hid_t object, const char* name, std::span<const int> values);
void write_attribute(hid_t object, const char* name, std::span<const double> values);
void write_attribute(hid_t object, const char* name, double value);
void write_attribute(hid_t object, const char* name, std::int64_t value);
void write_attribute(hid_t object, const char* name, std::string_view text);

}  // namespace bimetal::io::hdf5
