#include "io/atomic_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "core/error.hpp"

namespace bimetal::io {
namespace {

namespace fs = std::filesystem;

}  // namespace

void sync_to_disk(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY);
  VALIDATE(descriptor >= 0, "cannot open {} to sync it to disk: {}", path.string(), std::strerror(errno));
  const int failed = ::fsync(descriptor);
  const int reason = errno;
  ::close(descriptor);
  // Some network file systems have no fsync for directories and say EINVAL: nothing to wait for there.
  VALIDATE(!failed || reason == EINVAL, "cannot sync {} to disk: {}", path.string(), std::strerror(reason));
}

fs::path part_of(const fs::path& path) { return path.string() + ".part"; }

void publish(const fs::path& path) {
  const fs::path part = part_of(path);
  sync_to_disk(part);
  VALIDATE(std::rename(part.c_str(), path.c_str()) == 0, "cannot rename {} to {}: {}", part.string(), path.string(),
           std::strerror(errno));
  sync_to_disk(path.has_parent_path() ? path.parent_path() : fs::path("."));
}

void write_atomically(const fs::path& path, std::string_view text) {
  const fs::path part = part_of(path);
  const auto close = [](std::FILE* file) { std::fclose(file); };
  std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(part.c_str(), "w"), close);
  VALIDATE(file != nullptr, "cannot create {}: {}", part.string(), std::strerror(errno));
  const bool written =
      std::fwrite(text.data(), 1, text.size(), file.get()) == text.size() && std::fflush(file.get()) == 0;
  const int reason = errno;
  file.reset();
  if (!written) {
    std::error_code ignored;
    fs::remove(part, ignored);
  }
  VALIDATE(written, "cannot write {}: {}", part.string(), std::strerror(reason));
  publish(path);
}

}  // namespace bimetal::io
