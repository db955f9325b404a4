#include "io/disk_space.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/error.hpp"

namespace bimetal::io {
namespace {

/// Which reservations do not know.
bool exceeds_file_size_limit(off_t size) {
  rlimit limit{};
  return ::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
         static_cast<rlim_t>(size) > limit.rlim_cur;
}

}  // namespace

void reserve_space(const std::filesystem::path& path, std::int64_t bytes) {
  const int descriptor = ::open(path.c_str(), O_WRONLY);
  VALIDATE(descriptor >= 0, "cannot open {}: {}", path.string(), std::strerror(errno));
  const off_t end = ::lseek(descriptor, 0, SEEK_END);
  // Not posix_fallocate(): where the file system cannot reserve space, that one writes every block.
  int failed = ::fallocate(descriptor, FALLOC_FL_KEEP_SIZE, end, bytes) == 0 ? 0 : errno;
  ::close(descriptor);
  if (exceeds_file_size_limit(end + bytes)) failed = EFBIG;
  // Only a refusal for want of space counts.
  const bool refused = failed == ENOSPC || failed == EDQUOT || failed == EFBIG;
  VALIDATE(!refused, "{} needs {:.3g} MB: {}", path.string(), 1e-6 * static_cast<double>(bytes),
           std::strerror(failed));
}

}  // namespace bimetal::io
