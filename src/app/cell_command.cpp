#include <fmt/ranges.h>

#include <algorithm>
#include <span>

#include "app/commands.hpp"
#include "app/guarded.hpp"
#include "app/run_config.hpp"
#include "app/two_scale.hpp"
#include "homogenisation/cell_problem.hpp"
#include "io/summary.hpp"

namespace bimetal::app {
namespace {

using homogenisation::Field;

/// What the pixels of a solved cell are like, a line each: position of the centre in parts of the cell, part of the
/// inclusion, components of the gradient in the plane [K/m].
std::string pixels_as_csv(const Field<double>& part, Field<double>& correction,
                          const homogenisation::CellState& state) {
  const int n = part.n();
  std::string text = "x,y,inclusion,gradient_x_K_m,gradient_y_K_m\n";
  correction.wrap();
  for (int j = 0; j < n; ++j) {
    const double *low = correction.row(j), *up = correction.row((j + 1) % n);
    for (int i = 0; i < n; ++i) {
      const double along_x = 0.5 * (low[i + 1] - low[i] + up[i + 1] - up[i]);
      const double along_y = 0.5 * (up[i] - low[i] + up[i + 1] - low[i + 1]);
      text += fmt::format("{:.6g},{:.6g},{:.6g},{:.6g},{:.6g}\n", (i + 0.5) / n, (j + 0.5) / n, part.row(j)[i],
                          state.gradient[0] + along_x, state.gradient[1] + along_y);
    }
  }
  return text;
}

}  // namespace

int execute(const CellCommand& command, const parallel::Communicator& world) {
  const auto config = read_run_config(command.input, command.settings, world);
  const auto* input = dynamic_cast<const TwoScaleConfig*>(config.physics.get());
  if (!input)
    throw core::UserError::format("{} is no input of two-scale conduction, so it has no cells", command.input);
  const TwoScaleConduction physics(config, *input);
  const auto& options = physics.cell_options();
  if (std::ssize(command.gradient) != options.dimensions)
    throw core::UserError::format("--gradient has {} components, but the grid of {} has {} axes",
                                  command.gradient.size(), command.input, options.dimensions);
  if (options.shape == homogenisation::Shape::laminate && command.angle != 0.0)
    throw core::UserError::format("--angle is {}, but the layers of a laminate have none; leave it out",
                                  command.angle);
  homogenisation::CellState state{.T = command.temperature, .fraction = command.fraction, .angle = command.angle};
  std::ranges::copy(command.gradient, state.gradient.begin());
  const auto kind = physics.make_cell_solver();
  std::vector<double> row(kind->kind().rows().n_in());
  kind->kind().rows().pose(state, row);
  if (const char* flaw = kind->kind().flaw(row)) throw core::UserError::format("cell: {}", flaw);

  Field<double> part(options.pixels);
  homogenisation::MixedPixels mixed;
  homogenisation::Inclusion(options.pixels, options.shape, options.aspect)
      .draw(state.fraction, state.angle, part, mixed);
  homogenisation::CellProblem problem(options.pixels, options.matrix, options.inclusion,
                                      {.rtol = input->solver.rtol});
  const auto trouble =
      problem.solve({.T = state.T, .gradient = state.gradient, .part = &part, .mixed = &mixed, .source = nullptr});
  VALIDATE(!trouble, "the cell has no solution: {}", *trouble);
  const auto q = problem.flux();
  if (command.pixels) {
    auto correction = Field<double>(options.pixels);
    correction.copy(problem.correction());
    io::write_text(*command.pixels, pixels_as_csv(part, correction, state), world);
  }
  if (!world.is_root()) return exit_done;
  const auto n = static_cast<std::size_t>(options.dimensions);
  fmt::print("cell of {0} x {0} pixels at {1:g} K, gradient {2:g} K/m, fraction {3:g}, angle {4:g}\n", options.pixels,
             state.T, fmt::join(command.gradient, ", "), state.fraction, state.angle);
  fmt::print("  flux               {:.6g} W/m^2\n", fmt::join(std::span(q).first(n), ", "));
  fmt::print("  Newton steps       {}, with {} iterations of conjugate gradients\n", problem.counts().newton,
             problem.counts().cg);
  return exit_done;
}

}  // namespace bimetal::app
