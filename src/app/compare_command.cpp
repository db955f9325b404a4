#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/guarded.hpp"
#include "core/error.hpp"
#include "io/file_comparison.hpp"

namespace bimetal::app {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

struct Pair {
  fs::path first, second;
};

std::vector<std::string> snapshots(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::directory_iterator entry(directory, failed), end; !failed && entry != end; entry.increment(failed)) {
    const auto name = entry->path().filename().string();
    if (name.starts_with("fields_") && name.ends_with(".h5")) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

/// Two directories of runs stand for the last snapshot that both have.
Pair files_of(const CompareCommand& command) {
  const fs::path first = command.first, second = command.second;
  for (const auto& path : {first, second})
    if (!fs::exists(path))
      throw core::UserError::format("{} does not exist; give the directories of two runs, or two files",
                                    path.string());
  const bool directories = fs::is_directory(first);
  if (directories != fs::is_directory(second))
    throw core::UserError::format("{} and {} are not of one kind; give the directories of two runs, or two files",
                                  command.first, command.second);
  if (!directories) return {first, second};
  const auto in_first = snapshots(first), in_second = snapshots(second);
  std::vector<std::string> common;
  std::ranges::set_intersection(in_first, in_second, std::back_inserter(common));
  if (common.empty())
    throw core::UserError::format("{} and {} have no snapshot of a common step (fields_NNNNNN.h5); give two files",
                                  command.first, command.second);
  return {first / common.back(), second / common.back()};
}

ordered_json as_json(const Pair& files, const io::FileComparison& found) {
  ordered_json datasets = ordered_json::object();
  for (const auto& each : found.common)
    datasets[each.name] = {
        {"same_bits", each.same_bits}, {"largest", each.largest}, {"mean", each.mean}, {"range", each.range}};
  return {{"first", files.first.string()},
          {"second", files.second.string()},
          {"datasets", datasets},
          {"only_in_first", found.only_in_first},
          {"only_in_second", found.only_in_second}};
}

std::string as_text(const Pair& files, const io::FileComparison& found) {
  auto text =
      fmt::format("A: {}\nB: {}\n\n{:<40} {:>12} {:>12} {:>12} {:>12}\n", files.first.string(), files.second.string(),
                  "dataset", "max |B - A|", "mean |B - A|", "range of A", "max / range");
  for (const auto& each : found.common) {
    text += fmt::format("{:<40} ", each.name);
    if (each.same_bits) {
      text += fmt::format("{:>12}\n", "the same");
      continue;
    }
    text += fmt::format("{:>12.4e} {:>12.4e} {:>12.4e}", each.largest, each.mean, each.range);
    if (each.range > 0.0) text += fmt::format(" {:>12.4e}", each.largest / each.range);
    text += '\n';
  }
  for (const auto& name : found.only_in_first) text += fmt::format("{:<40} only in A\n", name);
  for (const auto& name : found.only_in_second) text += fmt::format("{:<40} only in B\n", name);
  return text;
}

}  // namespace

int execute(const CompareCommand& command, const parallel::Communicator& world) {
  std::string report, trouble;
  if (world.is_root()) {
    try {
      const auto files = files_of(command);
      const auto found = io::compare_files(files.first, files.second);
      report = command.format == ReportFormat::json ? as_json(files, found).dump(2) + "\n" : as_text(files, found);
    } catch (const core::UserError& error) {
      trouble = error.what();
    }
  }
  world.agree(trouble.empty(), trouble);
  std::fputs(report.c_str(), stdout);
  return exit_done;
}

}  // namespace bimetal::app
