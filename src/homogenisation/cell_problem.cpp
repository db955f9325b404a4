#include "homogenisation/cell_problem.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"

namespace bimetal::homogenisation {
namespace {

constexpr double loosest = 0.1;                 // forcing term of a Newton step, at most [1]
constexpr double tightest = 1e-5;               // what single precision can be trusted with [1]
constexpr double safety = 3.0;                  // of the estimate of the flux's error
constexpr double aim = 0.3;                     // what a last Newton step should leave, of the error allowed
constexpr double good_slope = 0.5;              // of a full step, relative to the slope at its start
constexpr double tangent_tolerance = 3e-3;      // of the responses to G; the tangent's error is of second order in it
constexpr double temperature_tolerance = 0.03;  // of the response to T; its error is multiplied with the one above
constexpr double round_off = 1e-14;             // of a residual per pixel, relative to the flux
constexpr int max_trials = 20;                  // along a step

double norm(const Vector& a) { return std::sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]); }
Vector difference(const Vector& a, const Vector& b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2]}; }

template <class A, class B>
double dot(const Field<A>& a, const Field<B>& b) {
  const int n = a.n();
  double sum = 0.0;
  for (int j = 0; j < n; ++j) {
    const A* x = a.row(j);
    const B* y = b.row(j);
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < n; ++i) sum += static_cast<double>(x[i]) * static_cast<double>(y[i]);
  }
  return sum;
}

/// to = factor * from, in single precision.
void scale_to(const Field<double>& from, double factor, Field<float>& to) {
  const int n = from.n();
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i) to.row(j)[i] = static_cast<float>(factor * from.row(j)[i]);
}

}  // namespace

CellProblem::CellProblem(int n, const PhaseLaw& matrix, const PhaseLaw& inclusion, const CellOptions& options)
    : n_(n),
      options_(options),
      fluxes_(n, matrix, inclusion),
      linear_(n),
      w_(n),
      w_start_(n),
      residual_(n),
      load_(n),
      step_(n),
      couplings_(n),
      loads_{Field<double>(n), Field<double>(n), Field<double>(n), Field<double>(n)},
      responses_{Field<float>(n), Field<float>(n), Field<float>(n), Field<float>(n)},
      remainders_{Field<float>(n), Field<float>(n), Field<float>(n), Field<float>(n)} {
  EXPECT(n >= 4 && matrix.valid() && inclusion.valid());
}

void CellProblem::evaluate() {
  means_ = fluxes_.evaluate(w_, scale_, residual_, linear_.conductivity());
  ++counts_.evaluations;
}

Vector CellProblem::flux() const { return {-means_.s[0], -means_.s[1], -means_.s[2]}; }

std::optional<std::string> CellProblem::solve(const CellQuestion& question) {
  EXPECT(question.part != nullptr && question.part->n() == n_);
  fluxes_.begin(question);
  w_.fill(0.0);
  scale_ = 1.0 / fluxes_.uniform_conductivity();
  if (!(scale_ > 0.0 && std::isfinite(scale_))) return "the fluxes of the uniform gradient are not finite";
  evaluate();
  return advance();
}

/// The preconditioner is that of a cell with the mean of all conductivities.
void CellProblem::set_medium() {
  linear_.preconditioner().set_medium({scale_ * means_.C[0], scale_ * means_.C[1], scale_ * means_.C[2]});
}

/// Newton steps until the estimate of the flux's error is small enough. Near the solution the error of the flux goes
/// with the size of the residual, and what the last step did to both tells by how much.
std::optional<std::string> CellProblem::advance() {
  double before = 0.0, flux_per_residual = 0.0;
  for (int newton = 0; newton <= options_.max_newton; ++newton) {
    const double load = std::sqrt(dot(residual_, residual_)), flux_now = norm(means_.s);
    if (!std::isfinite(load)) return "the fluxes are not finite";
    if (load <= round_off * n_ * flux_now) return std::nullopt;
    scale_to(residual_, -1.0 / load, load_);
    set_medium();
    const double now = load * linear_.start(load_);
    const double allowed = options_.rtol * flux_now / safety;  // error of the flux
    if (newton > 0 && flux_per_residual * now <= allowed) return std::nullopt;
    double enough = loosest * now;
    if (newton > 0) {
      const double ratio = now / before;
      enough = std::max(std::clamp(0.9 * ratio * ratio, tightest, loosest) * now, aim * allowed / flux_per_residual);
    }
    counts_.cg += linear_.solve(load_, step_, enough / load, options_.max_cg);
    ++counts_.newton;
    const Vector s_before = means_.s;
    move_along_step(scale_ * load);
    flux_per_residual = std::max(norm(difference(means_.s, s_before)) / now, 0.5 * flux_per_residual);
    before = now;
  }
  return "Newton's method did not converge";
}

