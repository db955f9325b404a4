#include "flow/face_flux.hpp"

namespace bimetal::flow {
namespace {

// Vectors of four, as a row of ten to sixty species leaves too much over of longer ones.

/// Half of van Leer's harmonic mean of the two slopes, 0 where their signs differ. Divides always, so that it can be
/// vectorised.
inline double half_limited_slope(double upstream, double downstream) {
  const double product = upstream * downstream;
  return (product > 0.0 ? product : 0.0) / (product > 0.0 ? upstream + downstream : 1.0);
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
#pragma omp simd simdlen(4)
  for (std::size_t c = 0; c < width; ++c) value[c] = half_limited_slope(upwind[c] - far[c], downwind[c] - upwind[c]);

  double up = 0.0, down = 0.0;
#pragma omp simd reduction(+ : up, down) simdlen(4)
  for (std::size_t c = 1; c < width; ++c) {
    up += value[c] > 0.0 ? value[c] : 0.0;
    down += value[c] > 0.0 ? 0.0 : -value[c];
  }
  const double keep_up = ratio_up_to_one(down, up), keep_down = ratio_up_to_one(up, down);

  value[0] += upwind[0];
#pragma omp simd simdlen(4)
  for (std::size_t c = 1; c < width; ++c) value[c] = upwind[c] + value[c] * (value[c] > 0.0 ? keep_up : keep_down);
}

void diffuse(const DiffusingCell& left, const DiffusingCell& right, std::size_t n_species, double spacing,
             FaceFlux& face) {
  const double* __restrict left_Y = left.row + 1;
  const double* __restrict right_Y = right.row + 1;
  const double* __restrict left_cp = left.species_cp;
  const double* __restrict right_cp = right.species_cp;
  const double* __restrict left_rho_D = left.rho_D;
  const double* __restrict right_rho_D = right.rho_D;
  double* __restrict mass = face.flux + 1;
  const double half_per_length = 0.5 / spacing;
  const double log_weight_difference = 2.0 * (right.gas.driving_weight - left.gas.driving_weight) /
                                       (left.gas.driving_weight + right.gas.driving_weight);

  double excess = 0.0;
#pragma omp simd reduction(+ : excess) simdlen(4)
  for (std::size_t k = 0; k < n_species; ++k) {
    const double Y = 0.5 * (left_Y[k] + right_Y[k]);
    mass[k] =
        -half_per_length * (left_rho_D[k] + right_rho_D[k]) * (right_Y[k] - left_Y[k] + Y * log_weight_difference);
    excess += mass[k];
  }
  double heat_capacity = 0.0;
#pragma omp simd reduction(+ : heat_capacity) simdlen(4)
  for (std::size_t k = 0; k < n_species; ++k) {
    mass[k] -= 0.5 * (left_Y[k] + right_Y[k]) * excess;
    heat_capacity += 0.5 * (left_cp[k] + right_cp[k]) * mass[k];
  }
  const double T_difference = right.row[0] - left.row[0];
  face.flux[0] = -half_per_length * (left.gas.conductivity + right.gas.conductivity) * T_difference;
  face.enthalpy = heat_capacity * T_difference / spacing;
}

namespace {

/// What diffusion does to T: the fluxes' divergence and the heat that the diffusing species carry.
inline double diffusion_of_heat(const CellGas& gas, const FaceFlux& low, const FaceFlux& high, double per_length) {
  return gas.inverse_heat_capacity *
         ((high.flux[0] - low.flux[0]) * per_length + 0.5 * (low.enthalpy + high.enthalpy));
}

}  // namespace

void accumulate_advective(const double* __restrict state, const CellGas& gas, const FaceFlux& low,
                          const FaceFlux& high, double spacing, std::size_t n_species, double* __restrict rate) {
  const double per_length = 1.0 / spacing;
  const double u_low = low.velocity * per_length, u_high = high.velocity * per_length;
  const double* __restrict low_value = low.value;
  const double* __restrict high_value = high.value;
  const double* __restrict low_flux = low.flux;
  const double* __restrict high_flux = high.flux;

  const std::size_t width = 1 + n_species;
  const double scale = gas.volume * per_length;
  rate[0] += u_low * (low_value[0] - state[0]) - u_high * (high_value[0] - state[0]) -
             diffusion_of_heat(gas, low, high, per_length);
  for (std::size_t c = 1; c < width; ++c)
    rate[c] += u_low * (low_value[c] - state[c]) - u_high * (high_value[c] - state[c]) -
               scale * (high_flux[c] - low_flux[c]);
}

void accumulate_conservative(const double* __restrict state, const CellGas& gas, const FaceFlux& low,
                             const FaceFlux& high, double spacing, std::size_t n_species, double* __restrict rate) {
  const double per_length = 1.0 / spacing;
  const double m_low = low.mass * per_length, m_high = high.mass * per_length;
  const double* __restrict low_value = low.value;
  const double* __restrict high_value = high.value;
  const double* __restrict low_flux = low.flux;
  const double* __restrict high_flux = high.flux;

  const std::size_t width = 1 + n_species;
  rate[0] += gas.volume * (m_low * (low_value[0] - state[0]) - m_high * (high_value[0] - state[0])) -
             diffusion_of_heat(gas, low, high, per_length);
  for (std::size_t c = 1; c < width; ++c)
    rate[c] += m_low * low_value[c] - m_high * high_value[c] - per_length * (high_flux[c] - low_flux[c]);
}

}  // namespace bimetal::flow
