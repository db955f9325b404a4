#pragma once

#include "chemistry/mechanism.hpp"
#include "flow/expansion.hpp"
#include "flow/negative_filler.hpp"
#include "flow/projected_velocity.hpp"
#include "flow/reacting_flow.hpp"
#include "flow/rkc.hpp"
#include "flow/scalar_transport.hpp"

namespace bimetal::flow {

struct LowMachOptions {
  double pressure = 101325.0;  // thermodynamic, at the start [Pa], > 0
  TransportModel transport = TransportModel::mixture_averaged;
  VelocityCondition velocity;           // at the start, up to a potential flow
  ByEnd<InflowProfile> inflow_profile;  // of every end that is an inflow
  InflowGas inflow_gas;
};

/// Reacting flow at low Mach number: the gas expands where it burns and so drives the flow, sound is left out, and
/// the thermodynamic pressure is uniform. Where gas can leave it is constant; in a closed box it rises as it must for
/// all the gas to fit.
///
/// One step: scalars for dt/2 with the velocity of the old time; chemistry for dt; the divergence that the gas asks
/// for (expansion.hpp) and the velocity that has it (projected_velocity.hpp); scalars for dt/2 with the velocity of
/// the new time. Second order in time and space, one Poisson problem a step. The masses of the species, and of the
/// elements, are conserved to round-off; the enthalpy, and that p = rho R T / W, to second order. The first three
/// steps are rehearsed twice, to learn how the gas will expand: chemistry is asked for the steps -3 to -1 as well.
///
/// Majda & Sethian, Combust. Sci. Technol. 42 (1985) 185 (the equations); Knio, Najm & Wyckoff, J. Comput. Phys. 154
/// (1999) 428 and Day & Bell, Combust. Theory Model. 4 (2000) 535 (the family of methods).
class LowMachFlow : public ReactingFlow {
 public:
  /// `grid` and `chemistry` must outlive this object. UserError: the transport model needs data that a species lacks.
  /// Collective.
  LowMachFlow(const grid::StructuredGrid& grid, const chemistry::Mechanism& mechanism, LowMachOptions options,
              subproblem::SubproblemSolver& chemistry);

  void initialise(const InitialCondition& condition) override;

  void persist(const core::Archive& archive) override;

  /// RuntimeFailure on every rank if dt is beyond what advection is stable with. Collective.
  StepReport advance(double dt, std::int64_t step) override;

  double pressure() const override { return pressure_; }
  std::vector<double> density() const override { return density_; }
  core::RowTable velocity() const override { return at_centres(velocity_.faces(), extents()); }
  std::vector<double> flow_pressure() const override;
  double courant_rate() const override { return velocity_.courant_rate(); }
  double expansion_rate() const override;

  /// Largest |rho R T / (p W) - 1| over the cells: how far the gas is from ideal. Collective.
  double largest_lack() const;

 private:
  void rehearse(double dt);
  StepReport take_step(double dt, std::int64_t step);
  void transport(double dt, Coefficients coefficients, StepReport& report);
  void close_box();
  std::vector<double> lack() const;
  std::vector<double> viscosity();

  LowMachOptions options_;
  bool closed_;               // gas can leave through no end
  double inflow_rate_ = 0.0;  // volume per time through the inflows over the volume of the box [1/s]
  ScalarTransport scalars_;
  ProjectedVelocity velocity_;
  Expansion expansion_;
  NegativeFiller filler_;
  RungeKuttaChebyshev stepper_;
  std::vector<double> density_;       // [n_owned] [kg/m^3]
  std::vector<double> gas_constant_;  // [n_species] of the species [J/kg/K]
  double pressure_;
  double pressure_growth_ = 0.0;  // dp/dt over p in a closed box [1/s]
  bool rehearsed_ = false;
};

}  // namespace bimetal::flow
