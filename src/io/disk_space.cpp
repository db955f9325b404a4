#include "io/disk_space.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/error.hpp"

namespace bimetal::io {
namespace {

/// What fallocate() said of file `path`; only a refusal for want of space counts.
void accept_reservation(int failed, const std::filesystem::path& path, std::int64_t bytes) {
  const bool refused = failed == ENOSPC || failed == EDQUOT || failed == EFBIG;
  VALIDATE(!refused, "{} needs {:.3g} MB: {}", path.string(), 1e-6 * static_cast<double>(bytes),
           std::strerror(failed));
}

}  // namespace

void require_space(const std::filesystem::path& path, std::int64_t bytes) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  VALIDATE(descriptor >= 0, "cannot create {}: {}", path.string(), std::strerror(errno));
  // Not posix_fallocate(): where the file system cannot reserve space, that one writes every block.
  const int failed = ::fallocate(descriptor, 0, 0, bytes) == 0 ? 0 : errno;
  const bool emptied = ::ftruncate(descriptor, 0) == 0;
  ::close(descriptor);
  accept_reservation(failed, path, bytes);
  VALIDATE(emptied, "cannot empty {} again: {}", path.string(), std::strerror(errno));
}

void require_more_space(const std::filesystem::path& path, std::int64_t bytes) {
  const int descriptor = ::open(path.c_str(), O_WRONLY);
  VALIDATE(descriptor >= 0, "cannot open {}: {}", path.string(), std::strerror(errno));
  const off_t end = ::lseek(descriptor, 0, SEEK_END);
  const int failed = ::fallocate(descriptor, 0, end, bytes) == 0 ? 0 : errno;
  const bool restored = ::ftruncate(descriptor, end) == 0;
  ::close(descriptor);
  accept_reservation(failed, path, bytes);
  VALIDATE(restored, "cannot set the size of {} again: {}", path.string(), std::strerror(errno));
}

}  // namespace bimetal::io
