#include "surrogate/zip_archive.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

#include "core/error.hpp"
#include "core/text.hpp"

namespace bimetal::surrogate {
namespace {

// Section 4.3 of the format, with the names it uses.
constexpr std::uint32_t local_header = 0x04034b50, data_descriptor = 0x08074b50, directory_header = 0x02014b50;
constexpr std::uint32_t end_record = 0x06054b50, end_record_64 = 0x06064b50, end_locator_64 = 0x07064b50;
constexpr std::uint64_t local_size = 30, descriptor_size = 16, directory_size = 46, end_size = 22, end_64_size = 56,
                        locator_64_size = 20;
constexpr std::uint16_t sizes_follow = 1 << 3, utf8_name = 1 << 11;  // flags; the others change what the bytes mean
constexpr std::uint16_t stored = 0, deflated = 8;

// Deflated are program texts of some kilobytes; a small archive must not unfold into a large one.
constexpr std::uint64_t most_unfolded = std::uint64_t{256} << 20;  // bytes in all

struct Entry {
  std::string name;
  std::uint16_t flags = 0, method = 0;
  std::uint32_t checksum = 0;
  std::uint64_t packed = 0, unpacked = 0;  // bytes
  std::uint64_t begin = 0;                 // of its header
};

class Archive {
 public:
  Archive(std::string_view bytes, const std::string& source) : bytes_(bytes), source_(source) {}

  void check() {
    const std::uint64_t begin = find_directory();
    read_directory(begin);
    // Without it LibTorch refuses an archive as well, but forgets to free what it has read.
    require(has("version") || has(".data/version"), "it is a zip archive of something else");
    std::ranges::sort(entries_, {}, &Entry::begin);
    std::uint64_t at = 0, unfolded = 0;
    for (const auto& entry : entries_) {
      require(entry.begin == at, "its entries do not follow each other");
      if (entry.method == deflated) unfolded += entry.unpacked;
      require(unfolded <= most_unfolded, "it unfolds into more than a model has");
      at = check_entry(entry);
    }
    require(at == begin, "its entries do not reach to its directory");
  }

  /// The content of an entry beside the format's version; empty if there is none.
  std::string content(const std::string& name) {
    read_directory(find_directory());
    if (entries_.empty()) return "";
    const auto found = std::ranges::find(entries_, full_name(name), &Entry::name);
    if (found == entries_.end()) return "";
    const auto packed = slice(data_of(*found), found->packed);
    return found->method == deflated ? unfolded(*found, packed) : std::string(packed);
  }

 private:
  void require(bool holds, const std::string& fault) const {
    if (!holds)
      throw core::UserError::format(
          "{} is damaged, truncated or no TorchScript archive ({}); copy or export it again", source_, fault);
  }

  /// The little-endian number of type T at byte `at`.
  template <class T>
  T number(std::uint64_t at) const {
    const auto piece = slice(at, sizeof(T));
    T value = 0;
    for (std::size_t i = sizeof(T); i-- > 0;)
      value = static_cast<T>(value << 8 | static_cast<unsigned char>(piece[i]));
    return value;
  }

  std::string_view slice(std::uint64_t at, std::uint64_t n) const {
    require(at <= bytes_.size() && n <= bytes_.size() - at, "it says of itself to be longer than it is");
    return bytes_.substr(at, n);
  }

  /// Where the directory begins; reads how many entries it has.
  std::uint64_t find_directory() {
    require(bytes_.size() >= end_size, "it has no end");
    const std::uint64_t end = bytes_.size() - end_size;
    require(number<std::uint32_t>(end) == end_record && number<std::uint16_t>(end + 20) == 0, "its end is missing");
    n_entries_ = number<std::uint16_t>(end + 10);
    const std::uint64_t size = number<std::uint32_t>(end + 12), begin = number<std::uint32_t>(end + 16);
    require(number<std::uint32_t>(end + 4) == 0 && number<std::uint16_t>(end + 8) == n_entries_,
            "it is one of several parts");
    const bool plain = begin + size == end;
    require(plain || begin + size + end_64_size + locator_64_size == end, "its directory is not where it should be");
    if (!plain) check_end_64(begin + size, begin, size);
    return begin;
  }

  /// The second end record, for large archives; it must say what the first one says.
  void check_end_64(std::uint64_t at, std::uint64_t begin, std::uint64_t size) const {
    const std::uint64_t locator = at + end_64_size;
    const bool same = number<std::uint32_t>(at) == end_record_64 &&
                      number<std::uint64_t>(at + 4) == end_64_size - 12 && number<std::uint64_t>(at + 16) == 0 &&
                      number<std::uint64_t>(at + 24) == n_entries_ && number<std::uint64_t>(at + 32) == n_entries_ &&
                      number<std::uint64_t>(at + 40) == size && number<std::uint64_t>(at + 48) == begin &&
                      number<std::uint32_t>(locator) == end_locator_64 && number<std::uint32_t>(locator + 4) == 0 &&
                      number<std::uint64_t>(locator + 8) == at && number<std::uint32_t>(locator + 16) == 1;
    require(same, "its two ends contradict each other");
  }

