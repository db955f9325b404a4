#pragma once

#include <optional>
#include <string>

#include "app/observer.hpp"
#include "diffusion/two_scale_diffusion.hpp"
#include "io/history.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::app {

/// Keeps the book of what diffuses, and the means of u, porosity and conductivities.
class PorosityObserver : public Observer {
 public:
  /// Begins a file, or goes on with that of a run whose state is about to be restored, after this step. Collective.
  PorosityObserver(const diffusion::TwoScaleDiffusion& medium, const std::string& directory,
                   const parallel::Communicator& comm, std::optional<std::int64_t> after_step);

  void observe(std::int64_t step, double time, double dt) override;
  void persist(const core::Archive& archive) override;
  nlohmann::ordered_json summary() const override;

 private:
  void measure();

  struct Seen {
    double u_mean = 0.0, porosity_mean = 0.0, porosity_max = 0.0, K_xx_mean = 0.0, K_yy_mean = 0.0;
    double gained = 0.0, inflow = 0.0;  // integral of c du, and what came in, since the start
  };
  const diffusion::TwoScaleDiffusion* medium_;
  parallel::Communicator comm_;
  io::History history_;
  Seen seen_;
};

}  // namespace bimetal::app
