#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bimetal::app {

/// A run as its directory shows it, be it under way or over.
struct RunView {
  std::string name, directory;
  double end = 0.0;                                    // simulated time at which it ends [s]
  double tolerance = 0.0;                              // [scales]
  double wrong_fraction = 0.0;                         // allowed
  bool is_over = false;                                // no process writes into the directory any more
  std::optional<double> net_speedup, upper_bound;      // of the whole run, once it is summarised
  std::map<std::string, std::vector<double>> history;  // the columns of history.csv, a number for each step

  std::size_t n_steps() const;
  /// A column; without it zeros.
  std::vector<double> column(const std::string& name) const;
};

/// Columns of CSV text with a header. A last line that is not ended is still being written, and does not count.
/// Local.
std::map<std::string, std::vector<double>> read_columns(const std::string& text);

/// UserError if the directory holds no run. Local.
RunView read_run_view(const std::filesystem::path& directory);

}  // namespace bimetal::app
