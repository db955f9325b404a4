#include "flow/scalar_transport.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "core/error.hpp"
#include "petsc/error.hpp"
#include "petsc/rows.hpp"

namespace bimetal::flow {
namespace {

using Index = std::array<std::int64_t, 3>;

/// The bound on the diffusion operator takes coefficients cell by cell, while faces average over two cells.
constexpr double diffusion_safety = 1.1;
// Relative; where a coefficient changes by more in half a step, its trend says little.
constexpr double largest_trend = 0.5;
constexpr double infinity = std::numeric_limits<double>::infinity();

/// A row of faces side by side in x, with the memory they point to.
class FaceRow {
 public:
  FaceRow(std::int64_t n_faces, std::size_t width)
      : values_(static_cast<std::size_t>(n_faces) * 2 * width), faces_(static_cast<std::size_t>(n_faces)) {
    for (std::size_t f = 0; f < faces_.size(); ++f) {
      faces_[f].value = values_.data() + 2 * width * f;
      faces_[f].flux = faces_[f].value + width;
    }
  }
  std::span<FaceFlux> faces() { return faces_; }

 private:
  std::vector<double> values_;
  std::vector<FaceFlux> faces_;
};

/// Position of a cell or face in a box of n, x fastest.
std::int64_t position(const Index& at, const Index& n) { return at[0] + n[0] * (at[1] + n[1] * at[2]); }

}  // namespace

ScalarTransport::ScalarTransport(const grid::StructuredGrid& grid, const chemistry::Mechanism& mechanism,
                                 double pressure, TransportModel model, Form form, InflowGas inflow)
    : grid_(&grid),
      properties_(mechanism, pressure, model),
      form_(form),
      inflow_(std::move(inflow)),
      ghosted_(grid.create_local()),
      density_(form == Form::conservative ? static_cast<std::size_t>(grid.layout().n_cells()) : 0),
      gas_(static_cast<std::size_t>(grid.layout().n_cells())),
      species_cp_(static_cast<std::int64_t>(mechanism.n_species()), grid.layout().n_cells()),
      rho_D_(static_cast<std::int64_t>(mechanism.n_species()), grid.layout().n_cells()),
      second_half_(2 + 2 * static_cast<std::int64_t>(mechanism.n_species())),
      trend_(second_half_.width()),
      beyond_inflow_(static_cast<std::size_t>(grid.layout().n_cells())) {
  EXPECT(grid.n_components() == static_cast<int>(1 + mechanism.n_species()));
  for_inflow_ghosts(
      [&](std::int64_t cell, const std::vector<double>&) { beyond_inflow_[static_cast<std::size_t>(cell)] = true; });
}

void ScalarTransport::set_pressure(double pressure, double rise) {
  EXPECT(pressure > 0.0);
  properties_.set_pressure(pressure);
  pressure_rise_ = rise;
}

/// Makes T, Y of T, rho Y and keeps rho. The corners that a star stencil leaves empty stay so.
void ScalarTransport::take_densities(core::Rows cells) {
  for (std::int64_t cell = 0; cell < cells.size(); ++cell) {
    const auto Y = cells[cell].subspan(1);
    const double density = std::accumulate(Y.begin(), Y.end(), 0.0);
    density_[static_cast<std::size_t>(cell)] = density;
    if (density == 0.0) continue;
    const double volume = 1.0 / density;
    for (double& y : Y) y *= volume;
  }
}

/// Calls visit(cell, gas that enters there).
template <class Visit>
void ScalarTransport::for_inflow_ghosts(Visit visit) const {
  const auto& layout = grid_->layout();
  for (int axis = 0; axis < grid_->extents().dimensions; ++axis)
    for (int end = 0; end < 2; ++end) {
      const auto a = static_cast<std::size_t>(axis);
      const auto& gas = inflow_[a][static_cast<std::size_t>(end)];
      if (gas.empty() || !grid_->at_end(axis, end)) continue;
      PointBox ghosts{{0, 0, 0}, layout.owned};
      ghosts.begin[a] = end == 0 ? -layout.width[a] : layout.owned[a];
      ghosts.end[a] = end == 0 ? 0 : layout.owned[a] + layout.width[a];
      for_points(ghosts, [&](std::int64_t i, std::int64_t j, std::int64_t k) { visit(layout.index(i, j, k), gas); });
    }
}

/// Visits owned cells and the first layer of ghosts, without the edges and corners that a star stencil leaves empty.
template <class Visit>
void ScalarTransport::for_diffusing_cells(Visit visit) const {
  const auto& layout = grid_->layout();
  const auto reach = [&](std::size_t axis) { return std::min<std::int64_t>(layout.width[axis], 1); };
  const auto outside = [&](std::size_t axis, std::int64_t index) { return index < 0 || index >= layout.owned[axis]; };
  for (std::int64_t k = -reach(2); k < layout.owned[2] + reach(2); ++k)
    for (std::int64_t j = -reach(1); j < layout.owned[1] + reach(1); ++j) {
      const int n_outside = outside(1, j) + outside(2, k);
      if (n_outside > 1) continue;
      const std::int64_t margin = n_outside == 0 ? reach(0) : 0;
      const std::int64_t end = layout.index(layout.owned[0] + margin, j, k);
      for (std::int64_t cell = layout.index(-margin, j, k); cell < end; ++cell) visit(cell);
    }
}

void ScalarTransport::update_gas(core::ConstRows cells, Coefficients coefficients) {
  EXPECT(form_ == Form::conservative || coefficients == Coefficients::fresh);
  for_diffusing_cells([&](std::int64_t cell) {
    auto& gas = gas_[static_cast<std::size_t>(cell)];
    if (coefficients == Coefficients::held)
      gas.driving_weight = properties_.driving_weight(cells[cell]);
    else
      gas = properties_.evaluate(cells[cell], species_cp_[cell], rho_D_[cell]);
    if (form_ == Form::advective) return;
    const double volume = 1.0 / density_[static_cast<std::size_t>(cell)];
    gas.inverse_heat_capacity *= volume / gas.volume;
    gas.volume = volume;
  });
  if (coefficients == Coefficients::first_half || coefficients == Coefficients::second_half)
    extrapolate(coefficients);
}

/// A quarter of a step ahead, by the trend over the last half.
void ScalarTransport::extrapolate(Coefficients coefficients) {
  const bool begins = coefficients == Coefficients::first_half;
  const bool known = second_half_.size() > 0;
  if (begins && !known) return;
  second_half_.resize(grid_->layout().n_cells());
  trend_.resize(grid_->layout().n_cells());
  const auto n = static_cast<std::size_t>(species_cp_.width());
  for_diffusing_cells([&](std::int64_t cell) {
    if (beyond_inflow_[static_cast<std::size_t>(cell)]) return;
    auto& gas = gas_[static_cast<std::size_t>(cell)];
    const auto before = second_half_[cell], trend = trend_[cell];
    const auto put = [&](std::size_t c, double& now) {
      if (begins) trend[c] = std::clamp(now - before[c], -largest_trend * now, largest_trend * now);
      if (!begins) before[c] = now;
      now += 0.5 * trend[c];
    };
    double inverse_cp = gas.inverse_heat_capacity / gas.volume;
    put(0, gas.conductivity);
    put(1, inverse_cp);
    gas.inverse_heat_capacity = inverse_cp * gas.volume;
    for (std::size_t k = 0; k < n; ++k) put(2 + k, species_cp_[cell][k]);
    for (std::size_t k = 0; k < n; ++k) put(2 + n + k, rho_D_[cell][k]);
  });
}

void ScalarTransport::forget_trend() {
  second_half_.clear();
  trend_.clear();
}

/// Of the coefficients those of the owned cells; the ghosts' follow from them, as their rows do.
void ScalarTransport::persist(const core::Archive& archive) {
  bool known = second_half_.size() > 0;
  archive.alike("trend_known", known);
  if (!known) return forget_trend();
  const auto& layout = grid_->layout();
  const auto width = second_half_.width();
  core::RowTable owned(width, grid_->extents().n_owned());
  if (!archive.restores()) {
    std::int64_t row = 0;
    for_points({{0, 0, 0}, layout.owned}, [&](std::int64_t i, std::int64_t j, std::int64_t k) {
      std::ranges::copy(second_half_[layout.index(i, j, k)], owned[row++].begin());
    });
  }
  archive.points("coefficients", grid_->extents().points(), owned.rows().flat());
  if (!archive.restores()) return;
  const grid::StructuredGrid grid(*grid_, static_cast<int>(width));
  const auto global = grid.create_global(), local = grid.create_local();
  {
    const petsc::VecRows rows(global.get(), width);
    std::ranges::copy(owned.rows().flat(), rows.rows().flat().begin());
  }
  grid.exchange_halo(global.get(), local.get());
  const petsc::ConstVecRows rows(local.get(), width);
  second_half_.resize(layout.n_cells());
  trend_.resize(layout.n_cells());
  std::ranges::copy(rows.rows().flat(), second_half_.rows().flat().begin());
}

DiffusingCell ScalarTransport::diffusing(std::int64_t cell, core::ConstRows cells) const {
  return {gas_[static_cast<std::size_t>(cell)], cells[cell].data(), species_cp_[cell].data(), rho_D_[cell].data()};
}

void ScalarTransport::fill_faces(std::int64_t first_cell, std::int64_t stride, core::ConstRows cells,
                                 const double* velocity, double spacing, std::span<FaceFlux> faces) const {
  const auto n_species = static_cast<std::size_t>(cells.width() - 1);
  for (std::size_t f = 0; f < faces.size(); ++f) {
    const std::int64_t right = first_cell + static_cast<std::int64_t>(f), left = right - stride;
    const FaceStencil stencil{cells[left - stride].data(), cells[left].data(), cells[right].data(),
                              cells[right + stride].data()};
    faces[f].velocity = velocity[f];
    reconstruct(stencil, velocity[f], n_species, faces[f].value);
    if (form_ == Form::conservative)
      faces[f].mass = velocity[f] * properties_.density({faces[f].value, 1 + n_species});
    diffuse(diffusing(left, cells), diffusing(right, cells), n_species, spacing, faces[f]);
  }
}

/// Goes along `axis` with a row of faces: one face when the axis is x, else all that lie side by side in x. Every
/// face is computed once and serves the cells on both its sides.
void ScalarTransport::sweep(std::size_t axis, core::ConstRows cells, const std::vector<double>& velocity,
                            core::Rows rate) const {
  const auto& layout = grid_->layout();
  const double spacing = grid_->extents().spacing(static_cast<int>(axis));
  const auto width = static_cast<std::size_t>(cells.width());
  const std::int64_t n_side_by_side = axis == 0 ? 1 : layout.owned[0];
  FaceRow low(n_side_by_side, width), high(n_side_by_side, width);
  const auto accumulate = form_ == Form::advective ? accumulate_advective : accumulate_conservative;

  Index n_rows = layout.owned, n_faces = layout.owned;
  if (axis != 0) n_rows[0] = 1;
  n_rows[axis] = 1;
  ++n_faces[axis];

  Index at{};
  const auto fill = [&](std::int64_t face, FaceRow& row) {
    at[axis] = face;
    fill_faces(layout.index(at[0], at[1], at[2]), layout.stride[axis], cells,
               &velocity[static_cast<std::size_t>(position(at, n_faces))], spacing, row.faces());
  };
  for (std::int64_t r = 0; r < n_rows[0] * n_rows[1] * n_rows[2]; ++r) {
    at = {r % n_rows[0], r / n_rows[0] % n_rows[1], r / (n_rows[0] * n_rows[1])};
    fill(0, high);
    for (std::int64_t along = 0; along < layout.owned[axis]; ++along) {
      std::swap(low, high);
      fill(along + 1, high);
      at[axis] = along;
      const std::int64_t cell = layout.index(at[0], at[1], at[2]), owned = position(at, layout.owned);
      for (std::int64_t i = 0; i < n_side_by_side; ++i)
        accumulate(cells[cell + i].data(), gas_[static_cast<std::size_t>(cell + i)],
                   low.faces()[static_cast<std::size_t>(i)], high.faces()[static_cast<std::size_t>(i)], spacing,
                   width - 1, rate[owned + i].data());
    }
  }
}

void ScalarTransport::rates(Vec state, const FaceVelocities& velocities, Vec rate, Coefficients coefficients) {
  grid_->exchange_halo(state, ghosted_.get());
  const petsc::VecRows cells(ghosted_.get(), grid_->n_components());
  const petsc::VecRows rows(rate, grid_->n_components());
  if (form_ == Form::conservative) take_densities(cells.rows());
  for_inflow_ghosts(
      [&](std::int64_t cell, const std::vector<double>& gas) { std::ranges::copy(gas, cells.rows()[cell].begin()); });
  update_gas(cells.rows(), coefficients);
  std::ranges::fill(rows.rows().flat(), 0.0);
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(grid_->extents().dimensions); ++axis)
    sweep(axis, cells.rows(), velocities.normal[axis], rows.rows());
  if (pressure_rise_ == 0.0) return;
  const auto& layout = grid_->layout();
  std::int64_t owned = 0;
  for_points({{0, 0, 0}, layout.owned}, [&](std::int64_t i, std::int64_t j, std::int64_t k) {
    rows.rows()[owned++][0] +=
        pressure_rise_ * gas_[static_cast<std::size_t>(layout.index(i, j, k))].inverse_heat_capacity;
  });
}

