#pragma once

#include <optional>
#include <string>

#include "app/observer.hpp"
#include "conduction/heat_conduction.hpp"
#include "io/history.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::app {

/// Keeps the book of heat of a conducting body, and its extreme and mean temperatures.
class HeatObserver : public Observer {
 public:
  /// Begins a file, or goes on with that of a run whose state is about to be restored, after this step. Collective.
  HeatObserver(const conduction::HeatConduction& heat, const std::string& directory,
               const parallel::Communicator& comm, std::optional<std::int64_t> after_step);

  void observe(std::int64_t step, double time, double dt) override;
  void persist(const core::Archive& archive) override;
  nlohmann::ordered_json summary() const override;

 private:
  void measure();

  const conduction::HeatConduction* heat_;
  parallel::Communicator comm_;
  io::History history_;
  double heat_at_start_ = 0.0, heat_now_ = 0.0, heat_in_ = 0.0;  // [J]
  double hottest_ = 0.0, coldest_ = 0.0, mean_ = 0.0;            // [K]
};

}  // namespace bimetal::app
