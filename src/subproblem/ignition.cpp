#include "subproblem/ignition.hpp"

#include <algorithm>
#include <cmath>

#include "chemistry/thermodynamics.hpp"
#include "core/error.hpp"
#include "subproblem/cvode.hpp"

namespace bimetal::subproblem {
namespace {

constexpr double least_rise = 100.0;  // of temperature, to count as ignition [K]
constexpr double settled_T = 0.01;    // change per e-fold of time that counts as none [K]
constexpr double settled_Y = 1e-6;    // the same for mass fractions [1]

constexpr std::size_t most_steps = 1'000'000;

struct Sample {
  double time;
  double value;  // of what is largest at the ignition
};

/// The time of the maximum of the parabola through three samples, the middle one the highest.
double peak_time(const Sample& a, const Sample& b, const Sample& c) {
  const double left = b.time - a.time;
  const double right = c.time - b.time;
  const double slope_left = (b.value - a.value) / left;
  const double slope_right = (c.value - b.value) / right;
  const double bend = (slope_right - slope_left) / (left + right);
  if (!(bend < 0.0)) return b.time;
  return b.time - 0.5 * (slope_left + bend * left) / bend;
}

bool settled(double time, std::span<const double> rates) {
  if (std::abs(rates[0]) * time >= settled_T) return false;
  return std::all_of(rates.begin() + 1, rates.end(), [&](double rate) { return std::abs(rate) * time < settled_Y; });
}

void check(double T, double p, const IgnitionOptions& options) {
  if (!(T >= 200.0 && T <= 5000.0))
    throw core::UserError::format("ignition: temperature {} K is out of range; give one from 200 to 5000 K", T);
  if (!(p > 0.0 && std::isfinite(p)))
    throw core::UserError::format("ignition: pressure {} Pa is not positive; give one above 0", p);
  if (!(options.rtol > 0.0 && options.rtol < 1.0))
    throw core::UserError::format("ignition: rtol {} makes no sense; give one between 0 and 1", options.rtol);
  if (options.atol && !(*options.atol > 0.0 && *options.atol < 1.0))
    throw core::UserError::format("ignition: atol {} makes no sense; give one between 0 and 1", *options.atol);
  if (!(options.end > 0.0 && std::isfinite(options.end)))
    throw core::UserError::format("ignition: the end at {} s is not positive; give one above 0", options.end);
  if (options.criterion == IgnitionCriterion::pressure && options.constraint != Constraint::constant_volume)
    throw core::UserError(
        "ignition: the pressure does not rise where it is held constant; choose another criterion, or constant "
        "volume");
}

/// The tolerance that resolves what the chains start from. Radicals grow as exp(t / tau) from about (first rate) *
/// tau once tau has passed; in flames tau is 1e-6 s or more. A ten-thousandth of that changes the delay, some twenty
/// tau, by nothing that counts.
double resolving_tolerance(Ode& reactor, std::span<const double> start) {
  constexpr double largest = 1e-14;
  constexpr double smallest = 1e-40;
  constexpr double share = 1e-4 * 1e-6;  // of a first rate [s]
  std::vector<double> rates(start.size());
  if (reactor.rates(start, rates) != Evaluation::done) return largest;
  double fastest = 0.0;
  for (std::size_t k = 1; k < start.size(); ++k)
    if (start[k] == 0.0) fastest = std::max(fastest, rates[k]);
  return fastest > 0.0 ? std::clamp(share * fastest, smallest, largest) : largest;
}

/// What an ignition criterion looks at.
class Marker {
 public:
  Marker(const chemistry::Mechanism& mechanism, const IgnitionOptions& options) : criterion_(options.criterion) {
    if (criterion_ == IgnitionCriterion::OH) column_ = 1 + mechanism.require_species("OH");
    for (const auto& species : mechanism.species) inverse_weights_.push_back(1.0 / species.molecular_weight);
  }

  double value(std::span<const double> state, std::span<const double> rates) const {
    switch (criterion_) {
      case IgnitionCriterion::temperature: return rates[0];
      case IgnitionCriterion::OH: return state[column_];
      case IgnitionCriterion::pressure: break;
    }
    double moles = 0.0, growth = 0.0;  // per mass, and in time
    for (std::size_t k = 0; k < inverse_weights_.size(); ++k) {
      moles += state[1 + k] * inverse_weights_[k];
      growth += rates[1 + k] * inverse_weights_[k];
    }
    return rates[0] * moles + state[0] * growth;  // dp/dt over R rho
  }
  const char* name() const {
    switch (criterion_) {
      case IgnitionCriterion::temperature: return "the steepest rise of T";
      case IgnitionCriterion::OH: return "the largest mass fraction of OH";
      case IgnitionCriterion::pressure: break;
    }
    return "the steepest rise of the pressure";
  }

