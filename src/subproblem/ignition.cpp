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
  double rate;  // dT/dt [K/s]
};

/// The time of the maximum of the parabola through three samples, the middle one the highest.
double peak_time(const Sample& a, const Sample& b, const Sample& c) {
  const double left = b.time - a.time;
  const double right = c.time - b.time;
  const double slope_left = (b.rate - a.rate) / left;
  const double slope_right = (c.rate - b.rate) / right;
  const double bend = (slope_right - slope_left) / (left + right);
  if (!(bend < 0.0)) return b.time;
  return b.time - 0.5 * (slope_left + bend * left) / bend;
}

double steepest(const std::vector<Sample>& samples) {
  const auto peak = std::max_element(samples.begin(), samples.end(),
                                     [](const Sample& a, const Sample& b) { return a.rate < b.rate; });
  if (peak == samples.begin() || peak + 1 == samples.end()) return peak->time;
  return peak_time(*(peak - 1), *peak, *(peak + 1));
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
}

}  // namespace

IgnitionResult ignite(const chemistry::Mechanism& mechanism, double T, double p, std::span<const double> Y,
                      const IgnitionOptions& options) {
  EXPECT(Y.size() == mechanism.n_species());
  check(T, p, options);
  const chemistry::Thermodynamics thermodynamics(mechanism);
  const double density = thermodynamics.density(T, p, Y);
  const bool at_pressure = options.constraint == Constraint::constant_pressure;
  Cvode cvode(std::make_unique<ReactorEquations>(mechanism, options.constraint, at_pressure ? p : density));

  std::vector<double> y{T};
  y.insert(y.end(), Y.begin(), Y.end());
  cvode.start(y, options.longest, {.rtol = options.rtol, .atol = options.atol});

  IgnitionResult result;
  result.largest_Y.assign(Y.begin(), Y.end());
  std::vector<Sample> samples;
  std::vector<double> rates(y.size());
  bool ignited = false;
  while (cvode.time() < options.longest) {
    const auto trouble = cvode.step();
    VALIDATE(!trouble, "ignition: integration stopped at {} s, {} K: {}", cvode.time(), cvode.state()[0], *trouble);
    const auto state = cvode.state();
    VALIDATE(cvode.ode().rates(state, rates) == Evaluation::done,
             "ignition: the state at {} s left the range of the data with {} K", cvode.time(), state[0]);
    VALIDATE(samples.size() < most_steps, "ignition: {} steps did not get beyond {} s", most_steps, cvode.time());
    samples.push_back({cvode.time(), rates[0]});
    for (std::size_t k = 0; k < Y.size(); ++k) result.largest_Y[k] = std::max(result.largest_Y[k], state[1 + k]);
    ignited = ignited || state[0] - T > least_rise;
    if (ignited && settled(cvode.time(), rates)) break;
  }
  if (!ignited)
    throw core::UserError::format("the mixture at {} K and {} Pa does not ignite within {} s; raise the temperature",
                                  T, p, options.longest);
  const auto state = cvode.state();
  result.delay = steepest(samples);
  result.final_temperature = state[0];
  result.final_pressure = at_pressure ? p : density * thermodynamics.gas_constant_of(state.subspan(1)) * state[0];
  result.end_time = cvode.time();
  return result;
}

std::vector<double> reference_scales(const chemistry::Mechanism& mechanism, double p, std::span<const double> Y,
                                     double floor) {
  constexpr double T = 1300.0;  // hot enough for methane, cool enough to leave a rise of temperature [K]
  const auto ignition = ignite(mechanism, T, p, Y);
  std::vector<double> scales{ignition.final_temperature - T};
  for (double largest : ignition.largest_Y) scales.push_back(std::max(largest, floor));
  return scales;
}

}  // namespace bimetal::subproblem
