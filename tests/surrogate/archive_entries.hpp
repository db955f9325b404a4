#pragma once

#include <caffe2/serialize/inline_container.h>

#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace bimetal::surrogate::testing {

/// An entry of a model's archive.
struct ArchiveEntry {
  std::string name;     // without the archive's own
  std::string content;  // unpacked
};

inline std::vector<ArchiveEntry> read_archive(const std::string& bytes) {
  std::istringstream stream(bytes);
  caffe2::serialize::PyTorchStreamReader reader(&stream);
  std::vector<ArchiveEntry> entries;
  for (const auto& name : reader.getAllRecords()) {
    const auto [data, size] = reader.getRecord(name);
    entries.push_back({name, std::string(static_cast<const char*>(data.get()), size)});
  }
  return entries;
}

/// CRC-32 of zip archives, bit by bit.
inline std::uint32_t checksum(std::string_view content) {
  std::uint32_t sum = 0xffffffff;
  for (const char byte : content) {
    sum ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1) != 0 ? 0xedb88320 : 0);
  }
  return ~sum;
}

/// Builds zip archives of stored entries, whatever their names and contents: all checksums right.
class ArchiveWriter {
 public:
  static std::string write(const std::vector<ArchiveEntry>& entries) {
    ArchiveWriter writer;
    for (const auto& entry : entries) writer.add(entry);
    const std::uint64_t begin = writer.bytes_.size();
    writer.bytes_ += writer.directory_;
    writer.put(4, 0x06054b50);
    writer.put(4, 0);
    for (int i = 0; i < 2; ++i) writer.put(2, entries.size());
    writer.put(4, writer.directory_.size());
    writer.put(4, begin);
    writer.put(2, 0);
    return writer.bytes_;
  }

 private:
  void add(const ArchiveEntry& entry) {
    const std::string name = "archive/" + entry.name;
    const std::uint64_t begin = bytes_.size();
    const std::string about = said_twice(entry, name);
    put(4, 0x04034b50);
    bytes_ += about + name + entry.content;
    std::swap(bytes_, directory_);
    put(4, 0x02014b50);
    put(2, 0);
    bytes_ += about;
    put(6, 0);  // comment, disk, attributes
    put(4, 0);
    put(4, begin);
    bytes_ += name;
    std::swap(bytes_, directory_);
  }

  /// What stands both before the entry and in the directory.
  static std::string said_twice(const ArchiveEntry& entry, const std::string& name) {
    ArchiveWriter part;
    part.put(10, 0);  // version, flags, method (stored), time, date
    part.put(4, checksum(entry.content));
    for (int i = 0; i < 2; ++i) part.put(4, entry.content.size());
    part.put(2, name.size());
    part.put(2, 0);  // extra field
    return part.bytes_;
  }

  /// A little-endian number.
  void put(int n_bytes, std::uint64_t value) {
    for (int i = 0; i < n_bytes; ++i, value >>= 8) bytes_ += static_cast<char>(value & 0xff);
  }

  std::string bytes_, directory_;
};

}  // namespace bimetal::surrogate::testing
