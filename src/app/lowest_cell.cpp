#include "app/lowest_cell.hpp"

#include <limits>

namespace bimetal::app {

std::optional<LowestCell> find_lowest(std::optional<std::int64_t> mine, const std::function<std::string()>& describe,
                                      const parallel::Communicator& comm) {
  // Cell numbers are exact in a double up to 2^53.
  constexpr double nowhere = std::numeric_limits<double>::infinity();
  const double id = mine ? static_cast<double>(*mine) : nowhere;
  const double lowest = comm.min(id);
  if (lowest == nowhere) return std::nullopt;
  const auto owner = static_cast<int>(comm.min(static_cast<double>(id == lowest ? comm.rank() : comm.size())));
  std::string text = comm.rank() == owner ? describe() : "";
  comm.broadcast(text, owner);
  return LowestCell{static_cast<std::int64_t>(lowest), std::move(text)};
}

}  // namespace bimetal::app
