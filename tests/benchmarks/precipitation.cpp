// The published case of inputs/precipitation.yaml with the rules by which others spare grain cells; precipitation.py
// compares them with the hybrid. Prints its counts and seconds as JSON, and writes u, K_xx and K_yy of every cell
// after every step to a table.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "core/timer.hpp"
#include "diffusion/two_scale_diffusion.hpp"
#include "parallel/session.hpp"
#include "petsc/session.hpp"
#include "rival_rules.hpp"

namespace {

using namespace bimetal;
using precipitation::GrainCell;

enum class Rule { all, similarity, polynomial };

struct Options {
  Rule rule = Rule::all;
  std::vector<std::int64_t> cells{8, 4};
  std::vector<double> semi_axes{0.4, 0.4};
  int steps = 25, pixels = 80;
  std::string fit, table;
};

std::unique_ptr<benchmarks::RivalRule> make_rule(const Options& options, const precipitation::GrainCellOptions& cell,
                                                 const parallel::Communicator& comm) {
  if (options.rule == Rule::all) return std::make_unique<benchmarks::AllSolved>(cell, comm);
  if (options.rule == Rule::similarity)
    return std::make_unique<benchmarks::Similarity>(cell, comm, benchmarks::Similarity::Constants());
  const auto said = nlohmann::json::parse(std::ifstream(options.fit));
  benchmarks::PolynomialInWindow::Fit fit{.from = said.at("from"), .to = said.at("to"), .coefficients = {}};
  for (std::size_t k = 0; k < fit.coefficients.size(); ++k) said.at("coefficients").at(k).get_to(fit.coefficients[k]);
  return std::make_unique<benchmarks::PolynomialInWindow>(cell, comm, fit);
}

/// Appends "step,id,u,K_xx,K_yy" of all ranks' cells. Collective.
void write_state(std::ofstream& table, int step, const diffusion::TwoScaleDiffusion& medium,
                 const parallel::Communicator& comm) {
  const auto& e = medium.extents();
  core::RowTable all(3, e.n_cells());
  const auto view = medium.u();
  std::int64_t cell = 0;
  grid::for_owned_cells(e, [&](auto i, auto j, auto k) {
    const auto to = all[e.global_id(i, j, k)];
    to[0] = view.rows()[cell][0];
    to[1] = medium.cells()[cell][GrainCell::K_xx];
    to[2] = medium.cells()[cell][GrainCell::K_yy];
    ++cell;
  });
  comm.sum_in_place(all.rows().flat());
  if (!comm.is_root()) return;
  for (std::int64_t id = 0; id < all.size(); ++id)
    table << fmt::format("{},{},{:.17g},{:.17g},{:.17g}\n", step, id, all[id][0], all[id][1], all[id][2]);
}

void run(const Options& options, const parallel::Communicator& comm) {
  const core::Stopwatch watch;
  const precipitation::GrainCellOptions cell{.pixels = options.pixels};
  const grid::StructuredGrid grid({.cells = options.cells,
                                   .lower = {0.0, 0.0},
                                   .upper = {1.0, 0.5},
                                   .boundary = {grid::Boundary::wall, grid::Boundary::wall}},
                                  1, comm);
  const auto rule = make_rule(options, cell, comm);
  precipitation::GrainCellSolver start(cell);
  diffusion::TwoScaleDiffusion medium(
      grid, {.sink = {.length = 0.125, .value = 0.0}, .a = options.semi_axes.at(0), .b = options.semi_axes.at(1)},
      start, *rule);
  std::ofstream table;
  if (comm.is_root()) table.open(options.table);
  std::int64_t iterations = 0;
  for (int step = 0; step < options.steps; ++step) {
    const auto report = medium.advance(0.01, step);
    comm.agree(report.completed, "a grain cell could not be solved");
    iterations += report.iterations;
    write_state(table, step + 1, medium, comm);
  }
  const auto asked = comm.sum(rule->asked()), solved = comm.sum(rule->solved());
  if (comm.is_root())
    fmt::print(
        "{}\n",
        nlohmann::json{{"wall_s", watch.seconds()}, {"iterations", iterations}, {"asked", asked}, {"solved", solved}}
            .dump());
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  const std::map<std::string, Rule> rules{
      {"all", Rule::all}, {"similarity", Rule::similarity}, {"polynomial", Rule::polynomial}};
  CLI::App app("Precipitation with the rules of others");
  app.add_option("--rule", options.rule)->transform(CLI::CheckedTransformer(rules));
  app.add_option("--cells", options.cells)->expected(2);
  app.add_option("--semi-axes", options.semi_axes)->expected(2);
  app.add_option("--steps", options.steps)->check(CLI::PositiveNumber);
  app.add_option("--pixels", options.pixels);
  app.add_option("--fit", options.fit, "polynomials as JSON: from, to, coefficients [5][n], highest power first");
  app.add_option("--table", options.table, "CSV")->required();
  CLI11_PARSE(app, argc, argv);
  const parallel::Session mpi(argc, argv);
  const petsc::Session petsc(mpi.world());
  run(options, mpi.world());
  return 0;
}
