#pragma once

#include <vector>

#include "flow/initial_box.hpp"

namespace bimetal::flow {

/// A ball with a soft edge in a box; on periodic axes it goes the shorter way round.
class Ball {
 public:
  /// centre: one number an axis, or empty: the middle of the box; radius: where the share is a half; thickness: the
  /// length in the tanh of the edge; all in m. UserError, speaking of the ball as `name`, if they make no ball in the
  /// box. Local.
  Ball(const char* name, const Box& box, const std::vector<double>& centre, double radius, double thickness);

  /// How much of the ball is at a place: 1 inside, 0 outside. Local.
  double share(const Position& x) const;

 private:
  Box box_;
  Position centre_;
  double radius_, thickness_;
};

}  // namespace bimetal::flow
