// Damaged inputs and settings (tests/support/fuzzing.hpp says how to have more of them, or one again).
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "../support/fuzzing.hpp"
#include "../support/sentence.hpp"
#include "app/reacting_flow_config.hpp"
#include "app/run_config.hpp"
#include "app/simulation.hpp"
#include "core/error.hpp"
#include "input_mutations.hpp"

namespace bimetal::app {
namespace {

using bimetal::testing::Dice;
using bimetal::testing::Mutant;
using bimetal::testing::Verdict;

const std::filesystem::path inputs = std::filesystem::path(BIMETAL_SOURCE_DIR) / "inputs";

/// All that an input needs, and no more.
constexpr const char* smallest = R"(case: smallest
grid: {cells: [8], upper: [1e-3]}
time: {step: 1e-6, end: 2e-6}
chemistry: {mechanism: mechanisms/h2_burke2012.yaml}
initial: {type: uniform, fuel: H2, temperature: 1200}
)";

std::vector<std::string> originals() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(inputs))
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
  std::ranges::sort(paths);
  std::vector<std::string> texts{smallest};
  for (const auto& path : paths) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    texts.push_back(text.str());
  }
  return texts;
}

/// A folder like inputs/, for mutants that name the mechanisms beside them.
class InputFuzz : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("mutants_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    std::filesystem::create_directory_symlink(inputs / "mechanisms", folder_ / "mechanisms");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// What `bimetal check` does up to the fields: reads it, the mechanism, and makes the reactor of a cell.
  Verdict judge(const std::string& mutant) const {
    const std::string path = folder_ / "mutant.yaml";
    std::string text = mutant;
    const auto settings = take_settings(text);
    std::ofstream(path, std::ios::binary) << text;
    std::string source = path;
    try {
      const auto config = read_run_config(path, settings, {});
      source.clear();  // whose sentences are about the gas, not the file
      static_cast<void>(config.physics->load(config, {})->make_reference());
      return {true, read_again(config)};
    } catch (const core::UserError& error) {
      const std::string_view message = error.what();
      if (message.find("--set") != std::string_view::npos) source.clear();
      const auto fault = bimetal::testing::fault_of_sentence(message, source);
      return {false, fault.empty() ? "" : fault + ": " + error.what()};
    } catch (const core::RuntimeFailure& failure) {  // the reactor: it does not integrate
      const auto fault = bimetal::testing::fault_of_sentence(failure.what(), "");
      return {false, fault.empty() ? "" : fault + ": " + failure.what()};
    } catch (const std::exception& error) {
      return {false, std::string("not a UserError: ") + error.what()};
    }
  }

 private:
  static std::vector<std::string> take_settings(std::string& text) {
    std::vector<std::string> settings;
    const std::string_view mark = testing::setting_mark;
    for (auto at = text.rfind(mark); at != std::string::npos; at = text.rfind(mark)) {
      settings.insert(settings.begin(), text.substr(at + mark.size()));
      text.resize(at);
    }
    return settings;
  }

  /// A run keeps the resolved input, which must mean the same.
  std::string read_again(const RunConfig& config) const {
    const std::string path = folder_ / "resolved.yaml";
    std::ofstream(path, std::ios::binary) << config.resolved;
    try {
      const auto again = read_run_config(path, {}, {});
      const auto without_comments = [](const std::string& text) {
        std::istringstream lines(text.substr(text.find('\n')));
        std::string result;
        for (std::string line; std::getline(lines, line);) result += line.substr(0, line.find("  # ")) + "\n";
        return result;
      };
      if (without_comments(again.resolved) != without_comments(config.resolved))
        return "the resolved input resolves to another one";
      const auto mechanism_of = [](const RunConfig& run) {
        const auto* gas = dynamic_cast<const ReactingFlowConfig*>(run.physics.get());
        return gas ? gas->chemistry.mechanism : std::string();
      };
      if (mechanism_of(again) != mechanism_of(config) || again.name != config.name ||
          again.output.directory != config.output.directory || again.scales != config.scales)
        return "the resolved input means something else";
    } catch (const std::exception& error) {
      return std::string("the resolved input is refused: ") + error.what();
    }
    return "";
  }

  std::filesystem::path folder_;
};

TEST_F(InputFuzz, a_mutant_is_usable_or_refused_with_one_sentence) {
  const auto texts = originals();
  for (const auto& text : texts) {
    const auto verdict = judge(text);
    ASSERT_TRUE(verdict.accepted && verdict.fault.empty()) << verdict.fault;
  }
  bimetal::testing::fuzz(
      {.n_mutants = 1500},
      [&](Dice& dice) {
        // The smallest most often: more of its mutations hit something.
        const std::size_t chosen = dice.below(2) == 0 ? 0 : dice.below(texts.size());
        return bimetal::testing::mutate(texts[chosen], testing::input_mutations(dice.pick(texts)), dice);
      },
      [&](const std::string& mutant) { return judge(mutant); });
}

}  // namespace
}  // namespace bimetal::app
