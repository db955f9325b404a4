#include "library/library_config.hpp"

#include <utility>
#include <vector>

#include "config/document.hpp"
#include "parallel/alike.hpp"

namespace bimetal::library {
namespace {

using core::LogVoice;
constexpr std::pair<const char*, LogVoice> voices[] = {
    {"terminal", LogVoice::story}, {"verbose", LogVoice::verbose}, {"silent", LogVoice::silent}};

using config::depends;
using config::Keys;
using config::otherwise;
using config::Range;
namespace type = config::type;

const Keys output_keys{
    {"log", type::choice(voices), "", {}, otherwise(voices[0].first), "What the terminal shows."},
    {"data",
     type::path,
     "",
     {},
     depends("none"),
     "Data set to write what physics answers to, for training off line."},
    {"data_rows", type::integer, "rows", Range::at_least(1), otherwise(LibraryConfig{}.data_rows),
     "Rows of a step at most that go into the data set."},
};

const Keys keys{
    {"case", type::text, "", {}, depends("the name of the sub-problem"), "Name of the case, for logs and data sets."},
    {"seed", type::integer, "", Range::at_least(0), otherwise(LibraryConfig{}.hybrid.seed),
     "Seed of weights, audits and replay."},
    {"steps", type::integer, "", Range::at_least(1), otherwise(LibraryConfig{}.hybrid.expected_steps),
     "Steps that the run is going to take, for switching.run_tolerance."},
    {"output", type::section(output_keys), "", {}, depends("all by default"), "What is written."},
};

void read_output(config::Section section, LibraryConfig& config) {
  config.voice = section.choice<LogVoice>("log", voices);
  if (section.has("data")) config.data = section.path("data");
  config.data_rows = section.integer("data_rows");
  section.finish();
}

}  // namespace

LibraryConfig read_library_config(const Options& options, const std::string& file, const std::string& kind,
                                  const parallel::Communicator& comm) {
  std::vector<std::string> settings;
  std::string all = file + "\n";
  for (const auto& [key, value] : options) {
    settings.push_back(key + "=" + value);
    all += settings.back() + "\n";
  }
  parallel::require_alike("has the options", all, "give every rank the same", comm);
  const auto text = file.empty() ? std::string() : config::read_text(file, "file of options", comm);
  const config::Document document(text, file.empty() ? "the options" : file, settings, "option");
  auto root = document.root(keys);
  root.add(hybrid_keys());
  LibraryConfig config;
  config.name = root.text("case", kind);
  config.hybrid.seed = static_cast<std::uint64_t>(root.integer("seed"));
  config.hybrid.expected_steps = root.integer("steps");
  read_hybrid_config(root, config);
  if (config.hybrid.schedule.placement == hybrid::Placement::dedicated)
    root.refuse("training.placement", "cannot be dedicated here: all ranks of the solver solve; give in_situ or off");
  if (config.hybrid.switching.run_tolerance && config.hybrid.expected_steps <= 1)
    root.refuse("steps", "must say how many steps the run is going to take, which switching.run_tolerance is for");
  read_output(root.section("output"), config);
  root.finish();
  config.hybrid.keeps_rows = config.data.has_value();
  config.resolved = document.resolved();
  return config;
}

}  // namespace bimetal::library
