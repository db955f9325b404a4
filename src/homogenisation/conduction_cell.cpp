#include "homogenisation/conduction_cell.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/error.hpp"
#include "core/fingerprint.hpp"
#include "core/finite.hpp"
#include "core/positive.hpp"

namespace bimetal::homogenisation {
namespace {

constexpr double steepest = 1e6;  // gradient that a row may have, in units of either phase's g0 [1]
constexpr double slack = 1e-3;    // by which a reference answer may miss a bound [1]

void check(const char* phase, const PhaseLaw& law) {
  if (!law.valid())
    throw core::UserError::format(
        "conduction cell: the law of the {} (k {} W/m/K, exponent {}, p {}, g0 {} K/m) makes no sense; give k > 0, p "
        "between 1.3 and 4, and g0 > 0",
        phase, law.k, law.temperature_exponent, law.p, law.g0);
}

void check(const ConductionCellOptions& options) {
  if (options.dimensions != 2 && options.dimensions != 3)
    throw core::UserError::format("conduction cell: {} dimensions; give 2 or 3", options.dimensions);
  if (options.pixels < 8 || options.pixels > 128)
    throw core::UserError::format("conduction cell: {} pixels; give 8 to 128", options.pixels);
  if (!(options.aspect >= 1.0 && options.aspect <= 20.0))
    throw core::UserError::format("conduction cell: aspect ratio {}; give long over short axis, 1 to 20",
                                  options.aspect);
  check("matrix", options.matrix);
  check("inclusion", options.inclusion);
  core::require_positive("conduction cell", "gradient_scale", options.gradient_scale);
  core::require_positive("conduction cell", "temperature_scale", options.temperature_scale);
  for (const double scale : options.conductivity_scale)
    core::require_positive("conduction cell", "conductivity_scale", scale);
}

/// What the answers depend on besides the row.
std::string fingerprint_of(const ConductionCellOptions& options) {
  core::Fingerprint print;
  print.add("conduction cell, one-point quadrature, laminates in mixed pixels, ramp of 1.8 pixels");
  print.add(static_cast<std::uint64_t>(options.dimensions));
  print.add(static_cast<std::uint64_t>(options.pixels));
  print.add(options.shape == Shape::ellipse ? "ellipse" : "laminate");
  print.add(options.aspect);
  for (const auto* law : {&options.matrix, &options.inclusion})
    for (double value : {law->k, law->temperature_exponent, law->p, law->g0}) print.add(value);
  print.add(options.gradient_scale);  // rows depend on it
  return print.hex();
}

core::Signature signature_of(const ConductionCellOptions& options) {
  core::Signature signature;
  signature.kind = "conduction_cell";
  signature.inputs = {{"T", "K", options.temperature_scale, core::Nature::temperature},
                      {"steepness", "1"},
                      {"cos_2phi", "1"},
                      {"sin_2phi", "1"}};
  signature.outputs = {{"k_along", "W/m/K", options.conductivity_scale[0]},
                       {"k_across", "W/m/K", options.conductivity_scale[1]}};
  if (options.dimensions == 3) {
    signature.inputs.push_back({"fibre_share", "1"});
    signature.outputs.push_back({"k_fibre", "W/m/K", options.conductivity_scale[2]});
  }
  signature.inputs.push_back({"fraction", "1"});
  signature.inputs.push_back({"angle", "rad"});
  signature.invariants = core::Matrix(0, signature.outputs.size());
  signature.fingerprint = fingerprint_of(options);
  return signature;
}

}  // namespace

ConductionCell::ConductionCell(const ConductionCellOptions& options)
    : options_(options), rows_(options.dimensions, options.gradient_scale) {
  check(options);
  signature_ = signature_of(options);
}

const char* ConductionCell::flaw(std::span<const double> in) const {
  EXPECT(in.size() == signature_.inputs.size());
  if (!core::all_finite(in)) return "the row is not finite";
  const auto cell = rows_.representative(in);
  if (!(cell.T > 0.0)) return "the temperature of the row is not positive";
  if (!(cell.fraction >= 0.0)) return "the volume fraction of the row is negative";
  if (cell.fraction > largest_fraction(options_.shape, options_.aspect))
    return "the volume fraction of the row is so large that the inclusion would reach its periodic images";
  double limit = std::numeric_limits<double>::infinity();
  for (const auto* law : {&options_.matrix, &options_.inclusion})
    if (law->p != 2.0) limit = std::min(limit, steepest * law->g0);
  if (!std::ranges::all_of(cell.gradient, [&](double g) { return std::abs(g) <= limit; }))
    return "the gradient of the row is more than a million times g0";
  return nullptr;
}

double ConductionCell::most_dissipation(const CellState& cell) const {
  const double g = std::hypot(cell.gradient[0], cell.gradient[1], cell.gradient[2]);
  // One exponent for both phases, as it is the sum of their potentials that is a minimum.
  const double most = std::max({2.0, options_.matrix.p, options_.inclusion.p});
  return most * ((1.0 - cell.fraction) * options_.matrix.potential(cell.T, g) +
                 cell.fraction * options_.inclusion.potential(cell.T, g));
}

subproblem::Gate ConductionCell::admit(std::span<const double> in, std::span<double> out, double tolerance) {
  if (!core::all_finite(out)) return subproblem::Gate::not_finite;
  const auto cell = rows_.representative(in);
  std::array<double, 3> flux{};
  rows_.read(cell, out, std::span(flux).first(out.size()));
  double dissipation = 0.0;
  for (std::size_t k = 0; k < out.size(); ++k) dissipation -= flux[k] * cell.gradient[k];
  if (dissipation < 0.0) return subproblem::own_gate(0);
  // The truth may lie on the bound, and an answer may miss the truth by the tolerance.
  const auto& scale = options_.conductivity_scale;
  double allowed = 0.0;
  for (std::size_t k = 0; k < out.size(); ++k) allowed += tolerance * scale[k] * cell.gradient[k] * cell.gradient[k];
  const double most = (1.0 + slack) * most_dissipation(cell) + allowed;
  return dissipation > most ? subproblem::own_gate(1) : subproblem::Gate::open;
}

}  // namespace bimetal::homogenisation
