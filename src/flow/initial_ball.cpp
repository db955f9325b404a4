#include "flow/initial_ball.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"

namespace bimetal::flow {
namespace {

Position centre_in(const Box& box, const char* name, const std::vector<double>& coordinates) {
  Position centre{box.middle(0), box.middle(1), box.middle(2)};
  if (coordinates.empty()) return centre;
  if (coordinates.size() != static_cast<std::size_t>(box.dimensions))
    throw core::UserError::format("The {}'s centre has {} coordinates, but the grid has {} axes; give one each.",
                                  name, coordinates.size(), box.dimensions);
  std::ranges::copy(coordinates, centre.begin());
  for (std::size_t axis = 0; axis < coordinates.size(); ++axis)
    if (!box.holds(axis, centre[axis]))
      throw core::UserError::format("The {}'s centre lies at {} m along {}, outside the grid ({} m to {} m).", name,
                                    centre[axis], "xyz"[axis], box.lower[axis], box.upper(axis));
  return centre;
}

}  // namespace

Ball::Ball(const char* name, const Box& box, const std::vector<double>& centre, double radius, double thickness)
    : box_(box), centre_(centre_in(box, name, centre)), radius_(radius), thickness_(thickness) {
  if (!(radius > 0.0 && thickness > 0.0))
    throw core::UserError::format("The {}'s radius of {} m and thickness of {} m must both be positive.", name,
                                  radius, thickness);
}

double Ball::share(const Position& x) const {
  return 0.5 * (1.0 - std::tanh((box_.distance(x, centre_) - radius_) / thickness_));
}

}  // namespace bimetal::flow
