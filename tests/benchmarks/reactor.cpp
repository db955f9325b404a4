// Work and precision of the reactor's integrators on rows of a burning flame: microseconds per row against the scaled
// error of the answer. Times are CPU times of one core, medians over repeats in which all integrators take turns, so
// that a machine with other work to do slows all of them alike; the explicit methods, which may take a thousand times
// longer, run once.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <ctime>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "cases.hpp"
#include "chemistry/kinetics.hpp"
#include "explicit_integrator.hpp"
#include "flame_states.hpp"
#include "parallel/session.hpp"
#include "petsc/session.hpp"
#include "subproblem/cvode.hpp"
#include "subproblem/reactor_equations.hpp"
#include "subproblem/reactor_solver.hpp"
#include "subproblem/rosenbrock.hpp"

namespace {

using namespace bimetal;
using core::RowTable;

constexpr double pressure = 101325.0;     // of the flames [Pa]
constexpr double tolerance_ratio = 1e-4;  // absolute over relative tolerance, for all integrators
constexpr double target_error = 1e-3;

double cpu_seconds() {
  std::timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1) + 0.5)];
}

/// One way to solve a row in place; false if it gives up.
struct Contender {
  std::string name;
  double rtol;
  std::function<bool(std::span<double> row)> solve;
  bool runs_once = false;         // too slow to be repeated
  std::vector<double> seconds{};  // per row, by repeat
  std::vector<double> errors{};   // scaled, by row
  std::int64_t unsolved = 0;
};

class Contest {
 public:
  Contest(std::shared_ptr<const chemistry::Mechanism> mechanism, const benchmarks::FlameStates& states)
      : mechanism_(std::move(mechanism)), states_(states), truth_(states.rows) {
    subproblem::Cvode exact(equations());
    for (std::int64_t row = 0; row < truth_.size(); ++row) {
      exact.start(truth_[row], states.dt, {.rtol = 1e-12, .atol = 1e-18, .max_steps = 100000});
      VALIDATE(!exact.finish(), "row {} cannot be solved to twelve digits", row);
      std::copy(exact.state().begin(), exact.state().end(), truth_[row].begin());
    }
    for (double rtol : {1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8}) add_cvode(rtol);
    for (const auto* method : {&subproblem::rodas3, &subproblem::rodas4})
      for (double rtol : {1e-1, 1e-2, 1e-3, 1e-4, 1e-5}) add_rosenbrock(*method, rtol);
    for (const auto& [order, rtol] : {std::pair{3, 1e-3}, std::pair{5, 1e-6}}) add_explicit(order, rtol);
    for (double rtol : {1e-3, 1e-6}) add_run(rtol);
  }

  void run(int repeats) {
    RowTable work(states_.rows.width());
    for (int repeat = 0; repeat < repeats; ++repeat)
      for (auto& contender : contenders_) {
        if (repeat > 0 && contender.runs_once) continue;
        work = states_.rows;
        std::int64_t unsolved = 0;
        const double start = cpu_seconds();
        for (std::int64_t row = 0; row < work.size(); ++row)
          if (!contender.solve(work[row])) ++unsolved;
        contender.seconds.push_back((cpu_seconds() - start) / static_cast<double>(work.size()));
        contender.unsolved = unsolved;
        if (repeat == 0) contender.errors = errors_of(work);
      }
  }

  const std::vector<Contender>& contenders() const { return contenders_; }

 private:
  std::unique_ptr<subproblem::Ode> equations() const {
    return std::make_unique<subproblem::ReactorEquations>(*mechanism_, subproblem::Constraint::constant_pressure,
                                                          pressure);
  }

  void add_cvode(double rtol) {
    auto cvode = std::make_shared<subproblem::Cvode>(equations());
    contenders_.push_back({"CVODE", rtol, [=, dt = states_.dt](std::span<double> row) {
                             cvode->start(row, dt, {.rtol = rtol, .atol = tolerance_ratio * rtol});
                             const bool done = !cvode->finish();
                             std::copy(cvode->state().begin(), cvode->state().end(), row.begin());
                             return done;
                           }});
  }

  void add_rosenbrock(const subproblem::RosenbrockMethod& method, double rtol) {
    auto rosenbrock = std::make_shared<subproblem::Rosenbrock>(equations(), method);
    contenders_.push_back({method.name, rtol, [=, dt = states_.dt](std::span<double> row) {
                             return !rosenbrock->integrate(row, dt, {.rtol = rtol, .atol = tolerance_ratio * rtol});
                           }});
  }

  void add_explicit(int order, double rtol) {
    constexpr long max_steps = 300;
    auto runge_kutta = std::make_shared<benchmarks::ExplicitIntegrator>(equations(), order);
    contenders_.push_back(
        {fmt::format("explicit, order {}", order), rtol, [=, dt = states_.dt](std::span<double> row) {
           return runge_kutta->integrate(row, dt, rtol, tolerance_ratio * rtol, max_steps);
         }});
  }

  /// What a run does: the integrator of its own choice, then conservation to round-off.
  void add_run(double rtol) {
    const subproblem::Reactor reactor(mechanism_, {.pressure = pressure, .dt = states_.dt}, states_.scales);
    auto solver = std::make_shared<subproblem::ReactorSolver>(
        reactor, subproblem::ReactorSolverOptions{.rtol = rtol, .atol = tolerance_ratio * rtol});
    contenders_.push_back({"a run, integrator auto", rtol, [solver](std::span<double> row) {
                             const std::int64_t id = 0;
                             const auto width = static_cast<std::int64_t>(row.size());
                             const std::vector<double> in(row.begin(), row.end());
                             subproblem::Batch batch{.in = core::ConstRows(in.data(), 1, width),
                                                     .out = core::Rows(row.data(), 1, width),
                                                     .id = {&id, 1}};
                             return solver->solve(batch).failures.empty();
                           }});
  }

