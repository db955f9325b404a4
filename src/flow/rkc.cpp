#include "flow/rkc.hpp"

#include <array>
#include <cmath>
#include <utility>

#include "core/error.hpp"
#include "petsc/error.hpp"

namespace bimetal::flow {
namespace {

constexpr double damping = 1.0;
constexpr int most_stages = 1000;

petsc::Handle<Vec> duplicate(Vec prototype) {
  petsc::Handle<Vec> vector;
  petsc::check(VecDuplicate(prototype, vector.put()), "VecDuplicate");
  return vector;
}

/// Chebyshev polynomial T_j with its first two derivatives at one point, for growing j by the three-term recurrence.
class Chebyshev {
 public:
  explicit Chebyshev(double x) : x_(x), now_{x, 1.0, 0.0} {}

  void advance() {
    const Values next{2.0 * x_ * now_[0] - before_[0], 2.0 * (now_[0] + x_ * now_[1]) - before_[1],
                      2.0 * (2.0 * now_[1] + x_ * now_[2]) - before_[2]};
    before_ = std::exchange(now_, next);
  }
  double value() const { return now_[0]; }
  double first() const { return now_[1]; }
  double second() const { return now_[2]; }

 private:
  using Values = std::array<double, 3>;
  double x_;
  Values before_{1.0, 0.0, 0.0};  // T_0
  Values now_;                    // T_1
};

double expansion_point(int n_stages) { return 1.0 + damping / (static_cast<double>(n_stages) * n_stages); }

Chebyshev at_stage(int n_stages) {
  Chebyshev T(expansion_point(n_stages));
  for (int j = 1; j < n_stages; ++j) T.advance();
  return T;
}

}  // namespace

RungeKuttaChebyshev::RungeKuttaChebyshev(Vec prototype)
    : first_rate_(duplicate(prototype)),
      rate_(duplicate(prototype)),
      last_(duplicate(prototype)),
      before_last_(duplicate(prototype)) {}

double RungeKuttaChebyshev::stability_limit(int n_stages) {
  const Chebyshev T = at_stage(n_stages);
  return (expansion_point(n_stages) + 1.0) * T.second() / T.first();
}

int RungeKuttaChebyshev::stages_for(double dt_times_radius) {
  VALIDATE(
      !(dt_times_radius > stability_limit(most_stages)),
      "diffusion over a time step takes more than {} stages (its spectral radius times the step is {:.3g}); choose "
      "a smaller time.step",
      most_stages, dt_times_radius);
  EXPECT(std::isfinite(dt_times_radius));
  int n_stages = 2;
  while (stability_limit(n_stages) < dt_times_radius) ++n_stages;
  return n_stages;
}

int RungeKuttaChebyshev::step(Vec y, double dt, const std::function<int()>& choose_stages, const Rates& rates) {
  rates(y, first_rate_.get());
  const int n_stages = choose_stages();
  EXPECT(n_stages >= 2);
  const double w0 = expansion_point(n_stages);
  const Chebyshev end = at_stage(n_stages);
  const double w1 = end.first() / end.second();

  // Stages 0 and 1; the paper takes b_0 = b_1 = b_2.
  double b_before = 1.0 / (4.0 * w0 * w0), b_last = b_before;
  Chebyshev T(w0);
  petsc::check(VecCopy(y, before_last_.get()), "VecCopy");
  petsc::check(VecWAXPY(last_.get(), b_last * w1 * dt, first_rate_.get(), y), "VecWAXPY");

  for (int j = 2; j <= n_stages; ++j) {
    const double a_last = 1.0 - b_last * T.value();
    T.advance();
    const double b = T.second() / (T.first() * T.first());
    const double mu = 2.0 * b * w0 / b_last, nu = -b / b_before, mu_rate = 2.0 * b * w1 / b_last * dt;

    rates(last_.get(), rate_.get());
    const std::array<PetscScalar, 4> weights{1.0 - mu - nu, mu, mu_rate, -a_last * mu_rate};
    const std::array<Vec, 4> terms{y, last_.get(), rate_.get(), first_rate_.get()};
    petsc::check(VecScale(before_last_.get(), nu), "VecScale");
    petsc::check(VecMAXPY(before_last_.get(), 4, weights.data(), const_cast<Vec*>(terms.data())), "VecMAXPY");
    std::swap(last_, before_last_);
    b_before = std::exchange(b_last, b);
  }
  petsc::check(VecCopy(last_.get(), y), "VecCopy");
  return n_stages;
}

}  // namespace bimetal::flow
