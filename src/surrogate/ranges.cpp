#include "surrogate/ranges.hpp"

#include <algorithm>
#include <limits>

namespace bimetal::surrogate {

Ranges ranges_of(core::ConstRows rows, const parallel::Communicator& comm) {
  if (comm.sum(rows.size()) == 0) return {};
  const auto width = static_cast<std::size_t>(rows.width());
  std::vector<double> least(width, std::numeric_limits<double>::max()), greatest(width, -least.front());
  for (std::int64_t i = 0; i < rows.size(); ++i)
    for (std::size_t k = 0; k < width; ++k) {
      least[k] = std::min(least[k], rows[i][k]);
      greatest[k] = std::max(greatest[k], rows[i][k]);
    }
  comm.min_in_place(least);
  comm.max_in_place(greatest);
  return {std::move(least), std::move(greatest)};
}

}  // namespace bimetal::surrogate
