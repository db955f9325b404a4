#pragma once

#include <petscvec.h>

#include <functional>

#include "petsc/handle.hpp"

namespace bimetal::flow {

/// Stabilised explicit Runge-Kutta-Chebyshev method of second order for y' = f(y): with s stages it is stable for
/// real spectra down to about -0.58 s^2 / dt, so that diffusion costs a number of stages that grows with the root
/// of dt only. Sommeijer, Shampine & Verwer, J. Comput. Appl. Math. 88 (1998) 315, eqs. 2.1-2.6.
///
/// Their damping (2/13) leaves the stability region thin around the real axis. Here it is 1, at the price of a
/// tenth of the region's length, for advection's sake (Verwer, Sommeijer & Hundsdorfer, J. Comput. Phys. 201 (2004)
/// 61): if the stages cover the sum of the spectral radii of diffusion and upwind advection (2 |u| / dx), every
/// mixture of the two is stable for a Courant number up to `courant_limit`, shown by a scan in the tests.
class RungeKuttaChebyshev {
 public:
  /// rate = f(state), both laid out like the prototype. Usually Collective.
  using Rates = std::function<void(Vec state, Vec rate)>;

  /// Work vectors are made like `prototype`. Collective.
  explicit RungeKuttaChebyshev(Vec prototype);

  /// Advances y by dt [s] with as many evaluations of f as `choose_stages` says, at least 2, once f has been
  /// evaluated at y. Returns their number. Collective.
  int step(Vec y, double dt, const std::function<int()>& choose_stages, const Rates& rates);

  /// Length of the stability region on the negative real axis: stable if dt·(spectral radius) is not above. Local.
  static double stability_limit(int n_stages);
  /// The fewest stages that are stable for dt·(spectral radius). RuntimeFailure beyond 1000, for which the step makes
  /// no sense. Local.
  static int stages_for(double dt_times_radius);

  static constexpr double courant_limit = 0.5;  // sum over the axes of |u| dt / dx

 private:
  petsc::Handle<Vec> first_rate_;  // f(y)
  petsc::Handle<Vec> rate_;        // f of the last stage
  petsc::Handle<Vec> last_;        // the last stage
  petsc::Handle<Vec> before_last_;
};

}  // namespace bimetal::flow
