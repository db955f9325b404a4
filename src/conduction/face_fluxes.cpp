#include "conduction/face_fluxes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "conduction/secant.hpp"
#include "core/error.hpp"

namespace bimetal::conduction {
namespace {

using subproblem::Answerer;

/// Which function an answer is a value of: physics, or a version of the surrogate. The difference between the values
/// of two functions is no derivative.
double function_of(const subproblem::Provenance& answer) {
  const bool by_surrogate = answer.answerer == Answerer::surrogate || answer.answerer == Answerer::audit;
  return by_surrogate ? static_cast<double>(answer.version) : -1.0;
}

double length(std::span<const double> vector) {
  double squares = 0.0;
  for (const double component : vector) squares += component * component;
  return std::sqrt(squares);
}

}  // namespace

FaceFluxes::FaceFluxes(std::vector<Face> faces, int dimensions, const FaceScales& scales,
                       const MicrostructureField& field, const FluxRows& rows, subproblem::SubproblemSolver& solver,
                       TangentSource* source)
    : faces_(std::move(faces)),
      d_(static_cast<std::size_t>(dimensions)),
      scales_(scales),
      rows_(&rows),
      solver_(&solver),
      source_(source),
      in_(std::ssize(solver.kind().signature().inputs), std::ssize(faces_)),
      out_(std::ssize(solver.kind().signature().outputs), std::ssize(faces_)),
      states_(1 + dimensions, std::ssize(faces_)),
      last_states_(states_),
      fluxes_(dimensions, std::ssize(faces_)),
      normal_(faces_.size()),
      tangents_(states_),
      provenance_(faces_.size()),
      answered_by_(faces_.size(), -1.0) {
  for (const Face& face : faces_) {
    ids_.push_back(face.id);
    microstructure_.push_back(field(face.position));
  }
}

void FaceFluxes::find_states(std::span<const double> values) {
  std::ranges::fill(states_.rows().flat(), 0.0);
  for (std::size_t f = 0; f < faces_.size(); ++f) {
    const auto state = states_[static_cast<std::int64_t>(f)];
    for (const Influence& influence : faces_[f].influences)
      for (std::size_t k = 0; k < state.size(); ++k)
        state[k] += influence.weights[k] * values[static_cast<std::size_t>(influence.value)];
  }
}

FaceState FaceFluxes::state_of(core::ConstRows states, std::int64_t face) const {
  const auto state = states[face];
  return {state[0], state.subspan(1), microstructure_[static_cast<std::size_t>(face)]};
}

subproblem::BatchReport FaceFluxes::evaluate(std::span<const double> values, std::int64_t step,
                                             subproblem::Iterate iterate, const parallel::Communicator& comm,
                                             bool& failed) {
  find_states(values);
  for (std::int64_t f = 0; f < states_.size(); ++f) rows_->pose(state_of(states_.rows(), f), in_[f]);
  subproblem::Batch batch{
      .in = in_.rows(), .out = out_.rows(), .id = ids_, .step = step, .provenance = provenance_, .iterate = iterate};
  auto report = solver_->solve(batch);
  failed = comm.sum(static_cast<std::int64_t>(report.failures.size())) > 0;
  if (failed) return report;
  std::array<std::int64_t, 2> counts{0, states_.size()};  // faces with another answerer, faces
  for (std::int64_t f = 0; f < states_.size(); ++f) {
    const auto at = static_cast<std::size_t>(f);
    rows_->read(state_of(states_.rows(), f), out_[f], fluxes_[f]);
    const double new_flux = fluxes_[f][static_cast<std::size_t>(faces_[at].axis)];
    const double before = std::exchange(answered_by_[at], function_of(provenance_[at]));
    // A version may have been corrected between two steps.
    const bool corrected = iterate == subproblem::Iterate::first && answered_by_[at] >= 0.0;
    const bool alike = before == answered_by_[at] && !corrected;
    counts[0] += before != answered_by_[at];
    if (has_tangents_ && evaluated_ && alike) mend_tangent(f, new_flux);
    normal_[at] = new_flux;
  }
  comm.sum_in_place(std::span<std::int64_t>(counts));
  handed_over_ = static_cast<double>(counts[0]) / static_cast<double>(counts[1]);
  last_states_ = states_;
  evaluated_ = true;
  return report;
}

void FaceFluxes::mend_tangent(std::int64_t face, double new_flux) {
  std::array<double, 4> change{}, scale{};
  const auto state = states_[face], last = last_states_[face];
  const double steepness = std::max(length(state.subspan(1)), scales_.gradient);
  for (std::size_t k = 0; k <= d_; ++k) {
    change[k] = state[k] - last[k];
    scale[k] = k == 0 ? scales_.temperature : steepness;
  }
  update_secant(tangents_[face], std::span(change).first(1 + d_), std::span(scale).first(1 + d_),
                new_flux - normal_[static_cast<std::size_t>(face)], scales_.least_change);
}

bool FaceFluxes::ask_source(std::int64_t face) {
  std::array<double, 12> matrix{};
  const std::size_t width = 1 + d_;
  if (!source_->tangent(state_of(last_states_.rows(), face), std::span(matrix).first(d_ * width))) return false;
  const auto axis = static_cast<std::size_t>(faces_[static_cast<std::size_t>(face)].axis);
  std::ranges::copy(std::span(matrix).subspan(axis * width, width), tangents_[face].begin());
  return true;
}

void FaceFluxes::estimate_tangents(const parallel::Communicator& comm) {
  const auto steepness = [&](std::int64_t f) { return length(last_states_[f].subspan(1)); };
  const auto conductivity = [&](std::int64_t f) { return length(fluxes_[f]) / steepness(f); };
  double steepest = 0.0, highest = 0.0;
  for (std::int64_t f = 0; f < states_.size(); ++f) steepest = std::max(steepest, steepness(f));
  steepest = comm.max(steepest);
  // Where there is hardly a gradient, nothing is known but what the others conduct.
  const auto tells = [&](std::int64_t f) { return steepness(f) > 1e-3 * steepest; };
  for (std::int64_t f = 0; f < states_.size(); ++f)
    if (tells(f)) highest = std::max(highest, conductivity(f));
  highest = comm.max(highest);
  std::ranges::fill(tangents_.rows().flat(), 0.0);
  for (std::int64_t f = 0; f < states_.size(); ++f)
    tangents_[f][1 + static_cast<std::size_t>(faces_[static_cast<std::size_t>(f)].axis)] =
        -(tells(f) ? conductivity(f) : highest);
}

void FaceFluxes::provide_tangents(Tangents kind, const parallel::Communicator& comm) {
  if (has_tangents_ && (kind == Tangents::secant || !source_)) return;
  if (!has_tangents_) estimate_tangents(comm);
  if (source_)
    for (std::int64_t f = 0; f < states_.size(); ++f) ask_source(f);
  has_tangents_ = true;
}

void FaceFluxes::persist(const core::Archive& archive, const core::PointsOfRank& points) {
  const std::size_t width = 2 * (1 + d_) + 2;  // of a face: tangent, state, whose flux it is, normal flux
  std::vector<double> table(static_cast<std::size_t>(points.size()) * d_ * width);
  for (std::size_t f = 0; f < faces_.size(); ++f) {
    const auto row = static_cast<std::int64_t>(f);
    const auto begin =
        (static_cast<std::size_t>(faces_[f].point) * d_ + static_cast<std::size_t>(faces_[f].axis)) * width;
    const auto stored = std::span(table).subspan(begin, width);
    std::ranges::copy(tangents_[row], stored.begin());
    std::ranges::copy(last_states_[row], stored.subspan(1 + d_).begin());
    stored[2 * (1 + d_)] = answered_by_[f];
    stored.back() = normal_[f];
  }
  archive.points("faces", points, table);
  archive.alike("has_tangents", has_tangents_);
  archive.alike("evaluated", evaluated_);
  if (!archive.restores()) return;
  for (std::size_t f = 0; f < faces_.size(); ++f) {
    const auto row = static_cast<std::int64_t>(f);
    const auto begin =
        (static_cast<std::size_t>(faces_[f].point) * d_ + static_cast<std::size_t>(faces_[f].axis)) * width;
    const auto stored = std::span(table).subspan(begin, width);
    std::ranges::copy(stored.first(1 + d_), tangents_[row].begin());
    std::ranges::copy(stored.subspan(1 + d_, 1 + d_), last_states_[row].begin());
    answered_by_[f] = stored[2 * (1 + d_)];
    normal_[f] = stored.back();
  }
}

}  // namespace bimetal::conduction
