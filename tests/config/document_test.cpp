#include "config/document.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "core/error.hpp"
#include "parallel/mpi.hpp"

namespace bimetal::config {
namespace {

// Keys of every type, as the tests need them.
const Range positive = Range::positive();
const Keys grid_keys{{"cells", type::integers, "", positive, otherwise(std::vector<std::int64_t>{1}), ""},
                     {"lower", type::numbers, "m", {}, otherwise(std::vector<double>{0.0}), ""}};
const Keys time_keys{{"step", type::number, "s", {}, required("1"), ""},
                     {"end", type::number, "s", {}, required("1"), ""},
                     {"limit", type::number, "s", {}, otherwise(3.0), ""}};
const Keys inner_keys{{"key", type::numbers, "", {}, required("[1]"), ""},
                      {"e", type::number_or_auto, "", positive, otherwise("auto"), ""}};
const Keys new_keys{{"section", type::section(inner_keys), "", {}, depends("none"), ""}};
const Keys keys{{"a|b|c|absent", type::number_or_auto, "", positive, otherwise("auto"), ""},
                {"x", type::number, "", {}, required("1"), ""},
                {"part", type::number_or_auto, "", Range::between(0.0, 1.0), otherwise("auto"), ""},
                {"n", type::integer, "", positive, required("1"), ""},
                {"cells", type::integer, "", Range::at_least(1), required("1"), ""},
                {"t|name", type::text, "", {}, required("word"), ""},
                {"f", type::flag, "", {}, otherwise(false), ""},
                {"l", type::integers, "", positive, required("[1]"), ""},
                {"colour", {"name"}, "", {}, required("red"), ""},
                {"m", type::table, "", positive, depends("empty"), ""},
                {"d", type::section(inner_keys), "", {}, depends("none"), ""},
                {"grid", type::section(grid_keys), "", {}, depends("none"), ""},
                {"time", type::section(time_keys), "", {}, depends("none"), ""},
                {"new", type::section(new_keys), "", {}, depends("none"), ""}};

enum class Colour { red, green };
constexpr std::pair<const char*, Colour> colours[] = {{"red", Colour::red}, {"green", Colour::green}};

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const core::UserError& error) {
    return error.what();
  }
  return "no error";
}

std::string error_of(const std::string& text, const std::function<void(Section&)>& read,
                     std::vector<std::string> overrides = {}) {
  return error_of([&] {
    const Document document(text, "in.yaml", overrides);
    auto root = document.root(keys);
    read(root);
    root.finish();
  });
}

