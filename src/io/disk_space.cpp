#include "io/disk_space.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/error.hpp"

namespace bimetal::io {

void require_space(const std::filesystem::path& path, std::int64_t bytes) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  VALIDATE(descriptor >= 0, "cannot create {}: {}", path.string(), std::strerror(errno));
  // Not posix_fallocate(): where the file system cannot reserve space, that one writes every block.
  const int failed = ::fallocate(descriptor, 0, 0, bytes) == 0 ? 0 : errno;
  const bool emptied = ::ftruncate(descriptor, 0) == 0;
  ::close(descriptor);
  const bool refused = failed == ENOSPC || failed == EDQUOT || failed == EFBIG;
  VALIDATE(!refused, "{} needs {:.3g} MB: {}", path.string(), 1e-6 * static_cast<double>(bytes),
           std::strerror(failed));
  VALIDATE(emptied, "cannot empty {} again: {}", path.string(), std::strerror(errno));
}

}  // namespace bimetal::io
