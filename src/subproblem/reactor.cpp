#include "subproblem/reactor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.hpp"
#include "core/fingerprint.hpp"
#include "core/finite.hpp"

namespace bimetal::subproblem {
namespace {

// Above it chains may branch faster than they break, so that a change far below any tolerance may be the first of
// many that grow (hydrogen's second explosion limit at 1 atm lies near 900 K).
constexpr double explosive = 800.0;     // [K]
constexpr double rest = 1e-3;           // change in one step, below which a hot row is inert [tolerances]
constexpr double cold_rest = 1e-2;      // the same of a row that is not explosive
constexpr double little = 0.2;          // change in one step, below which an explicit step is tried [tolerances]
constexpr double explicit_error = 0.1;  // of an explicit step by its own estimate, below which it stands [tolerances]
constexpr double growth = 1e-3;         // of a mass fraction in one step, above which it is not at rest [1]
constexpr double branching = 0.2;       // of a mass fraction or a rate in one step, above which chains branch [1]
constexpr double coldest = 250.0, hottest = 3500.0;  // between which states are told apart for learning [K]
constexpr double cold = 500.0;  // where a bound on the rates can still tell gas without radicals from others [K]

core::Matrix invariants_of(const core::Matrix& elements) {
  core::Matrix rows(elements.rows, 1 + elements.cols);
  for (std::size_t e = 0; e < elements.rows; ++e)
    for (std::size_t k = 0; k < elements.cols; ++k) rows(e, 1 + k) = elements(e, k);
  return rows;
}

/// What the answers depend on besides row and step. The gates do not change an answer.
std::string fingerprint_of(const chemistry::Mechanism& mechanism, const ReactorOptions& options) {
  core::Fingerprint print;
  print.add("reactor, constant pressure");
  print.add(mechanism.fingerprint());
  if (options.pressure_given == Given::once)
    print.add(options.pressure);
  else
    print.add("pressure by row");
  if (options.step_given == Given::by_row) print.add("step by row");
  return print.hex();
}

core::Signature signature_of(const chemistry::Mechanism& mechanism, const ReactorOptions& options,
                             std::span<const double> scales, const core::Matrix& elements) {
  core::Signature signature;
  signature.kind = "reactor";
  signature.inputs.push_back({"T", "K", scales[0], core::Nature::temperature});
  for (std::size_t k = 0; k < mechanism.n_species(); ++k)
    signature.inputs.push_back({"Y_" + mechanism.species[k].name, "1", scales[1 + k], core::Nature::mass_fraction});
  signature.outputs = core::continued(signature.inputs);
  signature.outputs[0].derived = true;
  if (options.pressure_given == Given::by_row)
    signature.inputs.push_back({"p", "Pa", options.pressure, core::Nature::positive, core::Condition::pressure});
  if (options.step_given == Given::by_row)
    signature.inputs.push_back({"dt", "s", options.dt, core::Nature::positive, core::Condition::time_step});
  signature.invariants = invariants_of(elements);
  signature.strata = core::Strata{.input = 0, .from = coldest, .to = hottest};
  signature.dt = options.dt;
  signature.fingerprint = fingerprint_of(mechanism, options);
  return signature;
}

void check(const ReactorOptions& options, std::span<const double> scales, std::size_t n_species) {
  if (!(options.pressure > 0.0 && std::isfinite(options.pressure)))
    throw core::UserError::format("reactor: pressure {} Pa is not positive; give one above 0", options.pressure);
  if (!(options.dt > 0.0 && std::isfinite(options.dt)))
    throw core::UserError::format("reactor: time step {} s is not positive; give one above 0", options.dt);
  if (scales.size() != 1 + n_species)
    throw core::UserError::format("reactor: {} scales for T and {} species; give one each", scales.size(), n_species);
  for (double scale : scales)
    if (!(scale > 0.0 && std::isfinite(scale)))
      throw core::UserError::format("reactor: scale {} is not positive; give scales above 0", scale);
}

}  // namespace

Reactor::Reactor(std::shared_ptr<const chemistry::Mechanism> mechanism, const ReactorOptions& options,
                 std::vector<double> scales)
    : mechanism_(std::move(mechanism)),
      options_(options),
      thermodynamics_(*mechanism_),
      equations_(*mechanism_, Constraint::constant_pressure, options.pressure),
      explicit_step_(1 + mechanism_->n_species()),
      cold_gas_(*mechanism_, cold),
      closure_(*mechanism_),
      scale_(std::move(scales)),
      unit_(1 + mechanism_->n_species()),
      rates_(1 + mechanism_->n_species()),
      C_(mechanism_->n_species()) {
  check(options_, scale_, mechanism_->n_species());
  smallest_scale_ = *std::min_element(scale_.begin() + 1, scale_.end());
  signature_ = signature_of(*mechanism_, options_, scale_, closure_.elements());
}

bool Reactor::conserve(std::span<const double> in, std::span<double> out) {
  EXPECT(in.size() == signature_.inputs.size() && out.size() == signature_.outputs.size());
  const auto Y_in = state(in).subspan(1);
  const bool restored = closure_.restore(Y_in, out.subspan(1));
  const double h = thermodynamics_.enthalpy(in[0], Y_in);
  out[0] = thermodynamics_.temperature_from_enthalpy(h, out.subspan(1), out[0]);
  return restored;
}

std::vector<std::string> Reactor::gates() const {
  return {"negative mass fraction", "temperature out of range", "temperature jump",
          "entropy decreases",      "before an ignition",       "change below the tolerance"};
}

/// The gates that ask only whether `out` is a state that `in` can turn into.
Gate Reactor::make_physical(std::span<const double> in, std::span<double> out) {
  EXPECT(in.size() == signature_.inputs.size() && out.size() == signature_.outputs.size());
  out[0] = in[0];  // derived: only a first guess
  if (!core::all_finite(in) || !core::all_finite(out)) return Gate::not_finite;
  for (std::size_t k = 1; k < out.size(); ++k)
    if (out[k] < -options_.negative * signature_.outputs[k].scale) return negative;
  if (!conserve(in, out)) return negative;
  if (!(out[0] >= options_.temperature_min && out[0] <= options_.temperature_max)) return temperature_range;
  return std::abs(out[0] - in[0]) > options_.temperature_jump ? temperature_jump : Gate::open;
}

Gate Reactor::admit(std::span<const double> in, std::span<double> out, double tolerance) {
  const auto gate = make_physical(in, out);
  if (gate != Gate::open) return gate;
  const double p = pressure(in);
  const double gained =
      thermodynamics_.entropy(out[0], p, out.subspan(1)) - thermodynamics_.entropy(in[0], p, state(in).subspan(1));
  if (!(gained >= -options_.entropy_loss)) return entropy;
  if (in_induction(in, out)) return induction;
  return likely_at_rest(in) && changes_less(in, out, tolerance) ? slight : Gate::open;
}

/// Whether no column changes by `tolerance` of its scale.
bool Reactor::changes_less(std::span<const double> in, std::span<const double> out, double tolerance) const {
  for (std::size_t k = 0; k < out.size(); ++k)
    if (!(std::abs(out[k] - in[k]) < tolerance * scale_[k])) return false;
  return true;
}

/// Hot gas in which little changes, but what gains most, measured in scales, gains much of what is there.
bool Reactor::in_induction(std::span<const double> in, std::span<const double> out) const {
  if (!(in[0] > explosive)) return false;
  double most = 0.0;
  std::size_t winner = 1;
  for (std::size_t k = 1; k < out.size(); ++k) {
    const double gain = (out[k] - in[k]) / signature_.outputs[k].scale;
    if (std::abs(gain) >= options_.induction) return false;
    if (gain > most) {
      most = gain;
      winner = k;
    }
  }
  return out[winner] - in[winner] > branching * in[winner];
}

bool Reactor::inert(std::span<const double> in, double tolerance) {
  EXPECT(in.size() == signature_.inputs.size());
  return surely_inert(in, tolerance) || at_rest(in, change_by_rates(in, tolerance));
}

bool Reactor::likely_at_rest(std::span<const double> in) { return !(in[0] > explosive); }

Shortcut Reactor::shortcut(std::span<const double> in, double tolerance, std::span<double> out) {
  EXPECT(in.size() == signature_.inputs.size() && out.size() == signature_.outputs.size());
  const double change = change_by_rates(in, tolerance);
  if (at_rest(in, change)) return Shortcut::inert;
  if (!(change < little)) return Shortcut::none;
  for (std::size_t k = 0; k < unit_.size(); ++k) unit_[k] = tolerance * scale_[k];
  const auto done = explicit_step_.take(equations_, state(in), rates_, step(in), unit_, out);
  if (!(done.error < explicit_error && done.speeding < branching)) return Shortcut::none;
  return conserve(in, out) ? Shortcut::explicit_step : Shortcut::none;
}

/// Evaluates the rates of the row; what they would change in its step, in tolerances. Infinite if they have no value.
double Reactor::change_by_rates(std::span<const double> in, double tolerance) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  if (!(pressure(in) > 0.0 && step(in) > 0.0)) return infinite;
  equations_.hold(pressure(in));
  if (equations_.rates(state(in), rates_) != Evaluation::done) return infinite;
  double largest = 0.0;
  for (std::size_t k = 0; k < rates_.size(); ++k) {
    const double change = std::abs(rates_[k]) / scale_[k];
    if (std::isnan(change)) return infinite;
    largest = std::max(largest, change);
  }
  return largest * step(in) / tolerance;
}

