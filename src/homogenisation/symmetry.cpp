#include "homogenisation/symmetry.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "core/error.hpp"

namespace bimetal::homogenisation {
namespace {

/// Of the ellipse, which is the same after half a turn: in [0, pi).
double within_half_turn(double angle) {
  const double turned = angle - std::numbers::pi * std::floor(angle / std::numbers::pi);
  return turned < std::numbers::pi ? turned : 0.0;
}

}  // namespace

int Frame::number() const {
  int bits = axis[0] == 1 ? 1 : 0;
  for (std::size_t i = 0; i < 3; ++i) bits |= (sign[i] < 0.0 ? 2 : 0) << i;
  return bits;
}

Frame Frame::of(int number, std::size_t dimensions) {
  Frame frame{.dimensions = dimensions};
  if (number & 1) std::swap(frame.axis[0], frame.axis[1]);
  for (std::size_t i = 0; i < 3; ++i)
    if (number & (2 << i)) frame.sign[i] = -1.0;
  return frame;
}

Frame canonical_frame(std::span<const double> gradient, double angle) {
  const std::size_t d = gradient.size();
  EXPECT(d == 2 || d == 3);
  Frame frame{.dimensions = d};
  double turned = within_half_turn(angle);
  if (turned > 0.5 * std::numbers::pi) {  // x -> -x
    turned = std::numbers::pi - turned;
    frame.sign[0] = -1.0;
  }
  if (turned > 0.25 * std::numbers::pi) {  // x <-> y
    std::swap(frame.axis[0], frame.axis[1]);
    std::swap(frame.sign[0], frame.sign[1]);
  }
  if (frame.sign[0] * gradient[frame.axis[0]] < 0.0) {
    frame.sign[0] = -frame.sign[0];
    frame.sign[1] = -frame.sign[1];
  }
  if (d == 3 && gradient[2] < 0.0) frame.sign[2] = -1.0;
  return frame;
}

void to_frame(const Frame& frame, double T, std::span<const double> gradient, double fraction, double angle,
              std::span<double> row) {
  const std::size_t d = gradient.size();
  EXPECT(frame.dimensions == d && row.size() == d + 3);
  const double turned = within_half_turn(angle);
  const double folded = std::min(turned, std::numbers::pi - turned);
  row[0] = T;
  for (std::size_t i = 0; i < d; ++i) row[1 + i] = frame.sign[i] * gradient[frame.axis[i]];
  row[1 + d] = fraction;
  row[2 + d] = std::min(folded, 0.5 * std::numbers::pi - folded);
}

Frame to_canonical(double T, std::span<const double> gradient, double fraction, double angle, std::span<double> row) {
  const auto frame = canonical_frame(gradient, angle);
  to_frame(frame, T, gradient, fraction, angle, row);
  return frame;
}

void from_canonical(const Frame& frame, std::span<const double> canonical_flux, std::span<double> flux) {
  REQUIRE(canonical_flux.size() == frame.dimensions && flux.size() == frame.dimensions);
  for (std::size_t i = 0; i < frame.dimensions; ++i) flux[frame.axis[i]] = frame.sign[i] * canonical_flux[i];
}

void tangent_from_canonical(const Frame& frame, std::span<const double> dq_dg, std::span<const double> dq_dT,
                            std::span<double> dq_dg_out, std::span<double> dq_dT_out) {
  const std::size_t d = frame.dimensions;
  REQUIRE(dq_dg.size() == d * d && dq_dg_out.size() == d * d);
  from_canonical(frame, dq_dT, dq_dT_out);
  for (std::size_t i = 0; i < d; ++i)
    for (std::size_t k = 0; k < d; ++k)
      dq_dg_out[frame.axis[i] * d + frame.axis[k]] = frame.sign[i] * frame.sign[k] * dq_dg[i * d + k];
}

}  // namespace bimetal::homogenisation
