#include "app/failure_record.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include "../support/sentence.hpp"
#include "core/error.hpp"

namespace bimetal::app {
namespace {

using nlohmann::ordered_json;

constexpr const char* source = "out/failed_reactors_000012.json";

FailureRecord example() {
  FailureRecord record{
      .case_name = "kernel",
      .step = 12,
      .n_failed = 250,
      .mechanism_file = "mechanisms/h2.yaml",
      .mechanism_name = "h2",
      .fingerprint = "b3f5d4548325779c",
      .solver = {.integrator = subproblem::Integrator::rosenbrock, .rtol = 1e-6, .atol = 1e-10, .max_steps = 5000},
      .reactors = {}};
  record.reactors.push_back({.cell = (std::int64_t{1} << 53) + 1,
                             .temperature = 1000.0 / 3.0,
                             .pressure = std::nextafter(101325.0, 0.0),
                             .dt = 1e-6 / 7.0,
                             .Y = {{"H2", 0.1 + 0.2}, {"OH", 5e-324}, {"N2", -1.0 / 3.0}},
                             .reason = "it takes too many steps"});
  record.reactors.push_back({.cell = 3,
                             .temperature = std::nan(""),
                             .pressure = 1.0,
                             .dt = 1.0,
                             .Y = {{"H2", HUGE_VAL}},
                             .reason = "the row is not finite"});
  return record;
}

TEST(FailureRecord, comes_back_from_its_file_to_the_bit) {
  const auto written = example();
  const auto read = parse_failure_record(to_json(written).dump(2), source);
  EXPECT_EQ(read.case_name, written.case_name);
  EXPECT_EQ(read.step, 12);
  EXPECT_EQ(read.n_failed, 250);
  EXPECT_EQ(read.mechanism_file, written.mechanism_file);
  EXPECT_EQ(read.mechanism_name, written.mechanism_name);
  EXPECT_EQ(read.fingerprint, written.fingerprint);
  EXPECT_EQ(read.solver.integrator, written.solver.integrator);
  EXPECT_EQ(read.solver.rtol, written.solver.rtol);
  EXPECT_EQ(read.solver.atol, written.solver.atol);
  EXPECT_EQ(read.solver.max_steps, written.solver.max_steps);
  ASSERT_EQ(read.reactors.size(), 2u);
  const auto &before = written.reactors[0], &after = read.reactors[0];
  EXPECT_EQ(after.cell, before.cell);
  EXPECT_EQ(after.temperature, before.temperature);
  EXPECT_EQ(after.pressure, before.pressure);
  EXPECT_EQ(after.dt, before.dt);
  EXPECT_EQ(after.Y, before.Y);
  EXPECT_EQ(after.reason, before.reason);
}

TEST(FailureRecord, keeps_in_mind_what_was_not_finite) {
  const auto read = parse_failure_record(to_json(example()).dump(), source);
  EXPECT_TRUE(std::isnan(read.reactors[1].temperature));
  EXPECT_TRUE(std::isnan(read.reactors[1].Y.at("H2")));
}

/// What is said of the example after `damage`.
std::string complaint(const std::function<void(ordered_json&)>& damage) {
  auto document = to_json(example());
  damage(document);
  try {
    parse_failure_record(document.dump(), source);
  } catch (const core::UserError& error) {
    EXPECT_EQ(bimetal::testing::fault_of_sentence(error.what(), source), "") << error.what();
    return error.what();
  }
  return "";
}

TEST(FailureRecord, names_what_is_missing_or_of_another_kind) {
  const std::pair<std::function<void(ordered_json&)>, const char*> cases[] = {
      {[](auto& it) { it = 3; }, "it is no object"},
      {[](auto& it) { it.erase("mechanism"); }, "mechanism is missing"},
      {[](auto& it) { it["mechanism"].erase("file"); }, "mechanism.file is missing"},
      {[](auto& it) { it["mechanism"]["name"] = 7; }, "mechanism.name is no text"},
      {[](auto& it) { it["step"] = 1.5; }, "step is no whole number"},
      {[](auto& it) { it["solver"]["integrator"] = "euler"; }, "cvode, rosenbrock or auto"},
      {[](auto& it) { it["solver"]["rtol"] = "small"; }, "solver.rtol is no number"},
      {[](auto& it) { it["solver"]["max_steps"] = std::int64_t{1} << 62; }, "solver.max_steps is beyond"},
      {[](auto& it) { it["reactors"] = nullptr; }, "reactors is no list"},
      {[](auto& it) { it["reactors"][1] = "hot"; }, "reactors[1] is no object"},
      {[](auto& it) { it["reactors"][1].erase("cell"); }, "reactors[1].cell is missing"},
      {[](auto& it) { it["reactors"][0]["Y"]["OH"] = "little"; }, "reactors[0].Y.OH is no number"},
      {[](auto& it) { it["reactors"][0]["Y"][std::string(5000, 'x')] = "little"; }, "is no number"}};
  for (const auto& [damage, words] : cases) {
    const auto said = complaint(damage);
    EXPECT_NE(said.find(words), std::string::npos) << words << ": " << said;
  }
}

TEST(FailureRecord, refuses_what_is_no_json) {
  for (const char* text : {"", "{", "case: kernel", "{\"case\": nan}", "\xff\xfe"})
    EXPECT_THROW(parse_failure_record(text, source), core::UserError) << text;
}

}  // namespace
}  // namespace bimetal::app
