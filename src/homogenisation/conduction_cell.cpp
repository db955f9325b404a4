#include "homogenisation/conduction_cell.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.hpp"
#include "core/fingerprint.hpp"
#include "core/finite.hpp"

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

void check_scale(const char* name, double value) {
  if (!(value > 0.0 && std::isfinite(value)))
    throw core::UserError::format("conduction cell: {} is {}; give a positive number", name, value);
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
  check_scale("gradient_scale", options.gradient_scale);
  check_scale("temperature_scale", options.temperature_scale);
  for (const double scale : options.flux_scale) check_scale("flux_scale", scale);
}

/// What the answers depend on besides the row.
std::string fingerprint_of(const ConductionCellOptions& options) {
  core::Fingerprint print;
  print.add("conduction cell, one-point quadrature, Voigt pixels");
  print.add(static_cast<std::uint64_t>(options.dimensions));
  print.add(static_cast<std::uint64_t>(options.pixels));
  print.add(options.shape == Shape::ellipse ? "ellipse" : "laminate");
  print.add(options.aspect);
  for (const auto* law : {&options.matrix, &options.inclusion})
    for (double value : {law->k, law->temperature_exponent, law->p, law->g0}) print.add(value);
  return print.hex();
}

core::Signature signature_of(const ConductionCellOptions& options) {
  constexpr std::array<const char*, 3> axes{"x", "y", "z"};
  core::Signature signature;
  signature.kind = "conduction_cell";
  signature.inputs.push_back({"T", "K", options.temperature_scale, core::Nature::temperature});
  for (std::size_t k = 0; k < static_cast<std::size_t>(options.dimensions); ++k) {
    signature.inputs.push_back({std::string("g_") + axes[k], "K/m", options.gradient_scale});
    signature.outputs.push_back({std::string("q_") + axes[k], "W/m2", options.flux_scale[k]});
  }
  signature.inputs.push_back({"fraction", "1"});
  signature.inputs.push_back({"angle", "rad"});
  signature.invariants = core::Matrix(0, signature.outputs.size());
  signature.fingerprint = fingerprint_of(options);
  return signature;
}

}  // namespace

ConductionCell::ConductionCell(const ConductionCellOptions& options) : options_(options) {
  check(options);
  signature_ = signature_of(options);
}

const char* ConductionCell::flaw(std::span<const double> in) const {
  EXPECT(in.size() == signature_.inputs.size());
  if (!core::all_finite(in)) return "the row is not finite";
  if (!(temperature(in) > 0.0)) return "the temperature of the row is not positive";
  if (!(fraction(in) >= 0.0)) return "the volume fraction of the row is negative";
  if (fraction(in) > largest_fraction(options_.shape, options_.aspect))
    return "the volume fraction of the row is so large that the inclusion would reach its periodic images";
  const double limit = steepest * std::min(options_.matrix.g0, options_.inclusion.g0);
  if (!std::ranges::all_of(gradient(in), [&](double g) { return std::abs(g) <= limit; }))
    return "the gradient of the row is more than a million times g0";
  return nullptr;
}

bool ConductionCell::no_gradient(std::span<const double> in) const {
  return std::ranges::all_of(gradient(in), [](double g) { return g == 0.0; });
}

double ConductionCell::most_dissipation(std::span<const double> in) const {
  double g2 = 0.0;
  for (double g : gradient(in)) g2 += g * g;
  const double T = temperature(in), g = std::sqrt(g2), f = fraction(in);
  // One exponent for both phases, as it is the sum of their potentials that is a minimum.
  const double most = std::max({2.0, options_.matrix.p, options_.inclusion.p});
  return most * ((1.0 - f) * options_.matrix.potential(T, g) + f * options_.inclusion.potential(T, g));
}

subproblem::Gate ConductionCell::admit(std::span<const double> in, std::span<double> out, double) {
  if (!core::all_finite(out)) return subproblem::Gate::not_finite;
  const auto g = gradient(in);
  double dissipation = 0.0;
  for (std::size_t k = 0; k < g.size(); ++k) dissipation -= out[k] * g[k];
  if (dissipation < 0.0) return subproblem::own_gate(0);
  return dissipation > (1.0 + slack) * most_dissipation(in) ? subproblem::own_gate(1) : subproblem::Gate::open;
}

}  // namespace bimetal::homogenisation
