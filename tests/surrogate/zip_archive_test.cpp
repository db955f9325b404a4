#include "surrogate/zip_archive.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "archive_entries.hpp"
#include "core/error.hpp"

namespace bimetal::surrogate {
namespace {

using testing::ArchiveEntry;
using testing::ArchiveWriter;

std::string sound() { return ArchiveWriter::write({{"a", "some numbers"}, {"b", ""}, {"version", "3"}}); }

/// What is said about an archive; "" if nothing.
std::string complaint(const std::string& bytes) {
  try {
    check_zip(bytes, "the model");
  } catch (const core::UserError& error) {
    return error.what();
  }
  return "";
}

TEST(ZipArchive, a_sound_one_passes) { EXPECT_EQ(complaint(sound()), ""); }

TEST(ZipArchive, no_byte_of_contents_names_or_sizes_can_change_unseen) {
  const auto bytes = sound();
  std::size_t n_unseen = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    n_unseen += complaint(damaged).empty() ? 1 : 0;
  }
  // Of every entry: versions, time and date, before it (6) and in the directory (8), and its attributes (6).
  EXPECT_EQ(n_unseen, 3 * (6 + 8 + 6));
}

TEST(ZipArchive, no_part_can_be_missing) {
  const auto bytes = sound();
  for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_NE(complaint(bytes.substr(0, n)), "") << n;
  for (std::size_t n = 1; n < bytes.size(); ++n) EXPECT_NE(complaint(bytes.substr(n)), "") << n;
}

struct Fault {
  const char* name;
  std::function<std::string()> bytes;
  const char* words;  // in the complaint
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

std::string inserted(std::size_t at, const std::string& bytes) { return sound().insert(at, bytes); }

/// An archive with two bytes of its first entry changed where they stand in front of it and in the directory.
std::string changed(std::size_t in_header, std::size_t in_directory, char low, char high = '\0') {
  auto bytes = sound();
  for (const auto at : {in_header, bytes.find("PK\1\2") + in_directory}) {
    bytes[at] = low;
    bytes[at + 1] = high;
  }
  return bytes;
}

const Fault faults[] = {
    {"nothing_in_it", [] { return ArchiveWriter::write({}); }, "something else"},
    {"no_version",
     [] {
       return ArchiveWriter::write({{"a", "1"}});
     },
     "something else"},
    {"something_behind_the_end", [] { return sound() + "x"; }, "end is missing"},
    {"something_before_the_beginning", [] { return inserted(0, "x"); }, "directory is not where"},
    {"something_between_entries", [] { return inserted(sound().find("PK\3\4", 1), "x"); }, "directory is not where"},
    {"two_of_a_name",
     [] {
       return ArchiveWriter::write({{"a", "1"}, {"a", "2"}});
     },
     "same name"},
    {"a_name_that_is_no_text",
     [] {
       return ArchiveWriter::write({{"\xff", "1"}});
     },
     "name of an entry"},
    {"another_packing", [] { return changed(8, 10, 12); }, "packed in a way"},
    {"encryption", [] { return changed(6, 8, 1); }, "packed in a way"},
    {"false_deflation", [] { return changed(8, 10, 8); }, "cannot be unpacked"},
    {"a_comment",
     [] {
       auto bytes = sound() + "x";
       bytes[bytes.size() - 3] = 1;
       return bytes;
     },
     "end is missing"},
};

class FaultyZip : public ::testing::TestWithParam<Fault> {};

TEST_P(FaultyZip, is_refused) {
  const auto message = complaint(GetParam().bytes());
  EXPECT_TRUE(message.starts_with("the model is damaged")) << message;
  EXPECT_NE(message.find(GetParam().words), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(Zip, FaultyZip, ::testing::ValuesIn(faults),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(ZipArchive, does_not_unfold_what_claims_to_be_far_larger_than_it_is) {
  // Deflated, four bytes that are to become four hundred million.
  auto bytes = ArchiveWriter::write({{"a", "abcd"}, {"version", "3"}});
  const auto directory = bytes.find("PK\1\2");
  for (const auto& [method, size] : {std::pair<std::size_t, std::size_t>{8, 22}, {directory + 10, directory + 24}}) {
    bytes[method] = 8;
    bytes[size + 3] = 0x18;
  }
  EXPECT_NE(complaint(bytes).find("unfolds into more"), std::string::npos) << complaint(bytes);
  for (const auto size : {std::size_t{22}, directory + 24}) {
    bytes[size + 3] = 0;
    bytes[size + 2] = 0x18;
  }
  EXPECT_NE(complaint(bytes).find("sizes of an entry contradict"), std::string::npos) << complaint(bytes);
}

}  // namespace
}  // namespace bimetal::surrogate
