#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace bimetal::grid {

/// Number of ranks along each axis.
using Partition = std::array<int, 3>;

/// The way to cut a box of `cells` into n_ranks boxes, each at least `min_width` cells wide along every axis of the
/// first `dimensions`, that leaves the smallest surface between them (among equals the one with fewer cuts along x,
/// where memory is contiguous). Empty if there is none. Local.
std::optional<Partition> partition(const std::array<std::int64_t, 3>& cells, int dimensions, int n_ranks,
                                   int min_width);

/// The most ranks that partition() can serve. Local.
std::int64_t max_ranks(const std::array<std::int64_t, 3>& cells, int dimensions, int min_width);

}  // namespace bimetal::grid
