#include "io/seal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <memory>
#include <vector>

#include "core/error.hpp"
#include "core/fingerprint.hpp"
#include "io/atomic_file.hpp"
#include "io/on_all_ranks.hpp"

namespace bimetal::io {
namespace {

constexpr std::int64_t block_bytes = 1 << 20;

/// This rank's part of the checksum: every n-th block is its own. Blocks know their place, so that none can change
/// it.
std::uint64_t sum_of_blocks(std::ifstream& file, std::int64_t size, const parallel::Communicator& comm) {
  std::uint64_t sum = 0;
  std::string block;
  for (std::int64_t b = comm.rank(); seal_bytes + b * block_bytes < size; b += comm.size()) {
    const std::int64_t start = seal_bytes + b * block_bytes;
    block.resize(static_cast<std::size_t>(std::min(block_bytes, size - start)));
    file.seekg(start);
    file.read(block.data(), std::ssize(block));
    core::Fingerprint print;
    print.add(static_cast<std::uint64_t>(b));
    print.add(std::string_view(block));
    sum += print.value();
  }
  return sum;
}

struct Measured {
  std::int64_t size = 0;
  std::uint64_t checksum = 0;
  std::string seal;  // as rank 0 reads it
};

/// RuntimeFailure, the same on every rank, if some cannot read the file or they see it at different lengths.
/// Collective.
Measured measure(const std::filesystem::path& path, const parallel::Communicator& comm) {
  Measured measured;
  on_all_ranks(comm, [&] {
    std::error_code failed;
    measured.size = static_cast<std::int64_t>(std::filesystem::file_size(path, failed));
    VALIDATE(!failed, "cannot read {} on rank {}: {}", path.string(), comm.rank(), failed.message());
    std::ifstream file(path, std::ios::binary);
    measured.checksum = sum_of_blocks(file, measured.size, comm);
    file.seekg(0);
    measured.seal.resize(static_cast<std::size_t>(std::min(seal_bytes, measured.size)));
    file.read(measured.seal.data(), std::ssize(measured.seal));
    VALIDATE(file.good(), "cannot read {} on rank {}", path.string(), comm.rank());
  });
  for (const auto size : comm.all_gather(measured.size))
    VALIDATE(size == measured.size, "the ranks do not agree on the length of {}: {} and {} bytes", path.string(),
             size, measured.size);
  std::array sum{static_cast<std::int64_t>(measured.checksum)};
  comm.sum_in_place(std::span<std::int64_t>(sum));
  measured.checksum = static_cast<std::uint64_t>(sum[0]);
  comm.broadcast(measured.seal);
  return measured;
}

/// The format is to be counted up when programs could take a state for something else than it was.
std::string seal_of(const Measured& measured) {
  auto text =
      fmt::format("bimetal checkpoint\nformat 1\nbytes {}\nchecksum {:016x}\n", measured.size, measured.checksum);
  text.resize(static_cast<std::size_t>(seal_bytes), '\n');
  return text;
}

}  // namespace

void seal(const std::filesystem::path& path, const parallel::Communicator& comm) {
  const auto measured = measure(path, comm);
  on_all_ranks(comm, [&] {
    if (comm.is_root()) {
      std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
      file << seal_of(measured) << std::flush;
      VALIDATE(file.good(), "cannot write to {}", path.string());
    }
    sync_to_disk(path);  // what other nodes have written is theirs to bring there
  });
}

std::string flaw_of(const std::filesystem::path& path, const parallel::Communicator& comm) {
  try {
    const auto measured = measure(path, comm);
    if (measured.size < seal_bytes) return fmt::format("it has {} bytes", measured.size);
    if (!measured.seal.starts_with("bimetal checkpoint\n")) return "it is no checkpoint of bimetal";
    if (measured.seal != seal_of(measured)) return "its checksum says that it has been damaged or cut off";
    return {};
  } catch (const core::RuntimeFailure& failure) {
    return failure.what();
  }
}

}  // namespace bimetal::io
