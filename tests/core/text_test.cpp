#include "core/text.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace bimetal::core {
namespace {

TEST(Text, tells_utf8_from_other_bytes) {
  EXPECT_EQ(utf8_character("a"), 1u);
  EXPECT_EQ(utf8_character("é"), 2u);
  EXPECT_EQ(utf8_character("水"), 3u);
  EXPECT_EQ(utf8_character("😀 and more"), 4u);
  EXPECT_EQ(utf8_character(std::string_view("\0", 1)), 1u);
  EXPECT_EQ(utf8_character("\U0010FFFF"), 4u);
  for (const char* wrong : {"", "\x80", "\xc0\x80", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                            "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xe6\xb0"})
    EXPECT_EQ(utf8_character(wrong), 0u) << wrong;
}

TEST(Text, makes_a_message_one_line_of_bounded_length) {
  EXPECT_EQ(one_line("as it is, é too"), "as it is, é too");
  EXPECT_EQ(one_line("two\nlines\x7f\xff!\u2028"), "two lines  ! ");
  const std::string long_text = "begin" + std::string(5000, 'x') + "end";
  const std::string line = one_line(long_text, 100);
  EXPECT_LE(line.size(), 100u + std::string("…").size());
  EXPECT_TRUE(line.starts_with("begin") && line.ends_with("end"));
  for (std::size_t longest = 10; longest < 20; ++longest) {  // a cut never falls into a character
    const std::string cut = one_line("水水水水水水水水水水水水", longest);
    EXPECT_TRUE(is_printable(cut)) << longest;
    EXPECT_NE(cut.find("…"), std::string::npos);
  }
}

std::string refusal(std::string_view text, std::size_t largest = 100) {
  try {
    require_plain_text(text, "file.txt", largest);
    return "";
  } catch (const UserError& error) {
    return error.what();
  }
}

TEST(Text, is_refused_with_its_line_where_no_parser_should_see_it) {
  EXPECT_EQ(refusal("a line\r\n\tand another: é\n"), "");
  EXPECT_TRUE(refusal("a\nb\n\xff").starts_with("file.txt:3: this is not text"));
  EXPECT_TRUE(refusal(std::string_view("a\n\0b", 4)).starts_with("file.txt:2: there is a control character"));
  EXPECT_TRUE(refusal("a\x1b[0m").starts_with("file.txt:1: there is a control character"));
  EXPECT_TRUE(refusal("abc", 2).starts_with("file.txt has more than 2 bytes"));
}

}  // namespace
}  // namespace bimetal::core
