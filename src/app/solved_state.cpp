#include "app/solved_state.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "app/lowest_cell.hpp"
#include "app/state_watch.hpp"
#include "core/error.hpp"

namespace bimetal::app {

void require_all_solved(const subproblem::BatchReport& batch, const std::string& problems, const std::string& place,
                        const std::string& advice, const parallel::Communicator& comm) {
  const auto n_failed = comm.sum(std::ssize(batch.failures));
  if (n_failed == 0) return;
  const auto first = std::ranges::min_element(batch.failures, {}, &subproblem::Failure::id);
  const auto mine = first == batch.failures.end() ? std::nullopt : std::optional(first->id);
  const auto lowest = find_lowest(
      mine, [&] { return fmt::format("row {}: {}", fmt::join(first->in, ", "), first->reason); }, comm);
  throw core::RuntimeFailure(fmt::format("physics could not solve {} of the {} (the first: {} {}, {}); {}", n_failed,
                                         problems, place, lowest->id, lowest->text, advice));
}

void require_sound(core::ConstRows values, const SoundValue& sound, const grid::Extents& extents,
                   const parallel::Communicator& comm) {
  std::optional<std::int64_t> flawed;
  double flaw = 0.0;
  std::int64_t cell = 0;
  grid::for_owned_cells(extents, [&](auto i, auto j, auto k) {
    const double value = values[cell++][0];
    if (flawed || (std::isfinite(value) && value > sound.above)) return;
    flawed = extents.global_id(i, j, k);
    flaw = value;
  });
  const auto lowest = find_lowest(
      flawed, [&] { return fmt::format("{}", flaw); }, comm);
  if (!lowest) return;
  throw core::RuntimeFailure(fmt::format("the state is no longer that of {}: {} is {} in {}; try a smaller time.step",
                                         sound.whose, sound.name, lowest->text, name_cell(extents, lowest->id)));
}

}  // namespace bimetal::app
