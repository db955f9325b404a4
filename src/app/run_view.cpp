#include "app/run_view.hpp"

#include <yaml-cpp/yaml.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/error.hpp"
#include "io/directory_claim.hpp"

namespace bimetal::app {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> parts;
  std::istringstream stream(line);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

/// A number that the summary has, of a key such as {"speed", "net_speedup"}; nothing if it is not there or null.
std::optional<double> number_at(const nlohmann::json& summary, std::initializer_list<const char*> keys) {
  const auto* at = &summary;
  for (const auto* key : keys) {
    if (!at->is_object() || !at->contains(key)) return {};
    at = &(*at)[key];
  }
  return at->is_number() ? std::optional(at->get<double>()) : std::nullopt;
}

/// Whether a process writes into the directory. A run on another machine shows it by touching its run.lock.
bool is_live(const fs::path& directory) {
  constexpr auto longest_silence = std::chrono::minutes(5);  // the two machines' clocks may differ
  const auto file = directory / io::DirectoryClaim::file_name;
  const auto owner = io::read_owner(content(file));
  const auto life = owner ? io::life_of(*owner, io::this_process(1)) : io::Life::dead;
  if (life != io::Life::unknown) return life == io::Life::lives;
  std::error_code failed;
  const auto touched = fs::last_write_time(file, failed);
  return !failed && fs::file_time_type::clock::now() - touched < longest_silence;
}

}  // namespace

std::size_t RunView::n_steps() const {
  const auto found = history.find("step");
  return found == history.end() ? 0 : found->second.size();
}

std::vector<double> RunView::column(const std::string& name_of_column) const {
  const auto found = history.find(name_of_column);
  return found == history.end() ? std::vector<double>(n_steps(), 0.0) : found->second;
}

std::map<std::string, std::vector<double>> read_columns(const std::string& text) {
  std::istringstream stream(text.substr(0, text.rfind('\n') + 1));
  std::string line;
  std::map<std::string, std::vector<double>> columns;
  if (!std::getline(stream, line)) return columns;
  const auto names = split(line);
  while (std::getline(stream, line)) {
    const auto values = split(line);
    for (std::size_t i = 0; i < names.size(); ++i)
      columns[names[i]].push_back(i < values.size() ? std::strtod(values[i].c_str(), nullptr) : 0.0);
  }
  return columns;
}

RunView read_run_view(const fs::path& directory) {
  if (!fs::exists(directory / "history.csv") || !fs::exists(directory / "config.yaml"))
    throw core::UserError::format(
        "there is no run in {} (no history.csv and config.yaml); give the output directory of a run",
        directory.string());
  RunView view;
  view.directory = directory.string();
  view.is_over = !is_live(directory);
  view.history = read_columns(content(directory / "history.csv"));
  try {
    const auto config = YAML::Load(content(directory / "config.yaml"));
    view.name = config["case"].as<std::string>();
    view.end = config["time"]["end"].as<double>();
    view.tolerance = config["switching"]["tolerance"].as<double>();
    view.wrong_fraction = config["switching"]["wrong_fraction"].as<double>();
  } catch (const YAML::Exception& error) {
    throw core::UserError::format("{}/config.yaml is not that of a run: {}", directory.string(), error.msg);
  }
  const auto summary = nlohmann::json::parse(content(directory / "summary.json"), nullptr, false);
  if (view.is_over && !summary.is_discarded()) {
    view.net_speedup = number_at(summary, {"speed", "net_speedup"});
    view.upper_bound = number_at(summary, {"certificate", "upper_bound"});
  }
  return view;
}

}  // namespace bimetal::app
