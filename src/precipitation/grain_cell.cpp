#include "precipitation/grain_cell.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/fingerprint.hpp"
#include "core/finite.hpp"
#include "core/positive.hpp"

namespace bimetal::precipitation {
namespace {

void check(const GrainCellOptions& options) {
  if (options.pixels < 16 || options.pixels > 256)
    throw core::UserError::format("grain cell: {} pixels; give 16 to 256", options.pixels);
  core::require_positive("grain cell", "the width of the interface", options.phase.width);
  core::require_positive("grain cell", "the diffusivity of the interface", options.phase.diffusivity);
  core::require_positive("grain cell", "the rate of dissolution", options.phase.rate);
  core::require_positive("grain cell", "the equilibrium", options.phase.equilibrium);
  core::require_positive("grain cell", "the conductivity around the grain", options.conductivity);
  if (!(options.grain_conductivity >= 0.0 && std::isfinite(options.grain_conductivity)))
    throw core::UserError::format("grain cell: the conductivity of the grain is {}; give 0 or more",
                                  options.grain_conductivity);
  core::require_positive("grain cell", "dt", options.dt);
  core::require_positive("grain cell", "potential_scale", options.potential_scale);
  core::require_positive("grain cell", "porosity_scale", options.porosity_scale);
  core::require_positive("grain cell", "elongation_scale", options.elongation_scale);
  core::require_positive("grain cell", "interface_scale", options.interface_scale);
  for (const double scale : options.conductivity_scale)
    core::require_positive("grain cell", "conductivity_scale", scale);
}

/// What the answers depend on besides the row.
std::string fingerprint_of(const GrainCellOptions& options) {
  core::Fingerprint print;
  print.add("grain cell, implicit Euler, rotated scheme");
  print.add(static_cast<std::uint64_t>(options.pixels));
  for (const double value : {options.phase.width, options.phase.diffusivity, options.phase.rate,
                             options.phase.equilibrium, options.conductivity, options.grain_conductivity})
    print.add(value);
  return print.hex();
}

core::Signature signature_of(const GrainCellOptions& options) {
  core::Signature signature;
  signature.kind = "grain_cell";
  signature.inputs = {{"porosity", "1", options.porosity_scale},
                      {"elongation", "1", options.elongation_scale},
                      {"interface", "1", options.interface_scale},
                      {"u", "1", options.potential_scale},
                      {"dt", "1", options.dt, core::Nature::positive, core::Condition::time_step}};
  signature.outputs = core::continued(std::span(signature.inputs).first(3));
  signature.outputs.push_back({"K_xx", "1", options.conductivity_scale[0]});
  signature.outputs.push_back({"K_yy", "1", options.conductivity_scale[1]});
  signature.invariants = core::Matrix(0, GrainCell::n_out);
  signature.strata = core::Strata{.input = GrainCell::porosity, .from = 0.0, .to = 1.0};
  signature.dt = options.dt;
  signature.memory = static_cast<std::int64_t>(options.pixels) * options.pixels;
  signature.fingerprint = fingerprint_of(options);
  return signature;
}

/// values: porosity, elongation, interface.
bool is_shape(std::span<const double> values) {
  const double p = values[0];
  return p >= 0.0 && p <= 1.0 && std::abs(values[1]) <= most_elongation(p) && values[2] >= 0.0 &&
         values[2] <= most_interface(p);
}

}  // namespace

GrainCell::GrainCell(const GrainCellOptions& options) : options_(options) {
  check(options);
  signature_ = signature_of(options);
}

const char* GrainCell::flaw(std::span<const double> in) const {
  EXPECT(in.size() == n_in);
  if (!core::all_finite(in)) return "the row is not finite";
  if (!is_shape(in)) return "no grain has the porosity, elongation and interface of the row";
  if (!(in[step] > 0.0)) return "the time step of the row is not positive";
  return nullptr;
}

/// The truth may lie on a bound, and an answer may miss the truth by the tolerance: within it, it is put on the
/// bound.
subproblem::Gate GrainCell::admit(std::span<const double>, std::span<double> out, double tolerance) {
  if (!core::all_finite(out)) return subproblem::Gate::not_finite;
  double& p = out[new_porosity];
  if (p > 1.0 + tolerance * options_.porosity_scale || p < 0.0) return subproblem::own_gate(0);
  p = std::min(p, 1.0);
  const auto put_within = [&](double& value, double least, double most, double scale) {
    const bool near = value >= least - tolerance * scale && value <= most + tolerance * scale;
    value = std::clamp(value, least, most);
    return near;
  };
  const double most = most_elongation(p);
  if (!put_within(out[new_elongation], -most, most, options_.elongation_scale) ||
      !put_within(out[new_interface], 0.0, most_interface(p), options_.interface_scale))
    return subproblem::own_gate(0);
  const double mean = p * options_.conductivity + (1.0 - p) * options_.grain_conductivity;
  for (std::size_t k = 0; k < 2; ++k)
    if (!put_within(out[K_xx + k], 0.0, mean, options_.conductivity_scale[k])) return subproblem::own_gate(1);
  return subproblem::Gate::open;
}

bool GrainCell::admit_moved(std::span<const double>, std::span<double> moved) {
  return core::all_finite(moved) && is_shape(moved);
}

}  // namespace bimetal::precipitation
