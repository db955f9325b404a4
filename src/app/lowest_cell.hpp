#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "parallel/communicator.hpp"

namespace bimetal::app {

/// What the rank that holds the lowest of all ranks' numbers says about it, the same on every rank.
struct LowestCell {
  std::int64_t id;
  std::string text;
};

/// mine: this rank's lowest number, nothing if it has none; describe: called on the owner only. Nothing if no rank
/// has one. Collective.
std::optional<LowestCell> find_lowest(std::optional<std::int64_t> mine, const std::function<std::string()>& describe,
                                      const parallel::Communicator& comm);

}  // namespace bimetal::app
