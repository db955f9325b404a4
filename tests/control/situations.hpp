#pragma once

#include <cmath>
#include <ostream>
#include <utility>
#include <vector>

#include "switching_harness.hpp"

namespace bimetal::control::harness {

inline Plan steady() {
  Plan plan;
  plan.first.wrong = [](double s, double, double) { return informative(s, 1.0); };
  return plan;
}
/// The errors quadruple over the run, and the score does not know.
inline Plan slow_ramp() {
  Plan plan;
  plan.first.wrong = [](double s, double t, double) { return informative(s, std::pow(4.0, t)); };
  return plan;
}
/// Half-way the errors grow sixfold from one step to the next.
inline Plan abrupt_drift() {
  Plan plan;
  plan.first.wrong = [](double s, double t, double) { return informative(s, t < 0.5 ? 1.0 : 6.0); };
  return plan;
}
/// Any score is as good or bad as any other, and the surrogate is wrong twice as often as is allowed.
inline Plan uninformative_score(double alpha) {
  Plan plan;
  plan.first.wrong = [alpha](double, double, double) { return 2.0 * alpha; };
  return plan;
}
/// Half-way a version is promoted that does well on its calibration rows and badly in the run.
inline Plan bad_promotion() {
  Plan plan = steady();
  plan.second.wrong = [](double s, double, double) { return informative(s, 10.0); };
  return plan;
}
/// What a flame does to a network: every version is as good as its calibration says at first and then worsens, by a
/// factor of three in ten steps, because the answers move the gas away from what was learned; every eighth step
/// brings a fresh one.
inline Plan ageing_versions(double alpha) {
  Plan plan;
  plan.calibration = static_cast<std::int64_t>(100.0 / alpha);  // all that a version of eight steps has to show
  plan.first.wrong = [](double s, double, double age) { return informative(s, std::pow(3.0, age / 10.0)); };
  plan.promote_every = 8;
  return plan;
}

struct Situation {
  const char* name;
  double alpha;
  Plan plan;
};
inline std::ostream& operator<<(std::ostream& stream, const Situation& situation) {
  return stream << situation.name << "_alpha_" << 100.0 * situation.alpha << "_percent";
}

/// All six at both alphas.
inline std::vector<Situation> situations() {
  std::vector<Situation> all;
  for (const double alpha : {0.05, 0.01})
    for (auto& [name, plan] :
         std::vector<std::pair<const char*, Plan>>{{"steady", steady()},
                                                   {"slow_ramp", slow_ramp()},
                                                   {"abrupt_drift", abrupt_drift()},
                                                   {"uninformative_score", uninformative_score(alpha)},
                                                   {"bad_promotion", bad_promotion()},
                                                   {"ageing_versions", ageing_versions(alpha)}})
      all.push_back({name, alpha, plan});
  return all;
}

}  // namespace bimetal::control::harness
