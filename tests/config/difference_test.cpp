#include "config/difference.hpp"

#include <gtest/gtest.h>

#include "config/document.hpp"

namespace bimetal::config {
namespace {

const Keys grid_keys{{"cells", type::integers, "", Range::any(), otherwise(std::vector<std::int64_t>{8, 8}), ""}};
const Keys keys{{"grid", type::section(grid_keys), "", {}, depends("all by default"), ""},
                {"case", type::text, "", {}, otherwise("none"), ""},
                {"step", type::number, "s", Range::any(), otherwise(1e-6), ""}};

/// What Document::resolved() gives for an input of two sections.
std::string resolved(const std::string& text, std::vector<std::string> settings = {}) {
  const Document document(text, "test.yaml", settings);
  auto root = document.root(keys);
  auto grid = root.section("grid");
  grid.integers("cells");
  grid.finish();
  root.text("case");
  root.number("step");
  root.finish();
  return document.resolved();
}

TEST(Differences, are_none_between_an_input_and_itself_however_it_is_written) {
  EXPECT_TRUE(differences(resolved("grid: {cells: [8, 8]}"), resolved("case: none\nstep: 1e-06")).empty());
}

TEST(Differences, name_the_key_and_both_values) {
  const auto found = differences(resolved("case: a"), resolved("case: a", {"grid.cells=[9, 8]", "step=2"}));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].key, "grid.cells");
  EXPECT_EQ(found[0].before, "[8, 8]");
  EXPECT_EQ(found[0].now, "[9, 8]");
  EXPECT_EQ(found[1].key, "step");
}

TEST(Differences, see_keys_that_only_one_has) {
  const auto found = differences("a: 1\nb: {c: 2}", "a: 1\nd: 3");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].key, "d");
  EXPECT_EQ(found[0].before, "nothing");
  EXPECT_EQ(found[1].key, "b.c");
  EXPECT_EQ(found[1].now, "nothing");
}

}  // namespace
}  // namespace bimetal::config
