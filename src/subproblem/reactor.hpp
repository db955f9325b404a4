#pragma once

#include <memory>
#include <span>
#include <vector>

#include "chemistry/cold_gas.hpp"
#include "chemistry/mechanism.hpp"
#include "chemistry/thermodynamics.hpp"
#include "subproblem/element_closure.hpp"
#include "subproblem/explicit_step.hpp"
#include "subproblem/reactor_equations.hpp"
#include "subproblem/solver.hpp"

namespace bimetal::subproblem {

/// How a condition of the reactors is given: once for all rows, or in a column of its own.
enum class Given { once, by_row };

struct ReactorOptions {
  double pressure = 101325.0;          // [Pa], > 0; nominal if given by row
  Given pressure_given = Given::once;  // it is constant during a step in any case
  double dt = 1e-6;                    // the step a row is advanced by [s], > 0; nominal if given by row
  Given step_given = Given::once;
  // The gates.
  double negative = 1e-3;           // a proposed Y_k below -negative·scale_k is refused, one above it clipped [1]
  double temperature_min = 450.0;   // [K]; below, answers gain nothing and their errors stay
  double temperature_max = 3500.0;  // [K]
  double temperature_jump = 500.0;  // largest change of T in one step [K]
  double entropy_loss = 1.0;        // largest decrease of the mixture's entropy, about 1e-4 of it [J/kg/K]
  double induction = 1e-2;          // change, in scales, below which what grows by chains is left to physics [1]
};

/// The sub-problem kind "reactor": one cell as an adiabatic reactor at constant pressure over one step.
/// Row, in and out: T [K], Y_1..Y_N; in also p [Pa], dt [s], those of the two that are given by row. Enthalpy and
/// every element's mass are conserved; T of an answer is derived from the enthalpy of the input and the Y of the
/// answer, whatever the proposal said.
class Reactor : public Kind {
 public:
  /// scales: [1 + n_species], what an error of 1 means for T [K] and each Y; reference_scales() makes some.
  Reactor(std::shared_ptr<const chemistry::Mechanism> mechanism, const ReactorOptions& options,
          std::vector<double> scales);

  const core::Signature& signature() const override { return signature_; }

  // The parts of an input row: T and Y; the pressure [Pa] and the step [s] it is under.
  std::span<const double> state(std::span<const double> in) const { return in.first(signature_.outputs.size()); }
  double pressure(std::span<const double> in) const {
    return options_.pressure_given == Given::once ? options_.pressure : in[signature_.outputs.size()];
  }
  double step(std::span<const double> in) const {
    return options_.step_given == Given::once ? options_.dt : in.back();
  }

  // The kind's own gates, in the order in which they are tried.
  static constexpr Gate negative = own_gate(0);  // Y_k < -negative·scale_k, or elements that ask for a negative Y
  static constexpr Gate temperature_range = own_gate(1);
  static constexpr Gate temperature_jump = own_gate(2);
  static constexpr Gate entropy = own_gate(3);    // it decreases
  static constexpr Gate induction = own_gate(4);  // before an ignition
  static constexpr Gate slight = own_gate(5);     // change below the tolerance
  std::vector<std::string> gates() const override;

  /// Induction: before an ignition radicals multiply in every step. While they are few, an error far below any
  /// tolerance is many times what is there, and decides when the gas ignites. So above 800 K, where nothing changes
  /// by `induction` scales, a proposal is refused if what gains most, in scales, gains more than a fifth of itself.
  /// Slight: an answer that changes its row by less than a tolerance may be all error. Below 800 K, where rows are
  /// nearly at rest, nothing takes such errors back, and a flow spreads them.
  Gate admit(std::span<const double> in, std::span<double> out, double tolerance) override;

  /// By the gates up to the jump of temperature. Which way entropy goes, and how near an ignition is, does not
  /// matter.
  bool admit_moved(std::span<const double> in, std::span<double> moved) override {
    return make_physical(in, moved) == Gate::open;
  }

  /// By one evaluation of the rates: no column changes by more than a thousandth of tolerance·scale in dt; and above
  /// 800 K no mass fraction grows by more than a thousandth of itself, as it does before an ignition. Cold gas
  /// without radicals is recognised before that.
  bool inert(std::span<const double> in, double tolerance) override;

  /// By a bound on the rates of cold gas without radicals.
  bool surely_inert(std::span<const double> in, double tolerance) override;

  bool answerable(std::span<const double> in) override { return in[0] >= options_.temperature_min; }

  /// Below 800 K: half of such rows in a flame are inert or explicit, of the hotter ones hardly any.
  bool likely_at_rest(std::span<const double> in) override;

  /// The evaluation of the rates that shows whether a row is inert is also half of an explicit step. The other half
  /// is tried where these rates change no column by more than a fifth of tolerance·scale, since stiff rows are nearly
  /// all further from rest than that; it stands if its error estimate is below a tenth of the tolerance, and if what
  /// gains most does not gain ever faster, as radicals do before an ignition.
  Shortcut shortcut(std::span<const double> in, double tolerance, std::span<double> out) override;

  /// The conserving part of admit(): clips negative Y, restores the element masses of `in` to round-off, derives T.
  /// Says whether the element masses could be restored. Local.
  bool conserve(std::span<const double> in, std::span<double> out);

  const ReactorOptions& options() const { return options_; }
  std::shared_ptr<const chemistry::Mechanism> mechanism() const { return mechanism_; }
  const chemistry::Thermodynamics& thermodynamics() const { return thermodynamics_; }

 private:
  double change_by_rates(std::span<const double> in, double tolerance);
  bool at_rest(std::span<const double> in, double change) const;
  Gate make_physical(std::span<const double> in, std::span<double> out);
  bool in_induction(std::span<const double> in, std::span<const double> out) const;
  bool changes_less(std::span<const double> in, std::span<const double> out, double tolerance) const;

  std::shared_ptr<const chemistry::Mechanism> mechanism_;
  ReactorOptions options_;
  core::Signature signature_;
  chemistry::Thermodynamics thermodynamics_;
  ReactorEquations equations_;
  ExplicitStep explicit_step_;
  chemistry::ColdGas cold_gas_;
  ElementClosure closure_;
  std::vector<double> scale_;    // [n_out]
  double smallest_scale_ = 0.0;  // of the mass fractions
  std::vector<double> unit_;     // [n_out] tolerance·scale, work space
  std::vector<double> rates_;    // [n_out] of T and Y, work space
  std::vector<double> C_;        // [n_species] work space
};

}  // namespace bimetal::subproblem
