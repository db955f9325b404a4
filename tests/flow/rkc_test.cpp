#include "flow/rkc.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "../support/petsc_environment.hpp"
#include "core/error.hpp"
#include "fields.hpp"
#include "petsc/error.hpp"

namespace bimetal::flow {
namespace {

using Complex = std::complex<double>;

petsc::Handle<Vec> serial_vector(std::size_t size) {
  petsc::Handle<Vec> vector;
  petsc::check(VecCreateSeq(PETSC_COMM_SELF, static_cast<PetscInt>(size), vector.put()), "VecCreateSeq");
  return vector;
}

/// One step of size 1 of y' = z y from y = 1 for many z at once: the stability polynomial of the code itself.
std::vector<Complex> amplification(int n_stages, const std::vector<Complex>& z) {
  const auto y = serial_vector(2 * z.size());
  {
    const petsc::VecRows rows(y.get(), 2);
    for (std::size_t i = 0; i < z.size(); ++i) rows.rows()[static_cast<std::int64_t>(i)][0] = 1.0;
  }
  RungeKuttaChebyshev(y.get()).step(
      y.get(), 1.0, [=] { return n_stages; },
      [&](Vec state, Vec rate) {
        const petsc::ConstVecRows in(state, 2);
        const petsc::VecRows out(rate, 2);
        for (std::int64_t i = 0; i < in.rows().size(); ++i) {
          const Complex f = z[static_cast<std::size_t>(i)] * Complex(in.rows()[i][0], in.rows()[i][1]);
          out.rows()[i][0] = f.real();
          out.rows()[i][1] = f.imag();
        }
      });
  std::vector<Complex> result;
  const petsc::ConstVecRows rows(y.get(), 2);
  for (std::int64_t i = 0; i < rows.rows().size(); ++i) result.emplace_back(rows.rows()[i][0], rows.rows()[i][1]);
  return result;
}

double largest(const std::vector<Complex>& values) {
  double result = 0.0;
  for (const auto& value : values) result = std::max(result, std::abs(value));
  return result;
}

/// Riccati's y' = -y^2, y = 1/(1+t), and an oscillator: error at t = 1.
double error_at_one(int n_steps, int n_stages) {
  const auto y = serial_vector(3);
  {
    const petsc::VecRows rows(y.get(), 3);
    rows.rows()[0][0] = 1.0;
    rows.rows()[0][1] = 1.0;
  }
  RungeKuttaChebyshev method(y.get());
  for (int step = 0; step < n_steps; ++step)
    method.step(
        y.get(), 1.0 / n_steps, [=] { return n_stages; },
        [](Vec state, Vec rate) {
          const petsc::ConstVecRows in(state, 3);
          const petsc::VecRows out(rate, 3);
          out.rows()[0][0] = -in.rows()[0][0] * in.rows()[0][0];
          out.rows()[0][1] = in.rows()[0][2];
          out.rows()[0][2] = -in.rows()[0][1];
        });
  const petsc::ConstVecRows rows(y.get(), 3);
  return std::hypot(rows.rows()[0][0] - 0.5, rows.rows()[0][1] - std::cos(1.0), rows.rows()[0][2] + std::sin(1.0));
}

TEST(RungeKuttaChebyshev, has_second_order_with_any_number_of_stages) {
  for (const int n_stages : {2, 3, 5, 12, 30}) {
    const double coarse = error_at_one(20, n_stages), fine = error_at_one(40, n_stages);
    EXPECT_NEAR(bimetal::testing::observed_order(coarse, fine), 2.0, 0.1) << n_stages << " stages";
  }
}

TEST(RungeKuttaChebyshev, is_stable_on_the_real_axis_up_to_its_limit_and_not_beyond) {
  for (const int n_stages : {2, 3, 4, 7, 16, 50}) {
    const double limit = RungeKuttaChebyshev::stability_limit(n_stages);
    std::vector<Complex> inside;
    for (int i = 0; i <= 500; ++i) inside.emplace_back(-limit * i / 500.0);
    EXPECT_LE(largest(amplification(n_stages, inside)), 1.0 + 1e-12) << n_stages << " stages";
    EXPECT_GT(largest(amplification(n_stages, {Complex(-1.5 * limit)})), 1.0) << n_stages << " stages";
    EXPECT_GT(limit, 0.5 * (n_stages * n_stages - 1));
  }
}

TEST(RungeKuttaChebyshev, takes_the_fewest_stages_that_are_stable) {
  EXPECT_EQ(RungeKuttaChebyshev::stages_for(0.0), 2);
  for (const double radius : {1.0, 3.0, 10.0, 123.0, 4567.0}) {
    const int n_stages = RungeKuttaChebyshev::stages_for(radius);
    EXPECT_GE(RungeKuttaChebyshev::stability_limit(n_stages), radius);
    EXPECT_TRUE(n_stages == 2 || RungeKuttaChebyshev::stability_limit(n_stages - 1) < radius);
  }
}

TEST(RungeKuttaChebyshev, refuses_steps_that_would_take_forever) {
  EXPECT_LE(RungeKuttaChebyshev::stages_for(3e5), 1000);
  EXPECT_THROW(RungeKuttaChebyshev::stages_for(1e6), core::RuntimeFailure);
  EXPECT_THROW(RungeKuttaChebyshev::stages_for(1e94), core::RuntimeFailure);
}

TEST(RungeKuttaChebyshev, chooses_its_stages_after_it_has_seen_the_rates_at_the_start_and_evaluates_them_so_often) {
  const auto y = serial_vector(1);
  petsc::check(VecSet(y.get(), 3.0), "VecSet");
  std::vector<double> seen;
  const auto rates = [&](Vec state, Vec rate) {
    const petsc::ConstVecRows in(state, 1);
    seen.push_back(in.rows()[0][0]);
    petsc::check(VecSet(rate, -1.0), "VecSet");
  };
  const auto choose = [&] {
    EXPECT_EQ(seen, std::vector{3.0});
    return 7;
  };
  EXPECT_EQ(RungeKuttaChebyshev(y.get()).step(y.get(), 0.5, choose, rates), 7);
  EXPECT_EQ(seen.size(), 7u);
  const petsc::ConstVecRows rows(y.get(), 1);
  EXPECT_NEAR(rows.rows()[0][0], 2.5, 1e-14);
}

/// Eigenvalues, times dt, of advection at Courant number c plus central diffusion of 4 d in spectral radius. Fromm's
/// scheme is what the limited reconstruction is where the solution is smooth, first-order upwind where it is not.
enum class Upwind { first_order, fromm };
std::vector<Complex> spectrum(Upwind scheme, double c, double d) {
  std::vector<Complex> result;
  for (int i = 0; i <= 180; ++i) {
    const double theta = std::numbers::pi * i / 180.0;
    const Complex shift = std::polar(1.0, -theta);
    const Complex value = scheme == Upwind::fromm ? 1.0 + 0.25 * (1.0 / shift - shift) : 1.0;
    result.push_back(-c * (1.0 - shift) * value - 2.0 * d * (1.0 - std::cos(theta)));
  }
  return result;
}

double worst_amplification(double c) {
  double worst = 0.0;
  for (const auto scheme : {Upwind::first_order, Upwind::fromm})
    for (double d = 1e-3; d < 200.0; d *= 1.15) {
      const int n_stages = RungeKuttaChebyshev::stages_for(4.0 * d + 2.0 * c);
      worst = std::max(worst, largest(amplification(n_stages, spectrum(scheme, c, d))));
    }
  return worst;
}

TEST(RungeKuttaChebyshev, is_stable_for_every_mixture_of_diffusion_and_upwind_advection_up_to_the_courant_limit) {
  constexpr double limit = RungeKuttaChebyshev::courant_limit;
  for (const double c : {0.0, 0.1, 0.2, 0.3, 0.4, limit}) EXPECT_LE(worst_amplification(c), 1.0 + 1e-12) << c;
  EXPECT_GT(worst_amplification(2.0 * limit), 1.01) << "the limit would be idle";
}

}  // namespace
}  // namespace bimetal::flow