 private:
  IgnitionCriterion criterion_;
  std::size_t column_ = 0;
  std::vector<double> inverse_weights_;  // [n_species] [kmol/kg]
};

/// The delay, or why there is none.
void find_delay(const std::vector<Sample>& samples, const Marker& marker, IgnitionResult& result) {
  const auto peak = std::max_element(samples.begin(), samples.end(),
                                     [](const Sample& a, const Sample& b) { return a.value < b.value; });
  if (peak == samples.begin())
    result.no_delay = fmt::format("{} is at the start", marker.name());
  else if (peak + 1 == samples.end())
    result.no_delay = fmt::format("{} is not reached before the end at {:g} s", marker.name(), result.end_time);
  else
    result.delay = peak_time(*(peak - 1), *peak, *(peak + 1));
}

}  // namespace

IgnitionResult ignite(const chemistry::Mechanism& mechanism, double T, double p, std::span<const double> Y,
                      const IgnitionOptions& options) {
  EXPECT(Y.size() == mechanism.n_species());
  check(T, p, options);
  const Marker marker(mechanism, options);
  const chemistry::Thermodynamics thermodynamics(mechanism);
  const double density = thermodynamics.density(T, p, Y);
  const bool at_pressure = options.constraint == Constraint::constant_pressure;
  Cvode cvode(std::make_unique<ReactorEquations>(mechanism, options.constraint, at_pressure ? p : density));

  std::vector<double> y{T};
  y.insert(y.end(), Y.begin(), Y.end());
  IgnitionResult result;
  result.atol = options.atol ? *options.atol : resolving_tolerance(cvode.ode(), y);
  cvode.start(y, options.end, {.rtol = options.rtol, .atol = result.atol});

  result.largest_Y.assign(Y.begin(), Y.end());
  std::vector<Sample> samples;
  std::vector<double> rates(y.size());
  while (cvode.time() < options.end) {
    const auto trouble = cvode.step();
    VALIDATE(!trouble, "ignition: integration stopped at {} s, {} K: {}", cvode.time(), cvode.state()[0], *trouble);
    const auto state = cvode.state();
    VALIDATE(cvode.ode().rates(state, rates) == Evaluation::done,
             "ignition: the state at {} s left the range of the data with {} K", cvode.time(), state[0]);
    VALIDATE(samples.size() < most_steps, "ignition: {} steps did not get beyond {} s", most_steps, cvode.time());
    samples.push_back({cvode.time(), marker.value(state, rates)});
    for (std::size_t k = 0; k < Y.size(); ++k) result.largest_Y[k] = std::max(result.largest_Y[k], state[1 + k]);
    result.ignited = result.ignited || state[0] - T > least_rise;
    if (result.ignited && settled(cvode.time(), rates)) break;
  }
  const auto state = cvode.state();
  result.final_temperature = state[0];
  result.final_pressure = at_pressure ? p : density * thermodynamics.gas_constant_of(state.subspan(1)) * state[0];
  result.end_time = cvode.time();
  if (result.ignited)
    find_delay(samples, marker, result);
  else
    result.no_delay = fmt::format("T did not rise by {:g} K within {:g} s, it changed by {:+.4g} K", least_rise,
                                  options.end, state[0] - T);
  return result;
}

std::vector<double> reference_scales(const chemistry::Mechanism& mechanism, double p, std::span<const double> Y,
                                     double floor) {
  constexpr double T = 1300.0;  // hot enough for methane, cool enough to leave a rise of temperature [K]
  const auto ignition = ignite(mechanism, T, p, Y);
  if (!ignition.ignited)
    throw core::UserError::format(
        "the scales of errors are to follow from an ignition of the mixture at {} K and {} Pa, but {}; give the "
        "scales "
        "of T and of every mass fraction, as in switching.scales: {{T: 1500, Y_{}: 0.1}}",
        T, p, ignition.no_delay, mechanism.species.front().name);
  std::vector<double> scales{ignition.final_temperature - T};
  for (double largest : ignition.largest_Y) scales.push_back(std::max(largest, floor));
  return scales;
}

}  // namespace bimetal::subproblem
