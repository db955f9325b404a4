#include "flow/face_flux.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "core/random.hpp"

namespace bimetal::flow {
namespace {

constexpr std::size_t n_species = 4;
using Row = std::array<double, 1 + n_species>;

/// A reproducible state whose mass fractions add up to 1.
Row random_row(std::uint64_t id) {
  Row row{};
  double sum = 0.0;
  for (std::size_t c = 0; c < row.size(); ++c) {
    row[c] = core::random_uniform(7, core::Purpose::initial, id, c);
    if (c > 0) sum += row[c];
  }
  for (std::size_t c = 1; c < row.size(); ++c) row[c] /= sum;
  return row;
}

double sum_of_fractions(const Row& row) { return std::accumulate(row.begin() + 1, row.end(), 0.0); }

TEST(FaceFlux, reconstructs_a_linear_profile_exactly_from_either_side) {
  const Row low{300.0, 0.1, 0.2, 0.3, 0.4}, slope{10.0, 0.02, -0.01, 0.02, -0.03};
  std::array<Row, 4> cells{};
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t c = 0; c < low.size(); ++c) cells[i][c] = low[c] + static_cast<double>(i) * slope[c];
  for (const double velocity : {1.0, -1.0}) {
    Row value{};
    reconstruct({cells[0].data(), cells[1].data(), cells[2].data(), cells[3].data()}, velocity, n_species,
                value.data());
    for (std::size_t c = 0; c < low.size(); ++c) EXPECT_NEAR(value[c], low[c] + 1.5 * slope[c], 1e-13 * low[0]);
  }
}

TEST(FaceFlux, reconstruction_stays_between_the_neighbours_and_keeps_the_sum_of_fractions) {
  for (std::uint64_t trial = 0; trial < 2000; ++trial) {
    std::array<Row, 4> cells{};
    for (std::size_t i = 0; i < 4; ++i) cells[i] = random_row(4 * trial + i);
    Row value{};
    reconstruct({cells[0].data(), cells[1].data(), cells[2].data(), cells[3].data()}, trial % 2 ? 1.0 : -1.0,
                n_species, value.data());
    for (std::size_t c = 0; c < value.size(); ++c) {
      EXPECT_GE(value[c], std::min(cells[1][c], cells[2][c]) - 1e-15);
      EXPECT_LE(value[c], std::max(cells[1][c], cells[2][c]) + 1e-15);
    }
    EXPECT_NEAR(sum_of_fractions(value), 1.0, 4e-16 * n_species);
  }
}

TEST(FaceFlux, diffusing_masses_add_up_to_zero_and_carry_their_enthalpy) {
  const std::array<double, n_species> rho_D{1e-4, 3e-5, 4e-5, 3e-5}, cp{14000.0, 1000.0, 1900.0, 1040.0};
  const CellGas gas{1.0, 1e-3, 0.04, 14.0}, heavier{0.8, 1e-3, 0.04, 22.0};
  for (std::uint64_t trial = 0; trial < 200; ++trial) {
    const Row left = random_row(2 * trial), right = random_row(2 * trial + 1);
    Row value{}, flux{};
    FaceFlux face{.value = value.data(), .flux = flux.data()};
    diffuse({gas, left.data(), cp.data(), rho_D.data()},
            {trial % 2 ? heavier : gas, right.data(), cp.data(), rho_D.data()}, n_species, 1e-4, face);
    EXPECT_NEAR(sum_of_fractions(flux), 0.0, 1e-15);
    const double gradient = (right[0] - left[0]) / 1e-4;
    EXPECT_DOUBLE_EQ(flux[0], -0.04 * gradient);
    double enthalpy = 0.0;
    for (std::size_t k = 0; k < n_species; ++k) enthalpy += cp[k] * flux[1 + k] * gradient;
    EXPECT_NEAR(face.enthalpy, enthalpy, 1e-12 * std::abs(enthalpy) + 1e-12);
  }
}

TEST(FaceFlux, species_diffuse_down_the_gradient_of_their_fraction_times_the_driving_weight) {
  const std::array<double, n_species> left_rho_D{1e-4, 3e-5, 4e-5, 3e-5}, right_rho_D{2e-4, 4e-5, 4e-5, 2e-5}, cp{};
  const CellGas light{1.0, 1e-3, 0.04, 12.0}, heavy{0.8, 1e-3, 0.04, 20.0};
  const Row left = random_row(1), right = random_row(2);
  Row value{}, flux{};
  FaceFlux face{.value = value.data(), .flux = flux.data()};
  diffuse({light, left.data(), cp.data(), left_rho_D.data()}, {heavy, right.data(), cp.data(), right_rho_D.data()},
          n_species, 1e-4, face);
  Row expected{};
  for (std::size_t k = 0; k < n_species; ++k)
    expected[1 + k] =
        -0.5 * (left_rho_D[k] + right_rho_D[k]) / 16.0 * (20.0 * right[1 + k] - 12.0 * left[1 + k]) / 1e-4;
  const double excess = sum_of_fractions(expected);
  EXPECT_GT(std::abs(excess), 0.01);
  for (std::size_t c = 1; c < expected.size(); ++c)
    EXPECT_NEAR(flux[c], expected[c] - 0.5 * (left[c] + right[c]) * excess, 1e-15);
}

/// A cell between two faces, with numbers that tell every term from every other.
struct Between {
  Row state{1000.0, 0.2, 0.2, 0.3, 0.3};
  Row low_value{990.0, 0.1, 0.3, 0.3, 0.3}, high_value{1020.0, 0.25, 0.15, 0.3, 0.3};
  Row low_flux{5.0, 1e-3, -1e-3, 0.0, 0.0}, high_flux{7.0, 3e-3, -2e-3, -1e-3, 0.0};
  CellGas gas{2.0, 1e-3, 0.0};
  FaceFlux low{3.0, 1.7, 40.0, low_value.data(), low_flux.data()};
  FaceFlux high{4.0, 1.9, 60.0, high_value.data(), high_flux.data()};
};

TEST(FaceFlux, accumulates_advection_and_diffusion_of_both_faces) {
  const Between cell;
  Row rate{};
  accumulate_advective(cell.state.data(), cell.gas, cell.low, cell.high, 0.1, n_species, rate.data());
  EXPECT_NEAR(rate[0], -(4.0 * 20.0 - 3.0 * -10.0) / 0.1 - 1e-3 * (2.0 / 0.1 + 50.0), 1e-10);
  EXPECT_NEAR(rate[1], -(4.0 * 0.05 - 3.0 * -0.1) / 0.1 - 2.0 * 2e-3 / 0.1, 1e-13);
  EXPECT_NEAR(rate[3], 2.0 * 1e-3 / 0.1, 1e-13);
  EXPECT_EQ(rate[4], 0.0);
}

TEST(FaceFlux, accumulates_partial_densities_by_the_flux_of_mass) {
  const Between cell;
  Row rate{};
  accumulate_conservative(cell.state.data(), cell.gas, cell.low, cell.high, 0.1, n_species, rate.data());
  EXPECT_NEAR(rate[0], -2.0 * (1.9 * 20.0 - 1.7 * -10.0) / 0.1 - 1e-3 * (2.0 / 0.1 + 50.0), 1e-10);
  EXPECT_NEAR(rate[1], -(1.9 * 0.25 - 1.7 * 0.1) / 0.1 - 2e-3 / 0.1, 1e-13);
  EXPECT_NEAR(rate[3], -(1.9 * 0.3 - 1.7 * 0.3) / 0.1 + 1e-3 / 0.1, 1e-13);
  EXPECT_NEAR(rate[4], -(1.9 * 0.3 - 1.7 * 0.3) / 0.1, 1e-13);
}

}  // namespace
}  // namespace bimetal::flow
