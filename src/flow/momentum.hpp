#pragma once

#include <cstddef>
#include <span>

#include "core/rows.hpp"
#include "flow/face_fields.hpp"

namespace bimetal::flow {

/// What the momentum equation needs to know of the gas, one row a point of the face grid, of the cells.
enum MediumColumn : std::size_t { viscosity_column, volume_column, pressure_column, n_medium_columns };

/// The terms of the momentum equation in advective form, on the faces of a staggered grid (Harlow & Welch, Phys.
/// Fluids 8 (1965) 2182), second order in space:
///   du/dt = -u.grad u + v div(tau) - v grad p,   tau = mu (grad u + grad u^T - 2/3 div u),   v = 1 / rho.
///
/// u: [n ghosted points, n dimensions] [m/s] and medium: [n ghosted points, n_medium_columns] with mu [Pa s], v
/// [m^3/kg] and p [Pa], ghosts filled by FaceFields. Members that add do so to `rate` [m/s^2], [n owned points, n
/// dimensions], on the faces that are solved for, and leave the others alone. Local.
class Momentum {
 public:
  explicit Momentum(const FaceFields& fields) : fields_(&fields) {}

  /// -u.grad u times `factor`, with derivatives of third order, biased upwind: little dissipation, and none of the
  /// wiggles of central differences where a cell's Reynolds number is large.
  void add_advection(core::ConstRows u, double factor, core::Rows rate) const;
  void add_friction(core::ConstRows u, core::ConstRows medium, core::Rows rate) const;
  void add_pressure_force(core::ConstRows medium, core::Rows rate) const;
  /// -grad p alone, times `factor`.
  void subtract_gradient(core::ConstRows medium, double factor, core::Rows rate) const;

  /// Bound on the spectral radius of friction [1/s], of this rank's cells.
  double friction_bound(core::ConstRows medium) const;
  /// div u [1/s] of this rank's cells, [n owned cells].
  void divergence(core::ConstRows u, std::span<double> result) const;

 private:
  /// Calls visit(axis, ghosted point, index in the rows of owned points) for every face that is solved for.
  template <class Visit>
  void for_faces(Visit visit) const;

  const FaceFields* fields_;
};

}  // namespace bimetal::flow
