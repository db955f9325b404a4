#include "core/archive.hpp"

#include <gtest/gtest.h>

#include "../support/memory_archive.hpp"

namespace bimetal::core {
namespace {

enum class Colour : std::uint8_t { red, green };

struct Everything {
  double number = 0.0;
  float single = 0.0F;
  std::int64_t whole = 0;
  std::uint64_t bits = 0;
  std::int32_t small = 0;
  bool flag = false;
  Colour colour = Colour::red;
  std::array<double, 3> three{};
  std::vector<double> many;
  std::string text;
  std::optional<std::int64_t> perhaps;
  RowTable table{2};

  void persist(const Archive& archive) {
    archive.alike("number", number);
    archive.alike("single", single);
    const auto part = archive.in("part");
    part.sums("whole", whole);
    part.alike("bits", bits);
    part.alike("small", small);
    part.alike("flag", flag);
    part.alike("colour", colour);
    part.maxima("three", std::span(three));
    part.alike("many", many);
    part.alike("text", text);
    part.alike("perhaps", perhaps);
    part.rows("table", table);
  }
};

Everything something() {
  Everything thing{1.5,    2.5F,   -3, ~std::uint64_t{0}, -4, true, Colour::green, {1, 2, 3},
                   {4, 5}, "räum", 7,  RowTable(2)};
  thing.table.append(std::vector{1.0, 2.0});
  thing.table.append(std::vector{3.0, 4.0});
  return thing;
}

TEST(Archive, gives_back_what_was_saved) {
  auto before = something();
  auto archive = testing::MemoryArchive::of(before);
  Everything after;
  archive.give_to(after);
  EXPECT_EQ(after.whole, -3);
  EXPECT_EQ(after.colour, Colour::green);
  EXPECT_EQ(after.many, (std::vector{4.0, 5.0}));
  EXPECT_EQ(after.text, "räum");
  EXPECT_EQ(after.perhaps, 7);
  EXPECT_EQ(after.table.size(), 2);
  EXPECT_TRUE(testing::MemoryArchive::of(after) == archive);
}

TEST(Archive, gives_back_what_is_not_there) {
  Everything nothing, after = something();
  auto archive = testing::MemoryArchive::of(nothing);
  archive.give_to(after);
  EXPECT_TRUE(after.many.empty());
  EXPECT_TRUE(after.text.empty());
  EXPECT_FALSE(after.perhaps);
  EXPECT_EQ(after.table.size(), 0);
}

TEST(Archive, refuses_another_number_of_values) {
  struct Two {
    std::array<double, 2> three{};
    void persist(const Archive& archive) { archive.in("part").maxima("three", std::span(three)); }
  } two;
  auto before = something();
  auto archive = testing::MemoryArchive::of(before);
  try {
    archive.give_to(two);
    FAIL() << "nothing was thrown";
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()).find("'part/three' was saved with 3 numbers"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace bimetal::core
