#include "flow/initial_second_gas.hpp"

#include <cmath>

#include "core/error.hpp"
#include "flow/initial_ball.hpp"

namespace bimetal::flow {
namespace {

SecondGasShare share_beyond(const SecondGas& second, const Box& box) {
  if (box.periodic[0])
    throw core::UserError(
        "The x axis is periodic, so a second gas beyond a plane would meet the first one there; choose other ends, "
        "such as wall and outflow, or a ball of it.");
  if (!box.holds(0, second.position))
    throw core::UserError::format("The second gas begins at {} m along x, outside the grid ({} m to {} m).",
                                  second.position, box.lower[0], box.upper(0));
  if (!(second.thickness > 0.0))
    throw core::UserError::format("The second gas's thickness is {} m, but must be positive.", second.thickness);
  return [position = second.position, thickness = second.thickness](const Position& x) {
    return 0.5 * (1.0 + std::tanh((x[0] - position) / thickness));
  };
}

SecondGasShare share_in_ball(const SecondGas& second, const Box& box) {
  return [ball = Ball("second gas", box, second.centre, second.radius, second.thickness)](const Position& x) {
    return ball.share(x);
  };
}

void check(const SecondGas& second) {
  if (!(second.equivalence_ratio >= 0.0))
    throw core::UserError::format("The second gas's equivalence ratio is {}, but must not be negative.",
                                  second.equivalence_ratio);
  if (!(second.temperature > 0.0))
    throw core::UserError::format("The second gas's temperature is {} K, but must be positive.", second.temperature);
}

}  // namespace

SecondGasShare second_gas_share(const SecondGas& second, const Box& box) {
  check(second);
  switch (second.region) {
    case Region::beyond: return share_beyond(second, box);
    case Region::ball: return share_in_ball(second, box);
    case Region::none: break;
  }
  return [](const Position&) { return 0.0; };
}

}  // namespace bimetal::flow
