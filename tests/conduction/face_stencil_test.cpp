#include "conduction/face_stencil.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "../flow/fields.hpp"

namespace bimetal::conduction {
namespace {

using bimetal::testing::world;

/// A parabola in space that is 300 K all over the end x = 0, and its gradient.
std::array<double, 4> parabola(const std::array<double, 3>& at) {
  const auto& [x, y, z] = at;
  return {300.0 + x * (5.0 + 3.0 * x - 2.0 * y + 4.0 * z), 5.0 + 6.0 * x - 2.0 * y + 4.0 * z, -2.0 * x, 4.0 * x};
}

/// The parabola on the cells with ghosts, not a number beyond the ends, and the temperatures of the ends.
std::vector<double> values_of_parabola(const grid::StructuredGrid& grid) {
  const auto& e = grid.extents();
  const auto& layout = grid.layout();
  std::vector<double> values(static_cast<std::size_t>(layout.n_cells()) + 6,
                             std::numeric_limits<double>::quiet_NaN());
  values[static_cast<std::size_t>(layout.n_cells())] = 300.0;
  std::array<std::int64_t, 3> at{};
  for (at[2] = -layout.width[2]; at[2] < e.owned[2] + layout.width[2]; ++at[2])
    for (at[1] = -layout.width[1]; at[1] < e.owned[1] + layout.width[1]; ++at[1])
      for (at[0] = -layout.width[0]; at[0] < e.owned[0] + layout.width[0]; ++at[0]) {
        std::array<double, 3> x{};
        bool inside = true;
        for (std::size_t axis = 0; axis < static_cast<std::size_t>(e.dimensions); ++axis) {
          x[axis] = e.centre(static_cast<int>(axis), e.first[axis] + at[axis]);
          inside = inside && x[axis] > 0.0 && x[axis] < 1.0;
        }
        if (inside) values[static_cast<std::size_t>(layout.index(at[0], at[1], at[2]))] = parabola(x)[0];
      }
  return values;
}

TEST(FaceStencil, finds_the_gradient_of_a_parabola_at_every_face_to_round_off) {
  for (const std::size_t d : {1u, 2u, 3u}) {
    std::vector<AxisEnds> ends(d, {End{.kind = Thermal::insulated}, End{.kind = Thermal::insulated}});
    ends[0][0].kind = Thermal::fixed;
    const grid::StructuredGrid plain(testing::box(std::vector<std::int64_t>(d, 8), grid::Boundary::wall, 1.0), 1,
                                     world());
    const grid::StructuredGrid cells(plain, 1, grid::Stencil::box);
    const grid::FaceGrid points(cells, static_cast<int>(d));
    const auto values = values_of_parabola(cells);
    for (const Face& face : faces_with_flux(cells, points, ends)) {
      std::array<double, 4> found{};
      for (const Influence& influence : face.influences)
        for (std::size_t k = 0; k < 4; ++k)
          found[k] += influence.weights[k] * values[static_cast<std::size_t>(influence.value)];
      auto position = face.position;
      for (std::size_t axis = d; axis < 3; ++axis) position[axis] = 0.0;
      const auto exact = parabola(position);
      EXPECT_NEAR(found[0], exact[0], 3.0 / 64.0 / 4.0 + 1e-10) << face.id;  // a mean of two cells
      for (std::size_t k = 1; k <= d; ++k) EXPECT_NEAR(found[k], exact[k], 1e-10) << face.id << " axis " << k - 1;
    }
  }
}

TEST(FaceStencil, makes_do_with_two_cells_between_insulated_ends) {
  const std::vector<AxisEnds> ends(2, {End{.kind = Thermal::insulated}, End{.kind = Thermal::insulated}});
  const grid::StructuredGrid plain(testing::box({2, 2}, grid::Boundary::wall, 1.0), 1, parallel::Communicator());
  const grid::StructuredGrid cells(plain, 1, grid::Stencil::box);
  const auto faces = faces_with_flux(cells, grid::FaceGrid(cells, 2), ends);
  EXPECT_EQ(faces.size(), 4u);
  for (const Face& face : faces) EXPECT_EQ(face.influences.size(), 4u);
}

}  // namespace
}  // namespace bimetal::conduction
