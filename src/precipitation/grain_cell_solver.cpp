#include "precipitation/grain_cell_solver.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/row_or_none.hpp"
#include "core/timer.hpp"

namespace bimetal::precipitation {
namespace {

void copy(std::span<const double> values, PhaseField& phi) {
  const auto n = phi.n();
  for (int j = 0; j < n; ++j) std::copy_n(values.data() + static_cast<std::ptrdiff_t>(j) * n, n, phi.row(j));
  phi.wrap();
}

void copy(const PhaseField& phi, std::span<double> values) {
  const auto n = phi.n();
  for (int j = 0; j < n; ++j) std::copy_n(phi.row(j), n, values.data() + static_cast<std::ptrdiff_t>(j) * n);
}

}  // namespace

GrainCellSolver::GrainCellSolver(const GrainCellOptions& options)
    : kind_(options),
      grain_(options.pixels, options.phase.width),
      phase_step_(options.pixels, options.phase),
      conductivity_(options.pixels, options.conductivity, options.grain_conductivity),
      phi_(options.pixels) {}

std::array<double, GrainCell::n_out> GrainCellSolver::begin(double a, double b, std::span<double> memory) {
  REQUIRE(std::ssize(memory) == kind_.signature().memory);
  grain_.draw(a, b, phi_);
  copy(phi_, memory);
  std::array<double, GrainCell::n_out> start{};
  const auto trouble = describe(start);
  VALIDATE(!trouble, "{}", trouble.value_or(""));
  return start;
}

subproblem::BatchReport GrainCellSolver::solve(subproblem::Batch& batch) {
  EXPECT(fits(batch, kind_.signature()));
  subproblem::BatchReport report;
  for (std::int64_t row = 0; row < batch.in.size(); ++row) {
    const auto in = batch.in[row];
    const core::Stopwatch watch;
    const auto memory = core::row_or_none(batch.memory, row);
    const auto memory_out = batch.memory_out.size() > 0 ? batch.memory_out[row] : std::span<double>();
    auto trouble = solve_row(in, memory, batch.out[row], memory_out);
    if (!batch.seconds.empty()) batch.seconds[static_cast<std::size_t>(row)] = watch.seconds();
    if (!batch.provenance.empty()) batch.provenance[static_cast<std::size_t>(row)] = {};
    if (!trouble) continue;
    kind_.signature().copy_base(in, batch.out[row]);
    if (!memory.empty() && !memory_out.empty()) std::ranges::copy(memory, memory_out.begin());
    report.failures.push_back({batch.id[static_cast<std::size_t>(row)], std::move(*trouble), {in.begin(), in.end()}});
  }
  return report;
}

std::optional<std::string> GrainCellSolver::solve_row(std::span<const double> in, std::span<const double> memory,
                                                      std::span<double> out, std::span<double> memory_out) {
  if (const char* flaw = kind_.flaw(in)) return flaw;
  if (auto trouble = restore({in[GrainCell::porosity], in[GrainCell::elongation], in[GrainCell::interface]}, memory))
    return trouble;
  if (auto trouble = phase_step_.advance(in[GrainCell::potential], in[GrainCell::step], phi_)) return trouble;
  if (auto trouble = describe(out)) return trouble;
  if (!memory_out.empty()) copy(phi_, memory_out);
  return std::nullopt;
}

/// out: what an answer says of phi, which the solver of the phase field leaves within [0, 1] to its tolerance only.
std::optional<std::string> GrainCellSolver::describe(std::span<double> out) {
  const auto K = conductivity_.find(phi_);
  if (!K) return "the cell problem of the conductivity did not converge";
  const auto shape = grain_.measure(phi_);
  const double p = std::clamp(shape.porosity, 0.0, 1.0), most = most_elongation(p);
  out[GrainCell::new_porosity] = p;
  out[GrainCell::new_elongation] = std::clamp(shape.elongation, -most, most);
  out[GrainCell::new_interface] = std::clamp(shape.interface, 0.0, most_interface(p));
  out[GrainCell::K_xx] = (*K)[0];
  out[GrainCell::K_yy] = (*K)[1];
  return std::nullopt;
}

/// phi: what the row and its memory say together. A grain that had dissolved leaves nothing to go on from.
std::optional<std::string> GrainCellSolver::restore(const Shape& shape, std::span<const double> memory) {
  if (!memory.empty()) {
    copy(memory, phi_);
    if (grain_.fit(shape, phi_)) return std::nullopt;
  }
  grain_.draw(shape, phi_);
  if (grain_.fit(shape, phi_)) return std::nullopt;
  return "no grain has the porosity of the row";
}

}  // namespace bimetal::precipitation
