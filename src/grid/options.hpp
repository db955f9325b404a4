#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace bimetal::grid {

enum class Boundary {
  periodic,
  wall  // zero gradient of every quantity
};
inline constexpr std::array<std::pair<const char*, Boundary>, 2> boundary_names{
    {{"periodic", Boundary::periodic}, {"wall", Boundary::wall}}};

/// A box of equal cells, one entry per axis, one to three axes.
struct GridOptions {
  std::vector<std::int64_t> cells{128};                // at least 2
  std::vector<double> lower{0.0};                      // [m]
  std::vector<double> upper{0.01};                     // [m], above lower
  std::vector<Boundary> boundary{Boundary::periodic};  // at both ends of the axis
};

}  // namespace bimetal::grid
