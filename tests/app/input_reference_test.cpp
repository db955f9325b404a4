#include "app/input_reference.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/run_config.hpp"
#include "core/error.hpp"

namespace bimetal::app {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// Calls visit(path, key) for every key of a table and of the sections in it.
template <class Visit>
void for_keys(const std::string& path, const config::Keys& keys, Visit visit) {
  for (const auto& key : keys) {
    visit(path + key.names, key);
    if (key.type.inside) for_keys(path + key.names + ".", *key.type.inside, visit);
  }
}

TEST(InputReference, every_key_says_what_it_means) {
  int count = 0;
  for (const auto& physics : all_physics())
    for (const auto* keys : input_keys(physics))
      for_keys("", *keys, [&](const std::string& path, const config::Key& key) {
        ++count;
        EXPECT_TRUE(key.meaning.ends_with(".")) << path;
        EXPECT_TRUE(config::value_if_absent(key) || !key.absent.words.empty()) << path;
        EXPECT_TRUE(key.type.words != config::type::number.words || !key.unit.empty()) << path;
      });
  EXPECT_GT(count, 150);
}

TEST(InputReference, the_page_is_what_the_tables_say) {
  EXPECT_EQ(content(fs::path(BIMETAL_SOURCE_DIR) / "docs/input.md"), keys_as_markdown())
      << "write it anew with bimetal keys --markdown > docs/input.md";
}

TEST(InputReference, prints_a_section_or_a_key_and_knows_no_others) {
  EXPECT_NE(keys_as_text("switching").find("\nswitching.tolerance [scales]\n"), std::string::npos);
  EXPECT_EQ(keys_as_text("switching").find("training.batch"), std::string::npos);
  EXPECT_NE(keys_as_text("macro").find("Of physics: two_scale_precipitation"), std::string::npos);
  EXPECT_TRUE(keys_as_text("time.end").starts_with("time.end [s]\n"));
  try {
    keys_as_text("swiching");
    ADD_FAILURE();
  } catch (const core::UserError& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean switching?"), std::string::npos) << error.what();
  }
}

TEST(InputReference, an_input_to_begin_with_is_an_input) {
  for (const auto& physics : all_physics()) {
    const auto path = fs::temp_directory_path() / (std::string("bimetal_begin_") + physics.name + ".yaml");
    std::ofstream(path) << input_to_begin_with(physics.name);
    const auto config = read_run_config(path.string(), {}, {});
    EXPECT_EQ(config.name, "my_case");
    EXPECT_EQ(config.training.batch, surrogate::TrainingOptions{}.batch);
    fs::remove(path);
  }
  EXPECT_THROW(input_to_begin_with("flow"), core::UserError);
}

}  // namespace
}  // namespace bimetal::app
