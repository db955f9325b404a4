#include "app/memory_need.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "parallel/memory.hpp"

namespace bimetal::app {
namespace {

constexpr double number = 8.0, single = 4.0;  // bytes of one

double count_cells(const grid::GridOptions& grid) {
  double n = 1.0;
  for (const auto cells : grid.cells) n *= static_cast<double>(cells);
  return n;
}

/// Weights of a perceptron, and the width of all its layers together.
struct Size {
  double weights = 0.0, width = 0.0;
};
Size size_of(double from, const std::vector<std::int64_t>& layers, double to) {
  Size size;
  for (const auto layer : layers) {
    const auto width = static_cast<double>(layer);
    size.weights += (from + 1.0) * width;
    size.width += width;
    from = width;
  }
  size.weights += (from + 1.0) * to;
  return size;
}

double bytes_of_surrogate(const RunConfig& config, double n_columns, double rows_to_come) {
  if (!config.hybrid.switching.acceptance_rule().asks_surrogate) return 0.0;
  const auto network = library::network_for(config, static_cast<std::size_t>(n_columns));
  const auto last = static_cast<double>(network.layers.back());
  const double n_said = network.head == surrogate::Head::relaxation ? 2.0 * n_columns : n_columns;
  const Size parts[] = {size_of(n_columns, network.layers, n_said), size_of(last, network.error_layers, 1.0),
                        size_of(n_columns, network.second_layers, n_said)};
  double weights = 0.0, width = 0.0;
  for (const auto& part : parts) {
    weights += part.weights;
    width += part.width;
  }
  // Four networks with their gradients, and two moments of the optimiser; inputs and outputs of every layer, and the
  // gradients of both; rows in and out.
  const auto batch = static_cast<double>(config.training.batch);
  const double remembered = std::min(static_cast<double>(config.training.replay_capacity), rows_to_come);
  return 10.0 * single * weights + 4.0 * single * batch * width + 2.0 * number * n_columns * remembered;
}

}  // namespace

MemoryNeed memory_need(const RunConfig& config, const Physics& physics, int n_ranks) {
  const double cells = count_cells(config.grid);
  const double steps = std::ceil(config.time.end / config.time.step.value_or(config.time.largest_step));
  return {cells * physics.bytes_per_cell(),
          bytes_of_surrogate(config, physics.n_columns(), cells * physics.rows_per_cell() * steps / n_ranks)};
}

void require_memory(const RunConfig& config, const Physics& physics, const parallel::Communicator& comm) {
  const auto need = memory_need(config, physics, comm.size());
  const double there = parallel::fair_memory(comm);
  constexpr double giga = 1e9;
  comm.agree(
      need.fields / comm.size() + need.surrogate <= there,
      fmt::format("the run needs about {:.3g} GB for its fields, and {:.3g} GB for the surrogate on every "
                  "rank, but a rank has {:.3g} GB of memory only; choose fewer cells (grid.cells), smaller layers or "
                  "batches (surrogate, training), or more nodes",
                  need.fields / giga, need.surrogate / giga, there / giga));
}

}  // namespace bimetal::app