  void read_directory(std::uint64_t begin) {
    std::uint64_t at = begin;
    for (std::uint64_t i = 0; i < n_entries_; ++i) {
      require(number<std::uint32_t>(at) == directory_header, "its directory is broken");
      const auto name_size = number<std::uint16_t>(at + 28);
      Entry entry{.name = std::string(slice(at + directory_size, name_size)),
                  .flags = number<std::uint16_t>(at + 8),
                  .method = number<std::uint16_t>(at + 10),
                  .checksum = number<std::uint32_t>(at + 16),
                  .packed = number<std::uint32_t>(at + 20),
                  .unpacked = number<std::uint32_t>(at + 24),
                  .begin = number<std::uint32_t>(at + 42)};
      // An extra field could say other sizes; a comment has no business here.
      require(number<std::uint16_t>(at + 30) == 0 && number<std::uint16_t>(at + 32) == 0 &&
                  number<std::uint16_t>(at + 34) == 0,
              "its directory says more than a model's does");
      require(!entry.name.empty() && core::is_printable(entry.name), "the name of an entry is broken");
      require(names_.insert(entry.name).second, "two entries have the same name");
      at += directory_size + name_size;
      entries_.push_back(std::move(entry));
    }
    const bool ends = number<std::uint32_t>(at) == end_record || number<std::uint32_t>(at) == end_record_64;
    require(ends, "its directory has more entries than it counts");
  }

  /// Whether there is such an entry in the folder of the first one.
  bool has(const char* name) const { return !entries_.empty() && names_.contains(full_name(name)); }
  std::string full_name(const std::string& name) const {
    return entries_[0].name.substr(0, entries_[0].name.find('/') + 1) + name;
  }

  /// Where what the entry holds begins.
  std::uint64_t data_of(const Entry& entry) const {
    return entry.begin + local_size + number<std::uint16_t>(entry.begin + 26) +
           number<std::uint16_t>(entry.begin + 28);
  }

  /// Where the entry ends.
  std::uint64_t check_entry(const Entry& entry) const {
    const std::uint64_t at = entry.begin;
    require(number<std::uint32_t>(at) == local_header, "an entry is not where its directory says");
    const bool alike = number<std::uint16_t>(at + 6) == entry.flags &&
                       number<std::uint16_t>(at + 8) == entry.method &&
                       slice(at + local_size, number<std::uint16_t>(at + 26)) == entry.name;
    require(alike, "its directory and its entries contradict each other");
    require((entry.flags & ~(sizes_follow | utf8_name)) == 0 && (entry.method == stored || entry.method == deflated),
            "an entry is packed in a way that models are not");
    const std::uint64_t data = data_of(entry);
    const auto packed = slice(data, entry.packed);
    std::uint64_t end = data + entry.packed;
    if ((entry.flags & sizes_follow) != 0) {
      require(number<std::uint32_t>(end) == data_descriptor, "an entry does not end where it should");
      check_sizes(entry, end + 4);
      end += descriptor_size;
    } else {
      check_sizes(entry, at + 14);
    }
    require(checksum(entry, packed) == entry.checksum, "an entry is not what it was by its checksum");
    return end;
  }

  /// Checksum and sizes as they stand before or behind an entry.
  void check_sizes(const Entry& entry, std::uint64_t at) const {
    require(number<std::uint32_t>(at) == entry.checksum && number<std::uint32_t>(at + 4) == entry.packed &&
                number<std::uint32_t>(at + 8) == entry.unpacked,
            "its directory and its entries contradict each other");
  }

  std::uint32_t checksum(const Entry& entry, std::string_view packed) const {
    const auto of = [](std::string_view content) {
      return static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size()));
    };
    if (entry.method == deflated) return of(unfolded(entry, packed));
    require(entry.packed == entry.unpacked, "the sizes of an entry contradict each other");
    return of(packed);
  }

  std::string unfolded(const Entry& entry, std::string_view packed) const {
    // No more than 1032 times as much can come of deflated bytes (zlib's technical notes), so no memory for lies.
    require(entry.unpacked <= 1032 * (entry.packed + 1), "the sizes of an entry contradict each other");
    std::string content(entry.unpacked, '\0');
    z_stream stream{};
    require(inflateInit2(&stream, -MAX_WBITS) == Z_OK, "it cannot be unpacked");  // negative: no header of zlib's
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(content.data());
    stream.avail_out = static_cast<uInt>(content.size());
    const int result = inflate(&stream, Z_FINISH);
    const bool whole = result == Z_STREAM_END && stream.avail_in == 0 && stream.avail_out == 0;
    inflateEnd(&stream);
    require(whole, "an entry cannot be unpacked");
    return content;
  }

  std::string_view bytes_;
  const std::string& source_;
  std::uint64_t n_entries_ = 0;
  std::vector<Entry> entries_;
  std::set<std::string> names_;
};

}  // namespace

void check_zip(std::string_view bytes, const std::string& source) {
  if (bytes.size() > std::numeric_limits<std::uint32_t>::max())
    throw core::UserError::format("{} has 4 GiB or more, which no model needs; check the path", source);
  Archive(bytes, source).check();
}

std::string extra_file(std::string_view bytes, const std::string& name, const std::string& source) {
  return Archive(bytes, source).content("extra/" + name);
}

}  // namespace bimetal::surrogate
