#include "flow/projected_velocity.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.hpp"
#include "petsc/error.hpp"
#include "petsc/rows.hpp"

namespace bimetal::flow {
namespace {

// The first step's pressure is a fixed point that errors shrink to by 1 - 1/(density ratio) each time.
constexpr int most_first_tries = 60;
constexpr double first_try_tolerance = 1e-6;

void zero(Vec vector) { petsc::check(VecSet(vector, 0.0), "VecSet"); }

double norm(Vec vector) {
  PetscReal value = 0.0;
  petsc::check(VecNorm(vector, NORM_2, &value), "VecNorm");
  return value;
}

}  // namespace

ProjectedVelocity::ProjectedVelocity(const grid::StructuredGrid& cells, ByEnd<InflowProfile> inflow)
    : comm_(cells.communicator()),
      u_grid_(cells, cells.extents().dimensions),
      medium_grid_(cells, n_medium_columns),
      fields_(cells, u_grid_.layout(), std::move(inflow)),
      momentum_(fields_),
      solver_(cells),
      u_(u_grid_.create_global()),
      u_local_(u_grid_.create_local()),
      medium_(medium_grid_.create_global()),
      medium_local_(medium_grid_.create_local()),
      advection_(u_grid_.create_global()),
      advection_before_(u_grid_.create_global()),
      force_(u_grid_.create_global()),
      pressure_(solver_.grid().create_global()),
      pressure_before_(solver_.grid().create_global()),
      guess_(solver_.grid().create_global()),
      demand_(solver_.grid().create_global()),
      phi_(solver_.grid().create_global()),
      stepper_(u_.get()) {
  zero(u_.get());
  zero(medium_.get());
}

ProjectedVelocity::Report ProjectedVelocity::initialise(const VelocityCondition& condition,
                                                        std::span<const double> divergence) {
  const auto& e = fields_.extents();
  dt_before_ = dt_two_before_ = 0.0;
  zero(pressure_.get());
  zero(pressure_before_.get());
  zero(u_.get());
  {
    const petsc::VecRows u(u_.get(), e.dimensions);
    for (int axis = 0; axis < e.dimensions; ++axis)
      for_points(fields_.solved(axis), [&](std::int64_t i, std::int64_t j, std::int64_t k) {
        const auto a = static_cast<std::size_t>(axis);
        Position x{e.centre(0, e.first[0] + i), e.centre(1, e.first[1] + j), e.centre(2, e.first[2] + k)};
        x[a] -= 0.5 * e.spacing(axis);
        u.rows()[u_grid_.owned_index(i, j, k)][a] = condition(x)[a];
      });
  }
  keep_given_faces();
  update_faces();
  return project(1.0, divergence);
}

ProjectedVelocity::Report ProjectedVelocity::advance(double dt, std::span<const double> density,
                                                     std::span<const double> viscosity,
                                                     std::span<const double> divergence) {
  const bool first = dt_before_ == 0.0;
  set_medium(density, viscosity);
  const double least_density = -comm_.max(-*std::ranges::min_element(density));
  extrapolate_pressure(dt);
  {
    fill_ghosts(u_.get());
    zero(advection_.get());
    const petsc::ConstVecRows u(u_local_.get(), u_grid_.n_components());
    const petsc::VecRows rate(advection_.get(), u_grid_.n_components());
    momentum_.add_advection(u.rows(), 1.0, rate.rows());
  }
  petsc::Handle<Vec> start;
  if (first) {
    petsc::check(VecDuplicate(u_.get(), start.put()), "VecDuplicate");
    petsc::check(VecCopy(u_.get(), start.get()), "VecCopy");
  }
  Report report;
  for (int attempt = 1; attempt <= (first ? most_first_tries : 1); ++attempt) {
    if (attempt > 1) {
      petsc::check(VecCopy(start.get(), u_.get()), "VecCopy");
      petsc::check(VecCopy(pressure_.get(), guess_.get()), "VecCopy");
    }
    report = predict(dt);
    const int stages = report.stages;
    report = project(dt / least_density, divergence);
    report.stages = stages;
    set_pressure(viscosity, dt / least_density);
    if (norm(phi_.get()) <= first_try_tolerance * norm(pressure_.get())) break;
  }
  if (first) petsc::check(VecCopy(pressure_.get(), pressure_before_.get()), "VecCopy");
  std::swap(advection_, advection_before_);
  dt_two_before_ = std::exchange(dt_before_, dt);
  return report;
}

/// What was missing in the guess acted on u* through friction, which leaves about 1 / (1 + 2/3 mu dt k^2 / rho) of it
/// at wave number k: phi alone would make up for it in many steps where friction is stiff. demand_ is -div grad phi.
void ProjectedVelocity::set_pressure(std::span<const double> viscosity, double dt_over_density) {
  petsc::check(VecWAXPY(pressure_.get(), 1.0, phi_.get(), guess_.get()), "VecWAXPY");
  const petsc::ConstVecRows demand(demand_.get(), 1);
  const petsc::VecRows pressure(pressure_.get(), 1);
  for (std::size_t i = 0; i < viscosity.size(); ++i)
    pressure.rows().flat()[i] += 2.0 / 3.0 * viscosity[i] * dt_over_density * demand.rows().flat()[i];
}

/// The guess lies half a step ahead of the last velocity, the last pressures half a step before it and a step and a
/// half.
void ProjectedVelocity::extrapolate_pressure(double dt) {
  const double ahead = 0.5 * (dt_before_ + dt), apart = 0.5 * (dt_two_before_ + dt_before_);
  const double weight = dt_two_before_ > 0.0 ? ahead / apart : 0.0;
  petsc::check(VecCopy(pressure_.get(), guess_.get()), "VecCopy");
  petsc::check(VecAXPBY(guess_.get(), -weight, 1.0 + weight, pressure_before_.get()), "VecAXPBY");
  petsc::check(VecCopy(pressure_.get(), pressure_before_.get()), "VecCopy");
}

void ProjectedVelocity::set_medium(std::span<const double> density, std::span<const double> viscosity) {
  const petsc::VecRows medium(medium_.get(), n_medium_columns);
  std::size_t cell = 0;
  for_points(fields_.cells(), [&](std::int64_t i, std::int64_t j, std::int64_t k) {
    const auto row = medium.rows()[medium_grid_.owned_index(i, j, k)];
    row[viscosity_column] = viscosity[cell];
    row[volume_column] = 1.0 / density[cell++];
  });
}

/// Sets the pressure column of the medium, with ghosts.
void ProjectedVelocity::put_into_medium(Vec cell_values) {
  {
    const petsc::ConstVecRows values(cell_values, 1);
    const petsc::VecRows medium(medium_.get(), n_medium_columns);
    std::int64_t cell = 0;
    for_points(fields_.cells(), [&](std::int64_t i, std::int64_t j, std::int64_t k) {
      medium.rows()[medium_grid_.owned_index(i, j, k)][pressure_column] = values.rows()[cell++][0];
    });
  }
  medium_grid_.exchange_halo(medium_.get(), medium_local_.get());
  const petsc::VecRows medium(medium_local_.get(), n_medium_columns);
  fields_.repeat_beyond_ends(medium.rows());
  fields_.vanish_at_outflows(medium.rows(), pressure_column);
}

/// u* from u and the guess.
ProjectedVelocity::Report ProjectedVelocity::predict(double dt) {
  const double ratio = dt_before_ > 0.0 ? 0.5 * dt / dt_before_ : 0.0;
  put_into_medium(guess_.get());
  petsc::check(VecCopy(advection_.get(), force_.get()), "VecCopy");
  if (ratio > 0.0) petsc::check(VecAXPBY(force_.get(), -ratio, 1.0 + ratio, advection_before_.get()), "VecAXPBY");

  const petsc::ConstVecRows medium(medium_local_.get(), n_medium_columns);
  {
    const petsc::VecRows force(force_.get(), u_grid_.n_components());
    momentum_.add_pressure_force(medium.rows(), force.rows());
  }
  Report report;
  const int stages = RungeKuttaChebyshev::stages_for(dt * comm_.max(momentum_.friction_bound(medium.rows())));
  report.stages = stepper_.step(
      u_.get(), dt, [&] { return stages; },
      [&](Vec state, Vec rate) {
        fill_ghosts(state);
        petsc::check(VecCopy(force_.get(), rate), "VecCopy");
        const petsc::ConstVecRows u(u_local_.get(), u_grid_.n_components());
        const petsc::VecRows rows(rate, u_grid_.n_components());
        momentum_.add_friction(u.rows(), medium.rows(), rows.rows());
      });
  return report;
}

/// Takes from u the gradient that leaves it with the divergence wanted.
ProjectedVelocity::Report ProjectedVelocity::project(double dt_over_density, std::span<const double> divergence) {
  fill_ghosts(u_.get());
  double largest = 0.0;
  {
    const petsc::ConstVecRows u(u_local_.get(), u_grid_.n_components());
    const petsc::VecRows demand(demand_.get(), 1);
    const auto excess = demand.rows().flat();
    momentum_.divergence(u.rows(), excess);
    for (std::size_t i = 0; i < excess.size(); ++i) {
      largest = std::max(largest, std::abs(divergence[i]));
      excess[i] = (divergence[i] - excess[i]) / dt_over_density;
    }
  }
  const double n_cells = static_cast<double>(fields_.extents().n_cells());
  const double scale = courant_rate_ + comm_.max(largest);
  VALIDATE(std::isfinite(scale) && std::isfinite(norm(demand_.get())),
           "the velocity is no longer finite; try a smaller time step");
  zero(phi_.get());
  const double per_density = std::sqrt(n_cells) / dt_over_density;
  const auto solved = solver_.solve(demand_.get(), phi_.get(), solver_.relative_tolerance() * scale * per_density);

  put_into_medium(phi_.get());
  {
    const petsc::ConstVecRows medium(medium_local_.get(), n_medium_columns);
    const petsc::VecRows u(u_.get(), u_grid_.n_components());
    momentum_.subtract_gradient(medium.rows(), dt_over_density, u.rows());
  }
  update_faces();
  return {.iterations = solved.iterations, .divergence = solved.residual / per_density};
}

void ProjectedVelocity::fill_ghosts(Vec u) {
  u_grid_.exchange_halo(u, u_local_.get());
  const petsc::VecRows rows(u_local_.get(), u_grid_.n_components());
  fields_.impose_on_velocity(rows.rows());
}

/// A rank of no more cells than a halo is wide leaves its neighbour looking at the face at the end, which only it
/// knows to be given: so the vector holds what is given.
void ProjectedVelocity::keep_given_faces() {
  fill_ghosts(u_.get());
  const petsc::ConstVecRows with_ghosts(u_local_.get(), u_grid_.n_components());
  const petsc::VecRows u(u_.get(), u_grid_.n_components());
  for_points({{0, 0, 0}, u_grid_.layout().owned}, [&](std::int64_t i, std::int64_t j, std::int64_t k) {
    std::ranges::copy(with_ghosts.rows()[u_grid_.layout().index(i, j, k)],
                      u.rows()[u_grid_.owned_index(i, j, k)].begin());
  });
}

void ProjectedVelocity::persist(const core::Archive& archive) {
  const auto persist_vector = [&](const char* name, Vec vector, std::int64_t width,
                                  const core::PointsOfRank& points) {
    const petsc::VecRows values(vector, width);
    archive.points(name, points, values.rows().flat());
  };
  const auto cells = fields_.extents().points();
  persist_vector("u", u_.get(), u_grid_.n_components(), u_grid_.points());
  persist_vector("advection_before", advection_before_.get(), u_grid_.n_components(), u_grid_.points());
  persist_vector("pressure", pressure_.get(), 1, cells);
  persist_vector("pressure_before", pressure_before_.get(), 1, cells);
  archive.alike("dt_before", dt_before_);
  archive.alike("dt_two_before", dt_two_before_);
  if (archive.restores()) update_faces();
}

void ProjectedVelocity::update_faces() {
  fill_ghosts(u_.get());
  const petsc::ConstVecRows u(u_local_.get(), u_grid_.n_components());
  for (std::size_t a = 0; a < static_cast<std::size_t>(fields_.extents().dimensions); ++a) {
    PointBox faces = fields_.cells();
    ++faces.end[a];
    auto& normal = faces_.normal[a];
    normal.clear();
    for_points(faces, [&](std::int64_t i, std::int64_t j, std::int64_t k) {
      normal.push_back(u.rows()[u_grid_.layout().index(i, j, k)][a]);
    });
  }
  courant_rate_ = courant_rate_of(faces_, solver_.grid());
}

}  // namespace bimetal::flow
