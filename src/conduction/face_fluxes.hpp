#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "conduction/face_stencil.hpp"
#include "conduction/flux_rows.hpp"
#include "conduction/tangent_source.hpp"
#include "core/archive.hpp"
#include "core/rows.hpp"
#include "parallel/communicator.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::conduction {

using MicrostructureField = std::function<Microstructure(const std::array<double, 3>& x)>;

/// What large changes of a face's state are.
struct FaceScales {
  double temperature = 1.0;    // [K]
  double gradient = 1.0;       // below which a gradient counts as small [K/m]
  double least_change = 1e-6;  // in these units, from which the tangent of a face is mended
};

/// The fluxes through the faces of this rank, a sub-problem each, and their tangents: how the normal flux of a face
/// depends on its temperature and its gradient.
///
/// Only the normal row of a face's tangent matrix is kept: Broyden's formula changes each row by itself.
class FaceFluxes {
 public:
  /// `rows`, `solver` and `source` must outlive this object; `source` may be null.
  FaceFluxes(std::vector<Face> faces, int dimensions, const FaceScales& scales, const MicrostructureField& field,
             const FluxRows& rows, subproblem::SubproblemSolver& solver, TangentSource* source);

  /// Asks for the fluxes of all faces, given the cells with ghosts followed by the temperatures of the ends [K], and
  /// mends the tangents by what has changed since the last time. If any row fails on any rank, `failed` is set on
  /// every rank and the fluxes mean nothing. Collective.
  subproblem::BatchReport evaluate(std::span<const double> values, std::int64_t step, subproblem::Iterate iterate,
                                   const parallel::Communicator& comm, bool& failed);
  /// Share of the faces of all ranks that somebody else has answered than in the evaluation before. Local.
  double handed_over() const { return handed_over_; }

  /// Makes sure that there are tangents; exact ones of the last evaluation, if so asked and there is a source.
  /// Without a source they begin as -|q| / |g| by the normal component of the gradient. Collective.
  void provide_tangents(Tangents kind, const parallel::Communicator& comm);
  /// The next tangents are new ones. Local.
  void forget_tangents() { has_tangents_ = false; }

  const std::vector<Face>& faces() const { return faces_; }
  double normal_flux(std::size_t face) const { return normal_[face]; }  // along the axis [W/m^2]
  /// [1 + d]: by temperature [W/m^2/K], by the gradient [W/m/K].
  std::span<const double> tangent(std::size_t face) const { return tangents_[static_cast<std::int64_t>(face)]; }
  std::span<const subproblem::Provenance> provenance() const { return provenance_; }  // [n faces], last evaluation

  /// Tangents and what they were last mended by, for the points of the face grid. Collective.
  void persist(const core::Archive& archive, const core::PointsOfRank& points);

 private:
  void find_states(std::span<const double> values);
  void mend_tangent(std::int64_t face, double new_flux);
  void estimate_tangents(const parallel::Communicator& comm);
  bool ask_source(std::int64_t face);
  FaceState state_of(core::ConstRows states, std::int64_t face) const;

  std::vector<Face> faces_;
  std::size_t d_;
  FaceScales scales_;
  const FluxRows* rows_;
  subproblem::SubproblemSolver* solver_;
  TangentSource* source_;
  std::vector<Microstructure> microstructure_;
  std::vector<std::int64_t> ids_;
  core::RowTable in_, out_;              // of the batch
  core::RowTable states_, last_states_;  // [n faces, 1 + d]: T, g of this evaluation and the one before
  core::RowTable fluxes_;                // [n faces, d]
  std::vector<double> normal_;           // [n faces]
  core::RowTable tangents_;              // [n faces, 1 + d]
  std::vector<subproblem::Provenance> provenance_;
  std::vector<double> answered_by_;  // [n faces] a surrogate's version, or -1: physics
  double handed_over_ = 0.0;
  bool has_tangents_ = false, evaluated_ = false;
};

}  // namespace bimetal::conduction
