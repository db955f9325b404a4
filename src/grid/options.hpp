#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace bimetal::grid {

/// What closes an axis at one end. Where gas may pass, scalars see a state from outside (inflow) or their own
/// (outflow); the flow solver gives each its meaning for the velocity.
enum class Boundary {
  periodic,   // both ends of an axis or none
  wall,       // no flow through and none along it
  slip_wall,  // no flow through it, no friction: a plane of symmetry
  inflow,     // given velocity and gas
  outflow     // given pressure, zero gradient of all else
};
inline constexpr std::array<std::pair<const char*, Boundary>, 5> boundary_names{{{"periodic", Boundary::periodic},
                                                                                 {"wall", Boundary::wall},
                                                                                 {"slip_wall", Boundary::slip_wall},
                                                                                 {"inflow", Boundary::inflow},
                                                                                 {"outflow", Boundary::outflow}}};

/// The two ends of an axis.
struct Ends {
  Boundary lower = Boundary::periodic, upper = Boundary::periodic;

  Ends(Boundary both) : lower(both), upper(both) {}
  Ends(Boundary at_lower, Boundary at_upper) : lower(at_lower), upper(at_upper) {}
  friend bool operator==(const Ends&, const Ends&) = default;

  bool has(Boundary kind) const { return lower == kind || upper == kind; }
  Boundary operator[](std::size_t end) const { return end == 0 ? lower : upper; }
};

/// A box of equal cells, one entry per axis, one to three axes.
struct GridOptions {
  std::vector<std::int64_t> cells{128};            // at least 2
  std::vector<double> lower{0.0};                  // [m]
  std::vector<double> upper{0.01};                 // [m], above lower
  std::vector<Ends> boundary{Boundary::periodic};  // of each axis

  /// Whether any end is of this kind.
  bool has(Boundary kind) const {
    return std::any_of(boundary.begin(), boundary.end(), [kind](const Ends& ends) { return ends.has(kind); });
  }
};

}  // namespace bimetal::grid
