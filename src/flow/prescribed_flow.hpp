#pragma once

#include <memory>

#include "chemistry/mechanism.hpp"
#include "flow/reacting_flow.hpp"
#include "flow/rkc.hpp"
#include "flow/scalar_transport.hpp"
#include "flow/velocity.hpp"

namespace bimetal::flow {

/// A reacting flow whose velocity is given: a model problem. The gas expands where it burns, but moves nothing, so
/// that mass is not conserved (scalar_transport.hpp).
class PrescribedFlow : public ReactingFlow {
 public:
  /// `grid` and `chemistry` must outlive this object. pressure [Pa]. UserError: `transport` needs data that a species
  /// lacks. Collective.
  PrescribedFlow(const grid::StructuredGrid& grid, const chemistry::Mechanism& mechanism, double pressure,
                 std::unique_ptr<VelocityModel> velocity, subproblem::SubproblemSolver& chemistry,
                 TransportModel transport = TransportModel::constant_lewis, InflowGas inflow = {});

  StepReport advance(double dt, std::int64_t step) override;
  double pressure() const override { return scalars_.properties().pressure(); }
  std::vector<double> density() const override;
  core::RowTable velocity() const override;
  double courant_rate() const override { return velocity_->courant_rate(); }

 private:
  void transport(double dt, StepReport& report);

  std::unique_ptr<VelocityModel> velocity_;
  ScalarTransport scalars_;
  RungeKuttaChebyshev stepper_;
};

}  // namespace bimetal::flow