  std::vector<double> errors_of(const RowTable& answers) const {
    std::vector<double> errors;
    for (std::int64_t row = 0; row < answers.size(); ++row) {
      double largest = 0.0;
      for (std::size_t k = 0; k < states_.scales.size(); ++k)
        largest = std::max(largest, std::abs(answers[row][k] - truth_[row][k]) / states_.scales[k]);
      errors.push_back(largest);
    }
    return errors;
  }

  std::shared_ptr<const chemistry::Mechanism> mechanism_;
  const benchmarks::FlameStates& states_;
  RowTable truth_;
  std::vector<Contender> contenders_;
};

/// Median time of one evaluation of the net production rates [s].
double seconds_of_rates(const chemistry::Mechanism& mechanism, const RowTable& rows, int repeats) {
  chemistry::Kinetics kinetics(mechanism);
  std::vector<double> omega(mechanism.n_species());
  std::vector<double> seconds;
  for (int repeat = 0; repeat < 10 * repeats; ++repeat) {
    const double start = cpu_seconds();
    for (std::int64_t row = 0; row < rows.size(); ++row)
      kinetics.net_production_rates(rows[row][0], pressure, rows[row].subspan(1), omega);
    seconds.push_back((cpu_seconds() - start) / static_cast<double>(rows.size()));
  }
  return quantile(seconds, 0.5);
}

nlohmann::ordered_json describe(const Contender& contender) {
  return {{"integrator", contender.name},
          {"rtol", contender.rtol},
          {"us_per_row", 1e6 * quantile(contender.seconds, 0.5)},
          {"error_median", quantile(contender.errors, 0.5)},
          {"error_95", quantile(contender.errors, 0.95)},
          {"error_max", quantile(contender.errors, 1.0)},
          {"unsolved_rows", contender.unsolved}};
}

void print(const nlohmann::ordered_json& row) {
  fmt::print("  {:24} {:7.0e} {:10.2f} {:10.1e} {:10.1e} {:10.1e}", row["integrator"].get<std::string>(),
             row["rtol"].get<double>(), row["us_per_row"].get<double>(), row["error_median"].get<double>(),
             row["error_95"].get<double>(), row["error_max"].get<double>());
  if (const auto unsolved = row["unsolved_rows"].get<std::int64_t>(); unsolved > 0)
    fmt::print("  {} rows given up", unsolved);
  fmt::print("\n");
}

/// The cheapest Rosenbrock setting that keeps 95 % of the rows within the target error, against CVODE at 1e-6.
void print_comparison(const nlohmann::ordered_json& table) {
  double cvode = 0.0;
  const nlohmann::ordered_json* best = nullptr;
  for (const auto& row : table) {
    if (row["integrator"] == "CVODE" && row["rtol"] == 1e-6) cvode = row["us_per_row"];
    if (row["integrator"].get<std::string>().starts_with("RODAS") && row["error_95"] <= target_error)
      if (!best || row["us_per_row"] < (*best)["us_per_row"]) best = &row;
  }
  if (!best) return;
  fmt::print("  95 % within {:g}: {} at rtol {:g} takes 1/{:.1f} of CVODE at rtol 1e-6\n", target_error,
             (*best)["integrator"].get<std::string>(), (*best)["rtol"].get<double>(),
             cvode / (*best)["us_per_row"].get<double>());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Work and precision of the reactor's integrators on rows of a flame");
  std::vector<double> dts{1e-7, 1e-6, 1e-5};
  std::vector<std::string> names;
  std::int64_t rows = 1000;
  int repeats = 5;
  std::string json_path;
  app.add_option("--case", names, "hydrogen, methane-21, GRI-3.0 (its file named by BIMETAL_GRI30); all by default");
  app.add_option("--dt", dts, "steps [s]")->check(CLI::PositiveNumber);
  app.add_option("--rows", rows, "rows of the flame for each step")->check(CLI::PositiveNumber);
  app.add_option("--repeats", repeats, "of which medians are taken")->check(CLI::PositiveNumber);
  app.add_option("--json", json_path, "write the tables here as well");
  CLI11_PARSE(app, argc, argv);

  const parallel::Session session(argc, argv);
  const petsc::Session petsc(session.world());
  nlohmann::ordered_json results;
  for (const auto& flame : benchmarks::flame_cases()) {
    if (!names.empty() && std::find(names.begin(), names.end(), flame.name) == names.end()) continue;
    const auto mechanism = flame.load();
    const auto all = benchmarks::flame_states(mechanism, flame.flame, dts, rows, session.world());
    const double rates = seconds_of_rates(*mechanism, all.front().rows, repeats);
    fmt::print("{}: {} species, {} reactions; net production rates {:.3f} us\n", flame.name, mechanism->n_species(),
               mechanism->n_reactions(), 1e6 * rates);
    auto& result = results[flame.name];
    result["rates_us"] = 1e6 * rates;
    for (const auto& states : all) {
      Contest contest(mechanism, states);
      contest.run(repeats);
      fmt::print("\n  dt {:g} s, {} rows           us/row   error: median       95 %        max\n", states.dt,
                 states.rows.size());
      auto& table = result["dt"][fmt::format("{:g}", states.dt)];
      for (const auto& contender : contest.contenders()) print(table.emplace_back(describe(contender)));
      print_comparison(table);
    }
    fmt::print("\n");
  }
  if (!json_path.empty()) std::ofstream(json_path) << results.dump(2) << '\n';
}
