#pragma once

#include <petscvec.h>

#include <span>
#include <vector>

#include "flow/face_fields.hpp"
#include "flow/momentum.hpp"
#include "flow/pressure_solver.hpp"
#include "flow/rkc.hpp"
#include "flow/velocity.hpp"
#include "grid/face_grid.hpp"
#include "petsc/rows.hpp"

namespace bimetal::flow {

/// A velocity that is solved for: momentum, and a pressure that gives it the divergence it is asked to have.
///
/// One step takes u from t to t + dt with the gas as it is half-way, second order in time:
///   u* = u + dt (-(u.grad u) - v grad p' + v div tau),   p' = p extrapolated to t + dt/2,
///   u_new = u* - dt / rho_0 grad phi,   div grad phi = rho_0 / dt (div u* - S),   p = p' + phi - 2/3 mu (div u* -
///   S),
/// advection by Adams-Bashforth, friction by stages (rkc.hpp). What p' could not foresee acts through the least
/// density rho_0 alone, which makes the Poisson equation one of constant coefficients, solved by a multigrid that is
/// set up once, and is stable at any density ratio: Dodd & Ferrante, J. Comput. Phys. 273 (2014) 416. The last term
/// of p is for the friction that what p' lacked has undergone: Brown, Cortez & Minion, J. Comput. Phys. 168 (2001)
/// 464. The divergence of u_new is S to the tolerance of the solver, whatever p' was.
class ProjectedVelocity : public VelocityModel {
 public:
  struct Report {
    int iterations = 0;       // of the pressure solver
    int stages = 0;           // of friction
    double divergence = 0.0;  // root mean square of div u - S over the cells [1/s]
  };

  /// Collective.
  ProjectedVelocity(const grid::StructuredGrid& cells, ByEnd<InflowProfile> inflow);

  /// Starts from `condition`, made to have `divergence` [1/s] by the potential flow that does. [n owned cells]. Where
  /// there is no outflow the divergence must agree with what flows in. Collective.
  Report initialise(const VelocityCondition& condition, std::span<const double> divergence);

  /// density [kg/m^3] and viscosity [Pa s] at t + dt/2, `divergence` wanted at t + dt, [n owned cells]. The first
  /// step is repeated until the pressure it ends with is the one it began with. Collective.
  Report advance(double dt, std::span<const double> density, std::span<const double> viscosity,
                 std::span<const double> divergence);

  /// Collective.
  void persist(const core::Archive& archive);

  const FaceVelocities& faces() const override { return faces_; }

  double courant_rate() const override { return courant_rate_; }
  /// Adams-Bashforth is stable with advection up to this Courant number.
  static constexpr double courant_limit = 0.5;

  /// Pressure without the thermodynamic one, half a step before the velocity's time, [n owned cells] [Pa]. Local.
  petsc::ConstVecRows pressure() const { return {pressure_.get(), 1}; }

 private:
  void extrapolate_pressure(double dt);
  void set_medium(std::span<const double> density, std::span<const double> viscosity);
  void put_into_medium(Vec cell_values);
  Report predict(double dt);
  Report project(double dt_over_density, std::span<const double> divergence);
  void set_pressure(std::span<const double> viscosity, double dt_over_density);
  void fill_ghosts(Vec u);
  void keep_given_faces();
  void update_faces();

  parallel::Communicator comm_;
  grid::FaceGrid u_grid_, medium_grid_;
  FaceFields fields_;
  Momentum momentum_;
  PressureSolver solver_;
  petsc::Handle<Vec> u_, u_local_;
  petsc::Handle<Vec> medium_, medium_local_;
  petsc::Handle<Vec> advection_, advection_before_;  // -u.grad u now and a step ago
  petsc::Handle<Vec> force_;                         // all that does not change during a step
  petsc::Handle<Vec> pressure_, pressure_before_;    // of the last two steps
  petsc::Handle<Vec> guess_;                         // p'
  petsc::Handle<Vec> demand_, phi_;
  RungeKuttaChebyshev stepper_;
  FaceVelocities faces_;
  double courant_rate_ = 0.0;
  double dt_before_ = 0.0, dt_two_before_ = 0.0;  // 0: there was no such step
};

}  // namespace bimetal::flow