TEST(Document, reads_values_of_every_type) {
  const Document document("x: 1.5\nn: 7\nt: word\nf: true\nl: [1, 2]\ncolour: green\nm: {H2: 0.3}\n", "in.yaml");
  auto root = document.root(keys);
  EXPECT_EQ(root.number("x"), 1.5);
  EXPECT_EQ(root.integer("n"), 7);
  EXPECT_EQ(root.text("t"), "word");
  EXPECT_TRUE(root.flag("f"));
  EXPECT_EQ(root.integers("l"), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(root.choice<Colour>("colour", colours), Colour::green);
  EXPECT_EQ(root.table("m").at("H2"), 0.3);
  EXPECT_NO_THROW(root.finish());
}

TEST(Document, names_line_and_key_of_an_unknown_key_and_lists_the_valid_ones) {
  const auto message = error_of("grid:\n  cels: [4]\n", [](Section& root) {
    auto grid = root.section("grid");
    grid.integers("cells");
    grid.numbers("lower");
    grid.finish();
  });
  EXPECT_EQ(message, "in.yaml:2: unknown key grid.cels (did you mean cells?); valid keys in grid are cells, lower");
}

TEST(Document, says_why_a_value_is_refused) {
  const auto read = [](Section& root) { root.integer("cells"); };
  EXPECT_EQ(error_of("\ncells: -4\n", read), "in.yaml:2: cells is -4, but must be at least 1");
  EXPECT_EQ(error_of("cells: four\n", read), "in.yaml:1: cells is four, but must be a whole number");
  EXPECT_EQ(error_of("{}\n", read), "in.yaml: cells is missing; give it a whole number");
  EXPECT_EQ(error_of("cells: 4\n", read, {"cells=0"}), "--set: cells is 0, but must be at least 1");
  const auto number = [](Section& root) { root.number("x"); };
  EXPECT_EQ(error_of("x: .nan\n", number), "in.yaml:1: x is .nan, but must be a finite number");
}

TEST(Document, reads_a_number_that_may_be_left_to_the_program) {
  const Document document("a: auto\nb: 0.5\nd: {e: auto}\n", "in.yaml", std::vector<std::string>{"c=auto"});
  auto root = document.root(keys);
  EXPECT_EQ(root.number_or_auto("a"), std::nullopt);
  EXPECT_EQ(root.number_or_auto("b"), 0.5);
  EXPECT_EQ(root.number_or_auto("c"), std::nullopt);
  auto inner = root.section("d");
  EXPECT_EQ(inner.number_or_auto("e"), std::nullopt);
  EXPECT_EQ(root.number_or_auto("absent"), std::nullopt);
  root.remark("a", "7, for a reason");
  inner.remark("e", "8");
  root.remark("absent", "9");
  EXPECT_NO_THROW(root.finish());
  const auto resolved = document.resolved();
  for (const char* line : {"\na: auto  # 7, for a reason\n", "\nb: 0.5\n", "\nc: auto  # --set\n",
                           "\n  e: auto  # 8\n", "\nabsent: auto  # default: 9\n"})
    EXPECT_NE(resolved.find(line), std::string::npos) << line << resolved;

  const auto read = [](Section& each) { each.number_or_auto("part"); };
  EXPECT_EQ(error_of("part: automatic\n", read), "in.yaml:1: part is automatic, but must be a number or auto");
  EXPECT_EQ(error_of("part: [auto]\n", read), "in.yaml:1: part is [auto], but must be a number or auto");
  EXPECT_EQ(error_of("part: 2\n", read), "in.yaml:1: part is 2, but must lie between 0 and 1");
}

TEST(Document, a_key_that_no_table_describes_cannot_be_read) {
  const Document document("{}", "in.yaml");
  auto root = document.root(keys);
  EXPECT_THROW(root.number("undescribed"), std::logic_error);
  EXPECT_THROW(root.section("undescribed"), std::logic_error);
  EXPECT_THROW(root.number("a|b"), std::logic_error);
  EXPECT_THROW(root.flag("x"), std::exception);  // it is required
  root.add(grid_keys);
  EXPECT_EQ(root.numbers("lower"), std::vector<double>{0.0});
}

TEST(Document, suggests_the_nearest_choice) {
  const auto read = [](Section& root) { root.choice<Colour>("colour", colours); };
  EXPECT_EQ(error_of("colour: gren\n", read),
            "in.yaml:1: colour is gren, but must be one of red, green; did you mean green?");
}

TEST(Document, refuses_broken_yaml_with_its_line) {
  EXPECT_NE(error_of("a: 1\nb: [1, 2\nc: 3\n", [](Section&) {}).find("in.yaml:3: this is not valid YAML"),
            std::string::npos);
  EXPECT_EQ(error_of("a: 1\na: 2\n", [](Section&) {}), "in.yaml:2: key a is given twice; keep one");
  EXPECT_NE(error_of("just words\n", [](Section&) {}).find("mapping"), std::string::npos);
}

TEST(Document, refuses_what_would_exhaust_memory_or_stack) {
  const auto nothing = [](Section&) {};
  EXPECT_NE(error_of("a: &x [*x]\n", nothing).find("in.yaml:1: here are more than"), std::string::npos);
  EXPECT_NE(error_of("a: 1\n", nothing, {"a=&x [*x]"}).find("here are more than"), std::string::npos);
  EXPECT_NE(error_of("a: " + std::string(100'000, '[') + "\n", nothing).find("lists or maps within each other"),
            std::string::npos);
  std::string bomb = "a0: &a0 [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]\n";
  for (int level = 1; level < 10; ++level) {
    const std::string last = "*a" + std::to_string(level - 1);
    std::string list = last;
    for (int i = 1; i < 10; ++i) list += ", " + last;
    bomb += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + list + "]\n";
  }
  EXPECT_NE(error_of(bomb, nothing).find("write out its aliases"), std::string::npos);
  EXPECT_NE(error_of(std::string("a: 1\0\n", 6), nothing).find("in.yaml:1"), std::string::npos);
  EXPECT_NE(error_of("a: \xff\n", nothing).find("in.yaml:1"), std::string::npos);
}

TEST(Document, overrides_reach_into_sections_and_unknown_ones_are_refused) {
  const std::vector<std::string> overrides{"time.end=2", "new.section.key=[1, 2]"};
  const Document document("time: {end: 1}\n", "in.yaml", overrides);
  auto root = document.root(keys);
  EXPECT_EQ(root.section("time").number("end"), 2.0);
  EXPECT_EQ(root.section("new").section("section").numbers("key").size(), 2u);
  EXPECT_NE(error_of("{}", [](Section&) {}, {"nothing"}).find("key.path=value"), std::string::npos);
  EXPECT_NE(error_of("{}", [](Section&) {}, {"typo=1"}).find("unknown key typo"), std::string::npos);
}

TEST(Document, resolved_text_reads_back_to_the_same_values) {
  const std::vector<std::string> overrides{"time.end=2"};
  const Document document("time: {step: 1}\nname: a case\n", "in.yaml", overrides);
  auto root = document.root(keys);
  root.text("name");
  auto time = root.section("time");
  time.number("step");
  time.number("end");
  time.number("limit");
  const auto text = document.resolved();
  EXPECT_NE(text.find("  end: 2  # --set"), std::string::npos) << text;
  EXPECT_NE(text.find("  limit: 3  # default"), std::string::npos) << text;
  const Document again(text, "config.yaml");
  EXPECT_EQ(again.root(keys).section("time").number("limit"), 3.0);
  EXPECT_EQ(again.root(keys).text("name"), "a case");
}

TEST(ReadText, reports_a_missing_file_alike_on_all_ranks) {
  const auto comm = parallel::duplicate(MPI_COMM_WORLD);
  const auto message = error_of([&] { read_text("no/such/file.yaml", "input file", comm); });
  EXPECT_EQ(message, "cannot read the input file no/such/file.yaml (No such file or directory); check the path");
  const auto directory = std::filesystem::temp_directory_path().string();
  EXPECT_NE(error_of([&] { read_text(directory, "input file", comm); }), "no error");
  EXPECT_EQ(error_of([&] { read_text("/dev/zero", "input file", comm); }),
            "the input file /dev/zero is longer than 64 MiB; check the path");
  EXPECT_EQ(read_text("/dev/null", "input file", comm), "");
}

}  // namespace
}  // namespace bimetal::config
