#include "io/history.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "core/error.hpp"
#include "io/atomic_file.hpp"
#include "io/on_all_ranks.hpp"

namespace bimetal::io {

std::string csv_line(std::span<const double> values) {
  constexpr double exact = 0x1.0p53;  // whole numbers below are themselves
  std::string line;
  for (const double value : values) {
    if (!line.empty()) line += ',';
    if (std::trunc(value) == value && std::abs(value) < exact)
      fmt::format_to(std::back_inserter(line), "{}", static_cast<std::int64_t>(value));
    else
      fmt::format_to(std::back_inserter(line), "{:.9g}", value);
  }
  return line;
}

namespace {

/// What stays of a history: its header and the whole lines up to a step.
std::string kept_lines(const std::filesystem::path& path, const std::string& header, std::int64_t last_step) {
  std::ifstream file(path);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (text.empty()) return header;
  VALIDATE(text.starts_with(header), "cannot go on with {}: it has other columns; move it away", path.string());
  std::size_t end = header.size();
  for (auto next = text.find('\n', end); next != std::string::npos; next = text.find('\n', end)) {
    if (std::strtoll(text.c_str() + end, nullptr, 10) > last_step) break;
    end = next + 1;
  }
  return text.substr(0, end);
}

}  // namespace

History::History(std::filesystem::path path, std::vector<std::string> columns, const parallel::Communicator& comm,
                 std::optional<std::int64_t> after_step)
    : path_(std::move(path)), n_columns_(columns.size()) {
  on_all_ranks(comm, [&] {
    if (!comm.is_root()) return;
    const auto header = fmt::format("{}\n", fmt::join(columns, ","));
    if (after_step) write_atomically(path_, kept_lines(path_, header, *after_step));
    file_.open(path_, after_step ? std::ios::app : std::ios::out);
    VALIDATE(file_.is_open(), "cannot create {}", path_.string());
    if (!after_step) file_ << header << std::flush;
    VALIDATE(file_.good(), "cannot write to {}; is the disk full?", path_.string());
  });
}

void History::append(std::span<const double> values) {
  EXPECT(values.size() == n_columns_);
  if (!file_.is_open()) return;
  file_ << csv_line(values) << '\n' << std::flush;
  VALIDATE(file_.good(), "cannot write to {}; is the disk full?", path_.string());
}

}  // namespace bimetal::io
