#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/observer.hpp"
#include "core/archive.hpp"
#include "grid/extents.hpp"
#include "io/cell_field.hpp"

namespace bimetal::app {

/// What bounds a time step that is chosen by the run [1/s]; 0: nothing does.
struct StepRates {
  double courant = 0.0;    // sum over the axes of the largest |u| / dx
  double expansion = 0.0;  // of a volume, where it is fastest
};

/// The PDE of a run: what the loop, the output and the summary want of it, whatever it computes. One class for each
/// physics; its sub-problems go to the solver it was made with. Collective unless said otherwise.
class Pde {
 public:
  using Json = nlohmann::ordered_json;
  virtual ~Pde() = default;

  virtual const grid::Extents& extents() const = 0;  // Local
  virtual void persist(const core::Archive& archive) = 0;

  virtual StepRates rates() { return {}; }
  /// Advances the state by dt [s] and looks whether what came of it makes sense. RuntimeFailure, the same on every
  /// rank, if it does not or if a sub-problem could not be solved.
  virtual void advance(double dt, std::int64_t step) = 0;

  /// The state, and who answered, for a snapshot; borrowed until the next call. Local.
  virtual std::vector<io::CellField> fields() = 0;
  /// Columns of history.csv beyond those of every run, and what the last step puts into them.
  virtual std::vector<std::string> history_columns() const = 0;  // Local
  virtual std::vector<double> history() = 0;
  /// Makes observables.csv in this directory, or goes on with it behind this step.
  virtual std::unique_ptr<Observer> make_observer(const std::string& directory,
                                                  std::optional<std::int64_t> after_step) = 0;

  /// This rank's seconds in all steps so far, by the name they have in the summary; those in the sub-problem solver
  /// aside. Local.
  virtual std::vector<std::pair<std::string, double>> seconds() const = 0;
  /// Its members go into summary.json.
  virtual Json summary() = 0;
  /// Lines about the run for the terminal, by their label. Local.
  virtual std::vector<std::pair<std::string, std::string>> lines(const Json& summary) const = 0;
  /// "53 species". Local.
  virtual std::string described() const = 0;
  /// A row [n_in] like the dearest of the state now. Local.
  virtual std::vector<double> dear_row() = 0;
};

}  // namespace bimetal::app
