#include "io/history.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstdint>
#include <iterator>
#include <utility>

#include "core/error.hpp"
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

History::History(std::filesystem::path path, std::vector<std::string> columns, const parallel::Communicator& comm)
    : path_(std::move(path)), n_columns_(columns.size()) {
  on_all_ranks(comm, [&] {
    if (!comm.is_root()) return;
    file_.open(path_);
    VALIDATE(file_.is_open(), "cannot create {}", path_.string());
    file_ << fmt::format("{}\n", fmt::join(columns, ",")) << std::flush;
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