/// The largest D_k bounds how fast the species diffuse together: by either model, with its correction velocity, what
/// turns gradients of Y into -j / rho is, in suitably scaled Y, the diagonal matrix of the D_k times an orthogonal
/// projection. Where a light gas is nearly pure the bound is loose: the projection takes out its own, largest D_k.
double ScalarTransport::diffusion_bound() const {
  const auto& layout = grid_->layout();
  double diffusivity = 0.0;
  bool sound = true;
  for_points({{0, 0, 0}, layout.owned}, [&](std::int64_t i, std::int64_t j, std::int64_t k) {
    const std::int64_t cell = layout.index(i, j, k);
    const CellGas& gas = gas_[static_cast<std::size_t>(cell)];
    const double of_heat = gas.conductivity * gas.inverse_heat_capacity;
    const double of_species = gas.volume * std::ranges::max(rho_D_[cell]);
    sound = sound && of_heat > 0.0 && std::isfinite(of_heat) && std::isfinite(of_species) && gas.volume > 0.0;
    diffusivity = std::max({diffusivity, of_heat, of_species});
  });
  double per_area = 0.0;
  for (int axis = 0; axis < grid_->extents().dimensions; ++axis) {
    const double spacing = grid_->extents().spacing(axis);
    per_area += 1.0 / (spacing * spacing);
  }
  const double bound = grid_->communicator().max(sound ? 4.0 * diffusion_safety * per_area * diffusivity : infinity);
  VALIDATE(std::isfinite(bound),
           "the state is no longer finite or has a temperature that is not positive; try a smaller time step");
  return bound;
}

}  // namespace bimetal::flow
