#include "flow/face_flux.hpp"

#include <algorithm>

namespace bimetal::flow {
namespace {

/// Half of van Leer's harmonic mean of the two slopes, 0 where their signs differ.
inline double half_limited_slope(double upstream, double downstream) {
  const double product = upstream * downstream;
  return product > 0.0 ? product / (upstream + downstream) : 0.0;
}

/// a / b, but 1 where that is more or b is 0.
inline double ratio_up_to_one(double a, double b) { return a < b ? a / b : 1.0; }

}  // namespace

void reconstruct(const FaceStencil& stencil, double velocity, std::size_t n_species, double* __restrict value) {
  const bool rightward = velocity >= 0.0;
  const double* __restrict far = rightward ? stencil.far_left : stencil.far_right;
  const double* __restrict upwind = rightward ? stencil.left : stencil.right;
  const double* __restrict downwind = rightward ? stencil.right : stencil.left;

  const std::size_t width = 1 + n_species;
  for (std::size_t c = 0; c < width; ++c) value[c] = half_limited_slope(upwind[c] - far[c], downwind[c] - upwind[c]);

  double up = 0.0, down = 0.0;
  for (std::size_t c = 1; c < width; ++c) {
    up += std::max(value[c], 0.0);
    down += std::max(-value[c], 0.0);
  }
  const double keep_up = ratio_up_to_one(down, up), keep_down = ratio_up_to_one(up, down);

  value[0] += upwind[0];
  for (std::size_t c = 1; c < width; ++c) value[c] = upwind[c] + value[c] * (value[c] > 0.0 ? keep_up : keep_down);
}

void diffuse(const double* __restrict left, const double* __restrict right, const CellGas& left_gas,
             const CellGas& right_gas, const double* __restrict left_cp, const double* __restrict right_cp,
             std::span<const double> inverse_lewis, double spacing, FaceFlux& face) {
  const std::size_t n_species = inverse_lewis.size();
  const double* __restrict weight = inverse_lewis.data();
  double* __restrict flux = face.flux;
  const double per_length = 1.0 / spacing;
  const double T_gradient = (right[0] - left[0]) * per_length;
  const double transport = 0.5 * (left_gas.conductivity_over_cp + right_gas.conductivity_over_cp) * per_length;

  double excess = 0.0;
  for (std::size_t k = 0; k < n_species; ++k) {
    flux[1 + k] = -transport * weight[k] * (right[1 + k] - left[1 + k]);
    excess += flux[1 + k];
  }
  double enthalpy = 0.0;
  for (std::size_t k = 0; k < n_species; ++k) {
    flux[1 + k] -= 0.5 * (left[1 + k] + right[1 + k]) * excess;
    enthalpy += 0.5 * (left_cp[k] + right_cp[k]) * flux[1 + k];
  }
  flux[0] = -0.5 * (left_gas.conductivity + right_gas.conductivity) * T_gradient;
  face.enthalpy = enthalpy * T_gradient;
}

void accumulate(const double* __restrict state, const CellGas& gas, const FaceFlux& low, const FaceFlux& high,
                double spacing, std::size_t n_species, double* __restrict rate) {
  const double per_length = 1.0 / spacing;
  const double u_low = low.velocity * per_length, u_high = high.velocity * per_length;
  const double* __restrict low_value = low.value;
  const double* __restrict high_value = high.value;
  const double* __restrict low_flux = low.flux;
  const double* __restrict high_flux = high.flux;

  const std::size_t width = 1 + n_species;
  const double scale = gas.volume * per_length;
  rate[0] +=
      u_low * (low_value[0] - state[0]) - u_high * (high_value[0] - state[0]) -
      gas.inverse_heat_capacity * ((high_flux[0] - low_flux[0]) * per_length + 0.5 * (low.enthalpy + high.enthalpy));
  for (std::size_t c = 1; c < width; ++c)
    rate[c] += u_low * (low_value[c] - state[c]) - u_high * (high_value[c] - state[c]) -
               scale * (high_flux[c] - low_flux[c]);
}

}  // namespace bimetal::flow
