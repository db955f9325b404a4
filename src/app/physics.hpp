#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/grid_config.hpp"
#include "app/pde.hpp"
#include "config/section.hpp"
#include "core/signature.hpp"
#include "grid/structured_grid.hpp"
#include "parallel/communicator.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::app {

struct RunConfig;

/// A physics, with what its input names read: makes the reference solver of its sub-problems and the PDE that poses
/// them.
class Physics {
 public:
  virtual ~Physics() = default;
  /// UserError if the input asks for scales of what there is not. Local.
  virtual std::unique_ptr<subproblem::SubproblemSolver> make_reference() const = 0;
  /// How accurate the reference solver is, and why, for the log.
  virtual std::string accuracy() const = 0;
  /// What was chosen or mended in place of the user, a sentence each, for the log.
  virtual std::vector<std::string> remarks() const { return {}; }
  /// Numbers of a cell in the PDE's state.
  virtual int n_components() const = 0;
  /// Numbers of a row, in or out, whichever are more.
  virtual double n_columns() const = 0;
  /// Memory that the PDE and its batches take [bytes], to within a factor of two; and sub-problems a step.
  virtual double bytes_per_cell() const = 0;
  virtual double rows_per_cell() const = 0;
  /// In its initial state. `grid` has n_components(); it, `solver` and this object must outlive the PDE. Collective.
  virtual std::unique_ptr<Pde> make_pde(const grid::StructuredGrid& grid,
                                        subproblem::SubproblemSolver& solver) const = 0;
};

/// What the input says about its physics.
class PhysicsConfig {
 public:
  virtual ~PhysicsConfig() = default;
  /// Fills in what depends on the rest of the input.
  virtual void settle(config::Section& root, const RunConfig& config) = 0;
  /// What tells these sub-problems from others beyond the input's text, as advice: "give the same mechanism, ...".
  virtual std::string identity() const { return "give the same input"; }
  /// config: the whole input this is part of, which must outlive what is made. Collective.
  virtual std::unique_ptr<Physics> load(const RunConfig& config, const parallel::Communicator& comm) const = 0;
};

/// One of the physics a run can be of.
struct PhysicsEntry {
  const char* name;  // of `physics` in the input
  BoundaryNames boundaries;
  const config::Keys& (*keys)();  // of its sections
  std::shared_ptr<PhysicsConfig> (*read)(config::Section& root, const RunConfig& config);  // its sections
};
std::span<const PhysicsEntry> all_physics();
/// The one that the key `physics` names; without it a reacting flow.
const PhysicsEntry& choose_physics(config::Section& root);

}  // namespace bimetal::app
