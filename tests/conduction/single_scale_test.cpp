#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <numbers>
#include <numeric>

#include "../flow/fields.hpp"
#include "conduction/heat_conduction.hpp"
#include "homogenisation/conduction_cell_solver.hpp"
#include "power_law.hpp"

namespace bimetal::conduction {
namespace {

using bimetal::testing::gather;
using bimetal::testing::world;
using homogenisation::PhaseLaw;
using Position = std::array<double, 3>;

constexpr double turn = 2.0 * std::numbers::pi;
constexpr double length = 0.1;  // of the plate [m]
constexpr double aspect = 1.8;  // of the inclusions
const PhaseLaw matrix{.k = 1.0, .temperature_exponent = 0.5, .p = 1.7, .g0 = 1000.0};
const PhaseLaw inclusion{.k = 10.0, .temperature_exponent = -0.8, .p = 2.6, .g0 = 300.0};

Microstructure composite(const Position& x) {
  return {.fraction = 0.25 + 0.05 * std::cos(turn * x[0] / length),
          .angle = 0.6 + 0.5 * std::sin(turn * (x[0] + x[1]) / length)};
}

/// Whether a position lies in the inclusion of its periodic cell, of which there are n x n in the plate.
bool in_inclusion(const Position& x, int n) {
  Position centre{}, from_centre{};  // [m], [widths of a cell]
  for (const std::size_t axis : {0, 1}) {
    const double cell = std::floor(x[axis] / length * n);
    centre[axis] = (cell + 0.5) * length / n;
    from_centre[axis] = x[axis] / length * n - cell - 0.5;
  }
  const auto [fraction, angle] = composite(centre);
  const double c = std::cos(angle), s = std::sin(angle);
  const double along = c * from_centre[0] + s * from_centre[1], across = c * from_centre[1] - s * from_centre[0];
  return along * along / aspect + across * across * aspect < fraction / std::numbers::pi;
}

/// The law of the phase at a face: of the inclusion if the fraction there is 1, of the matrix if it is 0.
struct LocalLaw {
  std::size_t d = 2;

  void conduct(std::span<const double> row, std::span<double> flux, std::span<double> tangent = {}) const {
    const PhaseLaw& law = row[1 + d] == 1.0 ? inclusion : matrix;
    const auto g = row.subspan(1, d);
    const double per_g0 = 1.0 / (law.g0 * law.g0);
    const double base = 1.0 + per_g0 * std::inner_product(g.begin(), g.end(), g.begin(), 0.0);
    const double k = law.conductivity(row[0]) * std::pow(base, 0.5 * (law.p - 2.0));
    for (std::size_t i = 0; i < d; ++i) {
      flux[i] = -k * g[i];
      if (tangent.empty()) continue;
      tangent[i * (1 + d)] = flux[i] * law.temperature_exponent / row[0];
      for (std::size_t j = 0; j < d; ++j)
        tangent[i * (1 + d) + 1 + j] = -k * ((i == j ? 1.0 : 0.0) + (law.p - 2.0) * per_g0 / base * g[i] * g[j]);
    }
  }
};

/// Faces that ask periodic cells.
struct CellFaces : FluxRows {
  homogenisation::CellRows rows;

  explicit CellFaces(const homogenisation::CellRows& cell_rows) : rows(cell_rows) {}
  static homogenisation::CellState state_of(const FaceState& face) {
    return {.T = face.temperature,
            .gradient = {face.gradient[0], face.gradient[1]},
            .fraction = face.microstructure.fraction,
            .angle = face.microstructure.angle};
  }
  void pose(const FaceState& face, std::span<double> row) const override { rows.pose(state_of(face), row); }
  void read(const FaceState& face, std::span<const double> answer, std::span<double> flux) const override {
    rows.read(state_of(face), answer, flux);
  }
};

/// Temperatures of the plate on n x n grid cells after 1200 s [n * n]: waves have decayed between two fixed ends, the
/// lower of which was heated by 300 K meanwhile.
std::vector<double> temperatures(std::int64_t n, const MicrostructureField& field, const FluxRows& rows,
                                 subproblem::SubproblemSolver& solver, TangentSource* source) {
  ConductionOptions options;
  options.ends = {{End{.kind = Thermal::fixed, .temperature = 600.0, .ramp = 200.0},
                   End{.kind = Thermal::fixed, .temperature = 300.0}},
                  {}};
  options.tangents = source ? Tangents::exact : Tangents::secant;
  options.newton_tolerance = 1e-5;
  options.flux_error = 1e-4;
  auto box = testing::box({n, n}, grid::Boundary::periodic, length);
  for (const std::size_t axis : {0, 1}) box.boundary[axis] = grid_ends(options.ends[axis]);
  const grid::StructuredGrid grid(box, 1, world());
  HeatConduction conduction(grid, options, field, rows, solver, source);
  conduction.initialise([](const Position& x) {
    return 400.0 + 50.0 * (std::sin(turn * x[0] / length) + std::cos(turn * (x[0] + x[1]) / length));
  });
  for (int step = 0; step < 4; ++step) conduction.advance(300.0, step);
  return gather(grid, conduction.state().rows());
}

/// Means of a square field over n x n equal squares.
std::vector<double> means(const std::vector<double>& field, std::size_t n) {
  const auto side = static_cast<std::size_t>(std::lround(std::sqrt(field.size()))), per = side / n;
  std::vector<double> result(n * n);
  for (std::size_t i = 0; i < field.size(); ++i)
    result[i % side / per + n * (i / side / per)] += field[i] / static_cast<double>(per * per);
  return result;
}

/// Largest and root mean square difference of the mean temperatures of n x n periodic cells between two scales and
/// one that resolves them by 24 x 24 grid cells each, over the range of these means.
std::array<double, 2> differences(const std::vector<double>& two_scale, int n) {
  testing::LawSolver<LocalLaw> local{LocalLaw{}};
  const auto phase = [n](const Position& x) { return Microstructure{.fraction = in_inclusion(x, n) ? 1.0 : 0.0}; };
  const auto count = static_cast<std::size_t>(n);
  const auto expected = means(temperatures(24 * n, phase, local, local, &local), count),
             found = means(two_scale, count);
  const auto [lowest, highest] = std::ranges::minmax(expected);
  double largest = 0.0, squares = 0.0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double difference = std::abs(found[i] - expected[i]) / (highest - lowest);
    largest = std::max(largest, difference);
    squares += difference * difference;
  }
  const double rms = std::sqrt(squares / static_cast<double>(expected.size()));
  if (world().is_root())
    std::printf("%d x %d periodic cells: largest difference %.2f %% of %.0f K, root mean square %.2f %%\n", n, n,
                100.0 * largest, highest - lowest, 100.0 * rms);
  return {largest, rms};
}

TEST(HeatConduction, of_two_scales_is_the_limit_of_a_single_scale_that_resolves_ever_smaller_inclusions) {
  const homogenisation::ConductionCellOptions options{
      .aspect = aspect, .matrix = matrix, .inclusion = inclusion, .gradient_scale = 1000.0};
  homogenisation::ConductionCellSolver cells{homogenisation::ConductionCell(options)};
  const CellFaces faces(cells.kind().rows());
  const auto two_scale = temperatures(16, composite, faces, cells, nullptr);
  const auto large = differences(two_scale, 4), small = differences(two_scale, 8);
  EXPECT_LT(small[0], 0.004);
  EXPECT_LT(small[1], 0.002);
  for (const std::size_t norm : {0, 1}) EXPECT_GT(large[norm], 2.5 * small[norm]);  // of second order: 4
}

}  // namespace
}  // namespace bimetal::conduction
