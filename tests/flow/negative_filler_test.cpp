#include "flow/negative_filler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>

#include "core/random.hpp"
#include "fields.hpp"
#include "petsc/error.hpp"

namespace bimetal::flow {
namespace {

using bimetal::testing::box;
using bimetal::testing::gather;
using bimetal::testing::world;
using grid::Boundary;
using Cells = std::vector<std::int64_t>;

constexpr std::size_t width = 5;  // T and four partial densities
constexpr double density = 0.8;

/// A field by global cell id, [n_cells, width], and the vector that holds it.
struct Field {
  grid::StructuredGrid grid;
  petsc::Handle<Vec> state;

  Field(const Cells& cells, const grid::Ends& boundary, const parallel::Communicator& comm = world())
      : grid(box(cells, boundary), width, comm), state(grid.create_global()) {}

  /// fill(global cell id, row).
  void set(const std::function<void(std::int64_t, std::span<double>)>& fill) {
    const petsc::VecRows view(state.get(), width);
    const auto& e = grid.extents();
    std::int64_t row = 0;
    for (std::int64_t k = e.first[2]; k < e.first[2] + e.owned[2]; ++k)
      for (std::int64_t j = e.first[1]; j < e.first[1] + e.owned[1]; ++j)
        for (std::int64_t i = e.first[0]; i < e.first[0] + e.owned[0]; ++i)
          fill(e.global_id(i, j, k), view.rows()[row++]);
  }
  std::vector<double> values() const { return gather(grid, state.get()); }
};

/// Abundant N2 in the last column; the others are small, and below zero in one place of ten.
void undershoots(std::int64_t id, std::span<double> row) {
  const auto random = [id](std::size_t c, std::size_t what) {
    return core::random_uniform(11, core::Purpose::initial, static_cast<std::uint64_t>(id), 10 * c + what);
  };
  row[0] = 300.0 + static_cast<double>(id);
  row[width - 1] = density;
  for (std::size_t c = 1; c + 1 < width; ++c) {
    row[c] = random(c, 1) < 0.1 ? -0.01 * random(c, 0) : 0.01 + 0.05 * random(c, 0);
    row[width - 1] -= row[c];
  }
}

double mass_of(const std::vector<double>& field, std::size_t species) {
  double sum = 0.0;
  for (std::size_t i = species; i < field.size(); i += width) sum += field[i];
  return sum;
}

double lowest(const std::vector<double>& field) { return *std::ranges::min_element(field); }

struct Case {
  Cells cells;
  grid::Ends boundary;
};
const std::vector<Case> cases{
    {{40}, Boundary::periodic},      {{40}, grid::Ends{Boundary::inflow, Boundary::outflow}},
    {{12, 14}, Boundary::periodic},  {{14, 12}, Boundary::wall},
    {{6, 7, 8}, Boundary::periodic}, {{8, 7, 6}, Boundary::slip_wall}};

TEST(NegativeFiller, leaves_nothing_below_zero_and_keeps_the_mass_of_every_species) {
  for (const auto& [cells, boundary] : cases) {
    Field field(cells, boundary);
    field.set(undershoots);
    const auto before = field.values();
    ASSERT_LT(lowest(before), -0.005);
    NegativeFiller(field.grid).fill(field.state.get());
    const auto after = field.values();
    EXPECT_GE(lowest(after), 0.0) << cells.size() << "-D";
    for (std::size_t c = 1; c < width; ++c)
      EXPECT_NEAR(mass_of(after, c), mass_of(before, c), 1e-14 * static_cast<double>(before.size())) << c;
    for (std::size_t i = 0; i < after.size(); i += width) EXPECT_EQ(after[i], before[i]) << "temperature";
  }
}

TEST(NegativeFiller, leaves_a_field_without_negative_densities_alone_to_the_bit) {
  for (const auto& [cells, boundary] : cases) {
    Field field(cells, boundary);
    field.set([](std::int64_t id, std::span<double> row) {
      undershoots(id, row);
      for (double& value : row) value = std::max(value, 0.0);
    });
    const auto before = field.values();
    const auto report = NegativeFiller(field.grid).fill(field.state.get());
    EXPECT_EQ(field.values(), before);
    EXPECT_EQ(report.cells, 0);
    EXPECT_EQ(report.largest, 0.0);
  }
}

TEST(NegativeFiller, takes_what_is_missing_from_the_next_cells_each_according_to_what_it_has) {
  Field field({12}, Boundary::periodic);
  field.set([](std::int64_t id, std::span<double> row) {
    std::ranges::fill(row, 0.2);
    if (id == 4) row[1] = 0.3;
    if (id == 5) row[1] = -0.08;
    if (id == 6) row[1] = 0.1;
  });
  const auto before = field.values();
  const auto report = NegativeFiller(field.grid).fill(field.state.get());
  const auto after = field.values();
  const auto at = [](const std::vector<double>& values, std::size_t cell) { return values[width * cell + 1]; };
  EXPECT_NEAR(at(after, 4), 0.3 - 0.06, 1e-16);
  EXPECT_NEAR(at(after, 5), 0.0, 1e-16);
  EXPECT_NEAR(at(after, 6), 0.1 - 0.02, 1e-16);
  for (std::size_t i = 0; i < after.size(); ++i) {
    const bool involved = i % width == 1 && i / width >= 4 && i / width <= 6;
    EXPECT_EQ(after[i] != before[i], involved) << i;
  }
  EXPECT_EQ(world().sum(report.cells), 1);
  EXPECT_DOUBLE_EQ(world().max(report.largest), 0.08 / 0.52);
}

TEST(NegativeFiller, takes_from_no_cell_more_than_it_has_though_several_ask) {
  Field field({12}, Boundary::periodic);
  field.set([](std::int64_t id, std::span<double> row) {
    std::ranges::fill(row, 0.2);
    row[1] = id == 4 || id == 6 ? -0.15 : id == 5 ? 0.2 : 0.0;
    row[width - 1] = 0.8;
  });
  NegativeFiller(field.grid).fill(field.state.get());
  const auto after = field.values();
  EXPECT_GE(lowest(after), 0.0);
  EXPECT_EQ(after[5 * width + 1], 0.0);
  EXPECT_EQ(after[5 * width + 4], 0.8);
  for (const std::size_t needy : {4, 6}) EXPECT_NEAR(after[needy * width + 4], 0.8 - 0.05, 1e-15);
}

TEST(NegativeFiller, goes_farther_a_cell_at_a_time_where_the_next_cells_have_too_little) {
  Field field({16}, Boundary::wall);
  field.set([](std::int64_t id, std::span<double> row) {
    std::ranges::fill(row, 0.2);
    row[1] = id == 0 ? -0.15 : id < 3 ? 0.02 : 0.2;  // beside a wall; cells 1 and 2 do not have it
  });
  const auto before = field.values();
  NegativeFiller(field.grid).fill(field.state.get());
  const auto after = field.values();
  EXPECT_GE(lowest(after), 0.0);
  // What the passes could not find is taken from the most abundant species of the cell, so that its mass stays.
  double mass_before = 0.0, mass_after = 0.0;
  for (std::size_t c = 1; c < width; ++c) {
    mass_before += mass_of(before, c);
    mass_after += mass_of(after, c);
  }
  EXPECT_NEAR(mass_after, mass_before, 1e-14);
  EXPECT_LT(after[width * 1 + 1], 0.02);
  for (std::size_t cell = 6; cell < 16; ++cell) EXPECT_EQ(after[width * cell + 1], 0.2) << cell;
}

TEST(NegativeFiller, cuts_dust_off_at_the_expense_of_the_most_abundant_species) {
  Field field({8, 8}, Boundary::periodic);
  field.set([](std::int64_t id, std::span<double> row) {
    const std::vector<double> clean{500.0, 0.1, 0.0, 0.2, 0.7};
    std::ranges::copy(clean, row.begin());
    if (id == 9) row[2] = -1e-19;
  });
  auto expected = field.values();
  expected[9 * width + 2] = 0.0;
  NegativeFiller(field.grid).fill(field.state.get());
  EXPECT_EQ(field.values(), expected);
}

TEST(NegativeFiller, does_and_reports_the_same_on_any_number_of_ranks) {
  for (const auto& [cells, boundary] : cases) {
    Field together(cells, boundary), alone(cells, boundary, parallel::Communicator());
    std::array<NegativeFiller::Report, 2> reports;
    for (std::size_t r = 0; r < 2; ++r) {
      Field& field = r == 0 ? together : alone;
      field.set(undershoots);
      reports[r] = NegativeFiller(field.grid).fill(field.state.get());
    }
    EXPECT_EQ(world().sum(reports[0].cells), reports[1].cells);
    EXPECT_EQ(world().max(reports[0].largest), reports[1].largest);
    EXPECT_GT(reports[1].cells, 5);
    const auto a = together.values(), b = alone.values();
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-15 * (1.0 + std::abs(b[i])));
  }
}

}  // namespace
}  // namespace bimetal::flow
