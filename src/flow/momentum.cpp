#include "flow/momentum.hpp"

#include <algorithm>
#include <array>

namespace bimetal::flow {
namespace {

/// Third-order derivative along `stride`, biased against the wind; times the spacing.
inline double upwind_difference(const double* u, std::int64_t stride, double wind) {
  const double ahead = u[stride], here = u[0], behind = u[-stride];
  return wind >= 0.0 ? (2.0 * ahead + 3.0 * here - 6.0 * behind + u[-2 * stride]) * (1.0 / 6.0)
                     : (-u[2 * stride] + 6.0 * ahead - 3.0 * here - 2.0 * behind) * (1.0 / 6.0);
}

/// Strides in numbers, not points, and inverse spacings of the axes in use.
struct Geometry {
  std::size_t n;  // dimensions
  std::array<std::int64_t, 3> u{}, medium{};
  std::array<double, 3> per_length{};

  explicit Geometry(const FaceFields& fields) : n(static_cast<std::size_t>(fields.extents().dimensions)) {
    for (std::size_t b = 0; b < n; ++b) {
      u[b] = fields.layout().stride[b] * static_cast<std::int64_t>(n);
      medium[b] = fields.layout().stride[b] * static_cast<std::int64_t>(n_medium_columns);
      per_length[b] = 1.0 / fields.extents().spacing(static_cast<int>(b));
    }
  }
};

/// tau_aa at the centre of a cell; u, mu: its components.
inline double normal_stress(const Geometry& g, std::size_t a, const double* u, double mu) {
  double stretch = 0.0, divergence = 0.0;
  for (std::size_t b = 0; b < g.n; ++b) {
    const double along = (u[g.u[b] + static_cast<std::int64_t>(b)] - u[b]) * g.per_length[b];
    divergence += along;
    if (b == a) stretch = along;
  }
  return mu * (2.0 * stretch - 2.0 / 3.0 * divergence);
}

/// tau_ab on the edge of a cell that is lower along both axes.
inline double shear_stress(const Geometry& g, std::size_t a, std::size_t b, const double* u, const double* medium) {
  const double* mu = medium + viscosity_column;
  const double at_edge = 0.25 * (mu[0] + mu[-g.medium[a]] + mu[-g.medium[b]] + mu[-g.medium[a] - g.medium[b]]);
  const double *ua = u + a, *ub = u + b;
  return at_edge * ((ua[0] - ua[-g.u[b]]) * g.per_length[b] + (ub[0] - ub[-g.u[a]]) * g.per_length[a]);
}

}  // namespace

template <class Visit>
void Momentum::for_faces(Visit visit) const {
  const auto& layout = fields_->layout();
  for (int axis = 0; axis < fields_->extents().dimensions; ++axis)
    for_points(fields_->solved(axis), [&](std::int64_t i, std::int64_t j, std::int64_t k) {
      visit(static_cast<std::size_t>(axis), layout.index(i, j, k), i + layout.owned[0] * (j + layout.owned[1] * k));
    });
}

void Momentum::add_advection(core::ConstRows velocity, double factor, core::Rows rate) const {
  const Geometry g(*fields_);
  const auto n = static_cast<std::int64_t>(g.n);
  for_faces([&](std::size_t a, std::int64_t point, std::int64_t owned) {
    const double* u = velocity.data() + n * point;
    double sum = 0.0;
    for (std::size_t b = 0; b < g.n; ++b) {
      const double* ub = u + b;
      const double wind = b == a ? ub[0] : 0.25 * (ub[0] + ub[g.u[b]] + ub[-g.u[a]] + ub[g.u[b] - g.u[a]]);
      sum += wind * g.per_length[b] * upwind_difference(u + a, g.u[b], wind);
    }
    rate.data()[n * owned + static_cast<std::int64_t>(a)] -= factor * sum;
  });
}

void Momentum::add_friction(core::ConstRows velocity, core::ConstRows medium, core::Rows rate) const {
  const Geometry g(*fields_);
  const auto n = static_cast<std::int64_t>(g.n);
  for_faces([&](std::size_t a, std::int64_t point, std::int64_t owned) {
    const double* u = velocity.data() + n * point;
    const double* m = medium.data() + static_cast<std::int64_t>(n_medium_columns) * point;
    double force = 0.0;
    for (std::size_t b = 0; b < g.n; ++b) {
      const double difference =
          b == a ? normal_stress(g, a, u, m[viscosity_column]) -
                       normal_stress(g, a, u - g.u[a], m[static_cast<std::int64_t>(viscosity_column) - g.medium[a]])
                 : shear_stress(g, a, b, u + g.u[b], m + g.medium[b]) - shear_stress(g, a, b, u, m);
      force += difference * g.per_length[b];
    }
    const double volume = 0.5 * (m[volume_column] + m[static_cast<std::int64_t>(volume_column) - g.medium[a]]);
    rate.data()[n * owned + static_cast<std::int64_t>(a)] += volume * force;
  });
}

void Momentum::add_pressure_force(core::ConstRows medium, core::Rows rate) const {
  const Geometry g(*fields_);
  const auto n = static_cast<std::int64_t>(g.n);
  for_faces([&](std::size_t a, std::int64_t point, std::int64_t owned) {
    const double* here = medium.data() + static_cast<std::int64_t>(n_medium_columns) * point;
    const double* below = here - g.medium[a];
    const double volume = 0.5 * (here[volume_column] + below[volume_column]);
    rate.data()[n * owned + static_cast<std::int64_t>(a)] -=
        volume * (here[pressure_column] - below[pressure_column]) * g.per_length[a];
  });
}

void Momentum::subtract_gradient(core::ConstRows medium, double factor, core::Rows rate) const {
  const Geometry g(*fields_);
  const auto n = static_cast<std::int64_t>(g.n);
  for_faces([&](std::size_t a, std::int64_t point, std::int64_t owned) {
    const double* p = medium.data() + static_cast<std::int64_t>(n_medium_columns) * point + pressure_column;
    rate.data()[n * owned + static_cast<std::int64_t>(a)] -= factor * (p[0] - p[-g.medium[a]]) * g.per_length[a];
  });
}

/// The part 4/3 mu of the Laplacian's and the gradient of the divergence together, for a volume and a viscosity that
/// belong to neighbouring cells.
double Momentum::friction_bound(core::ConstRows medium) const {
  constexpr double safety = 1.2;
  const Geometry g(*fields_);
  double diffusivity = 0.0, per_area = 0.0;
  for_points(fields_->cells(), [&](std::int64_t i, std::int64_t j, std::int64_t k) {
    const auto m = medium[fields_->layout().index(i, j, k)];
    diffusivity = std::max(diffusivity, m[viscosity_column] * m[volume_column]);
  });
  for (std::size_t b = 0; b < g.n; ++b) per_area += g.per_length[b] * g.per_length[b];
  return safety * (4.0 / 3.0) * 4.0 * diffusivity * per_area;
}

void Momentum::divergence(core::ConstRows velocity, std::span<double> result) const {
  const Geometry g(*fields_);
  std::size_t cell = 0;
  for_points(fields_->cells(), [&](std::int64_t i, std::int64_t j, std::int64_t k) {
    const double* u = velocity.data() + static_cast<std::int64_t>(g.n) * fields_->layout().index(i, j, k);
    double sum = 0.0;
    for (std::size_t b = 0; b < g.n; ++b) sum += (u[g.u[b] + static_cast<std::int64_t>(b)] - u[b]) * g.per_length[b];
    result[cell++] = sum;
  });
}

}  // namespace bimetal::flow