/// change: by the rates just evaluated [tolerances].
bool Reactor::at_rest(std::span<const double> in, double change) const {
  if (!(in[0] > explosive)) return change < cold_rest;
  if (!(change < rest)) return false;
  for (std::size_t k = 1; k < rates_.size(); ++k)
    if (rates_[k] * step(in) > growth * std::max(in[k], 1e-20)) return false;
  return true;
}

bool Reactor::surely_inert(std::span<const double> in, double tolerance) {
  const double T = in[0];
  const double limit = cold_rest * tolerance;  // in units of the scales
  if (!(T >= chemistry::ColdGas::T_min && T <= cold_gas_.T_max())) return false;
  if (!(pressure(in) > 0.0 && step(in) > 0.0)) return false;
  const auto Y = state(in).subspan(1);
  const double density = thermodynamics_.density(T, pressure(in), Y);
  const auto weights = thermodynamics_.molecular_weights();
  for (std::size_t k = 0; k < Y.size(); ++k) C_[k] = density * std::abs(Y[k]) / weights[k];
  const double progress = cold_gas_.rate_bound(C_) * step(in) / density;  // [kmol/kg]
  const double least_cp = 2.0 * thermodynamics_.gas_constant_of(Y);       // every ideal gas has at least 5/2 R
  return progress * cold_gas_.largest_mass() < limit * smallest_scale_ &&
         progress * cold_gas_.largest_heat() < limit * signature_.outputs[0].scale * least_cp;
}

}  // namespace bimetal::subproblem
