#include "homogenisation/conduction_cell_solver.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/timer.hpp"
#include "homogenisation/cell_problem.hpp"

namespace bimetal::homogenisation {
namespace {

void check(const ConductionCellSolverOptions& options) {
  if (!(options.rtol >= 1e-10 && options.rtol <= 0.1))
    throw core::UserError::format("conduction cell: rtol {} makes no sense; give one between 1e-10 and 0.1",
                                  options.rtol);
}

}  // namespace

struct ConductionCellSolver::Impl {
  Impl(ConductionCell kind, const ConductionCellSolverOptions& options)
      : cell(std::move(kind)),
        inclusion(cell.options().pixels, cell.options().shape, cell.options().aspect),
        part(cell.options().pixels),
        problem(cell.options().pixels, cell.options().matrix, cell.options().inclusion, {.rtol = options.rtol}) {}

  std::optional<std::string> solve_row(std::span<const double> in, std::span<double> out);
  std::optional<std::string> find_flux(const CellState& state);

  ConductionCell cell;
  Inclusion inclusion;
  Field<double> part;
  MixedPixels mixed;
  CellProblem problem;
  ConductionCellCounts counts;
};

/// On failure `out` is 0.
std::optional<std::string> ConductionCellSolver::Impl::solve_row(std::span<const double> in, std::span<double> out) {
  std::ranges::fill(out, 0.0);
  const char* flaw = cell.flaw(in);
  const auto state = cell.rows().representative(in);
  auto trouble = flaw ? std::optional<std::string>(flaw) : find_flux(state);
  if (!trouble) {
    const auto flux = problem.flux();
    cell.rows().answer(state, std::span(flux).first(out.size()), out);
  }
  ++counts.rows;
  counts.failures += trouble.has_value();
  return trouble;
}

std::optional<std::string> ConductionCellSolver::Impl::find_flux(const CellState& state) {
  inclusion.draw(state.fraction, state.angle, part, mixed);
  const CellQuestion question{
      .T = state.T, .gradient = state.gradient, .part = &part, .mixed = &mixed, .source = nullptr};
  const auto before = problem.counts();
  auto trouble = problem.solve(question);
  counts.newton += problem.counts().newton - before.newton;
  counts.cg += problem.counts().cg - before.cg;
  return trouble;
}

ConductionCellSolver::ConductionCellSolver(ConductionCell kind, const ConductionCellSolverOptions& options) {
  check(options);
  impl_ = std::make_unique<Impl>(std::move(kind), options);
}
ConductionCellSolver::~ConductionCellSolver() = default;
ConductionCellSolver::ConductionCellSolver(ConductionCellSolver&&) noexcept = default;
ConductionCellSolver& ConductionCellSolver::operator=(ConductionCellSolver&&) noexcept = default;

ConductionCell& ConductionCellSolver::kind() { return impl_->cell; }
const ConductionCellCounts& ConductionCellSolver::counts() const { return impl_->counts; }

subproblem::BatchReport ConductionCellSolver::solve(subproblem::Batch& batch) {
  EXPECT(fits(batch, kind().signature()));
  subproblem::BatchReport report;
  for (std::int64_t row = 0; row < batch.in.size(); ++row) {
    const auto in = batch.in[row];
    const core::Stopwatch watch;
    auto trouble = impl_->solve_row(in, batch.out[row]);
    if (!batch.seconds.empty()) batch.seconds[static_cast<std::size_t>(row)] = watch.seconds();
    if (trouble)
      report.failures.push_back(
          {batch.id[static_cast<std::size_t>(row)], std::move(*trouble), {in.begin(), in.end()}});
    if (!batch.provenance.empty()) batch.provenance[static_cast<std::size_t>(row)] = subproblem::Provenance{};
  }
  return report;
}

void ConductionCellSolver::tangent(const CellState& cell, std::span<double> dq_dg, std::span<double> dq_dT) {
  const auto d = static_cast<std::size_t>(kind().options().dimensions);
  REQUIRE(dq_dg.size() == d * d && dq_dT.size() == d);
  std::vector<double> row(kind().rows().n_in());
  kind().rows().pose(cell, row);
  const char* flaw = kind().flaw(row);
  const auto trouble = flaw ? std::optional<std::string>(flaw) : impl_->find_flux(cell);
  VALIDATE(!trouble, "the cell problem has no tangent: {}", trouble.value_or(""));
  const auto before = impl_->problem.counts().cg;
  const auto found = impl_->problem.tangent();
  impl_->counts.cg += impl_->problem.counts().cg - before;
  ++impl_->counts.tangents;
  for (std::size_t i = 0; i < d; ++i) {
    std::copy_n(found.dq_dg[i].begin(), d, dq_dg.begin() + static_cast<std::ptrdiff_t>(i * d));
    dq_dT[i] = found.dq_dT[i];
  }
}

}  // namespace bimetal::homogenisation