/// Goes the full step, or less if the potential's slope along it is then still, or again, large: to about where the
/// slope vanishes, which a convex potential has in one place only.
void CellProblem::move_along_step(double length) {
  const double slope = dot(residual_, step_);  // below 0
  w_start_.copy(w_);
  double low = 0.0, low_slope = slope, high = 0.0, alpha = 1.0;
  for (int trial = 0; trial < max_trials; ++trial) {
    const double factor = alpha * length;
    for (int j = 0; j < n_; ++j) {
      double* to = w_.row(j);
      const double* from = w_start_.row(j);
      const float* step = step_.row(j);
#pragma omp simd
      for (int i = 0; i <= n_; ++i) to[i] = from[i] + factor * step[i];
    }
    evaluate();
    const double here = dot(residual_, step_);
    if (std::abs(here) <= good_slope * std::abs(slope) || (here < 0.0 && high == 0.0)) return;
    if (here < 0.0) {
      low = alpha;
      low_slope = here;
      alpha = 0.5 * (low + high);
    } else {
      high = alpha;
      const double secant = low + (high - low) * low_slope / (low_slope - here);
      alpha = std::clamp(secant, low + 0.1 * (high - low), low + 0.9 * (high - low));
    }
  }
}

/// What a unit of G_x, G_y, G_z, and T leaves in the nodes at fixed w, times `scale_`.
void CellProblem::assemble_loads() {
  const auto& conductivity = linear_.conductivity();
  fluxes_.couple(w_, couplings_);
  for (int sign : {1, -1}) {
    Field<double>&u = loads_[2], &v = loads_[3];
    for (int j = 0; j < n_; ++j)
      for (int i = 0; i < n_; ++i) {
        const double A = conductivity.A.row(j)[i], B = conductivity.B.row(j)[i], C = conductivity.C.row(j)[i];
        u.row(j)[i] = A + sign * B;
        v.row(j)[i] = B + sign * C;
      }
    gather(u, v, loads_[sign > 0 ? 0 : 1]);
  }
  gather(couplings_.u_z, couplings_.v_z, loads_[2]);
  gather(couplings_.u_T, couplings_.v_T, loads_[3]);
  for (std::size_t k : {2, 3})
    for (int j = 0; j < n_; ++j)
      for (int i = 0; i < n_; ++i) loads_[k].row(j)[i] *= scale_;
}

/// Solves K x = load k, and keeps what the solution leaves of the load.
void CellProblem::respond(std::size_t k, double tolerance) {
  const double load = std::sqrt(dot(loads_[k], loads_[k]));
  responses_[k].fill(0.0F);
  remainders_[k].fill(0.0F);
  if (!(load > round_off * n_)) return;
  scale_to(loads_[k], 1.0 / load, load_);
  const double size = linear_.start(load_);
  counts_.cg += linear_.solve(load_, step_, tolerance * size, options_.max_cg);
  const float back = static_cast<float>(load);
  for (int j = 0; j < n_; ++j)
    for (int i = 0; i < n_; ++i) {
      responses_[k].row(j)[i] = back * step_.row(j)[i];
      remainders_[k].row(j)[i] = back * load_.row(j)[i];
    }
}

/// load_i · K^-1 load_k per pixel, with an error of second order in those of the two responses.
double CellProblem::reaction(std::size_t i, std::size_t k) const {
  return (dot(loads_[i], responses_[k]) + dot(responses_[i], remainders_[k])) / (scale_ * n_ * n_);
}

CellTangent CellProblem::tangent() {
  set_medium();
  assemble_loads();
  for (std::size_t k : {0, 1, 2}) respond(k, tangent_tolerance);
  respond(3, temperature_tolerance);
  CellTangent tangent;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t k = i; k < 3; ++k)
      tangent.dq_dg[i][k] = tangent.dq_dg[k][i] = reaction(i, k) - couplings_.mean[i][k];
    tangent.dq_dT[i] = reaction(i, 3) - couplings_.mean[i][3];
  }
  return tangent;
}

/// The nodes of one parity at a time, if n is even.
const Field<double>& CellProblem::correction() {
  const int parities = n_ % 2 == 0 ? 2 : 1;
  for (int parity = 0; parity < parities; ++parity) {
    double sum = 0.0;
    for (int pass : {0, 1})
      for (int j = 0; j < n_; ++j)
        for (int i = (j + parity) % parities; i < n_; i += parities)
          pass == 0 ? sum += w_.row(j)[i] : w_.row(j)[i] -= sum * parities / (static_cast<double>(n_) * n_);
  }
  w_.wrap();
  return w_;
}

}  // namespace bimetal::homogenisation
