#pragma once

#include <stdlib.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

#include "parallel/communicator.hpp"

namespace bimetal::test {

/// A fresh directory that all ranks see, gone at the end of the scope. Constructor and destructor are Collective.
class TemporaryDirectory {
 public:
  explicit TemporaryDirectory(const parallel::Communicator& comm) : comm_(comm) {
    std::string name = (std::filesystem::temp_directory_path() / "bimetal_io_XXXXXX").string();
    if (comm.is_root() && !::mkdtemp(name.data())) throw std::runtime_error("cannot create " + name);
    comm.broadcast(name);
    path_ = name;
  }
  ~TemporaryDirectory() {
    comm_.barrier();
    std::error_code ignored;
    if (comm_.is_root()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  parallel::Communicator comm_;
  std::filesystem::path path_;
};

}  // namespace bimetal::test
