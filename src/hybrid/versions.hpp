#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "control/score_histogram.hpp"
#include "control/signal_calibration.hpp"
#include "control/switch_controller.hpp"
#include "core/archive.hpp"
#include "core/log.hpp"
#include "core/rows.hpp"
#include "hybrid/answer_check.hpp"
#include "hybrid/calibration_buffer.hpp"
#include "hybrid/hybrid_options.hpp"
#include "parallel/communicator.hpp"
#include "surrogate/surrogate.hpp"

namespace bimetal::hybrid {

/// Which weights of the surrogate serve, and what their signals of doubt mean: calibration, promotion, roll-back.
class Versions {
 public:
  /// Borrows surrogate, controller and check.
  Versions(surrogate::Surrogate& surrogate, const core::Signature& signature, control::SwitchController& controller,
           AnswerCheck& check, const HybridOptions& options, parallel::Communicator comm, core::Log log);

  /// The candidate serves from the start. Collective.
  void serve_candidate();
  bool serves() const { return number() >= 0; }
  std::int32_t number() const { return surrogate_->version(); }

  /// Answers of the version that serves. in: [n, n_in], out: [n, n_out], signals: [n]. Local.
  void predict(core::ConstRows in, core::Rows out, std::span<surrogate::Signals> signals);
  /// What an answer's signals of doubt amount to: the worse of them, calibrated [tolerances]. Local.
  double score(const surrogate::Signals& signals) const { return score(signals, calibration_); }

  /// An audited row, to judge versions by. Local.
  void keep(std::span<const double> in, std::span<const double> truth) { rows_.add(in, truth); }
  /// Physics has become other than it was: rows and calibration from before say nothing about the answers after it.
  void forget();
  /// After a step: the version that serves learns from what physics has answered. Collective.
  void correct(std::int64_t step, core::ConstRows in, core::ConstRows truth);
  /// After a step: the version that serves gets a calibration as soon as there are rows for it if it has none, or one
  /// that gave no threshold: the first steps of a flow may be like none that follow. While there is learning, looks
  /// at candidates see to that. Collective.
  void calibrate_serving(std::int64_t step, bool learns);
  /// Promotes the candidate's snapshot of the last look if that is worthwhile, and takes the next one. What it
  /// promises is what it did since then: all rows it is judged by came after all that it had learned from, which
  /// matters where states change as a run goes on (progressive validation: A. Blum, A. Kalai, J. Langford, Proc. COLT
  /// 1999, 203). Collective.
  void consider_promotion(std::int64_t step);
  /// To the version before, if there is one: audits did not bear out what this one had promised. Collective.
  void roll_back(std::int64_t step);
  /// What is known of the version that serves is from now on what the kept rows say. Collective.
  void judge_serving();

  std::int64_t promotions() const { return promotions_; }
  std::int64_t rollbacks() const { return rollbacks_; }
  void persist(const core::Archive& archive);

 private:
  /// What turns a version's signals of doubt into a score.
  struct Calibration {
    control::SignalCalibration predicted_error;
    control::SignalCalibration disagreement;
    bool fitted = false;

    void persist(const core::Archive& archive);
  };
  /// How a set of weights did on one of this rank's rows.
  struct Examined {
    surrogate::Signals signals;
    double error = 0.0;    // [tolerances]
    bool stopped = false;  // by a gate
  };
  using Examination = std::vector<Examined>;
  /// What a set of weights promises, by the same rows as another.
  struct Promise {
    Calibration calibration;
    control::ScoreHistogram histogram;
    double acceptance = 0.0;
  };

  double score(const surrogate::Signals& signals, const Calibration& calibration) const;
  Examination examine(surrogate::Surrogate::Weights which, std::int64_t first = 0);
  Calibration calibrate(const Examination& examination) const;
  control::ScoreHistogram judge(const Examination& examination, const Calibration& calibration) const;
  Promise promise(surrogate::Surrogate::Weights which, std::int64_t first);
  void correct_snapshot(std::int64_t from, std::int64_t to);
  bool worthwhile(double promised, double now) const;
  void promote_snapshot(const Promise& promised);
  bool enough_rows() const;
  bool conclusive(std::int64_t n_audits) const;
  bool can_judge(std::int64_t first);

  surrogate::Surrogate* surrogate_;
  control::SwitchController* controller_;
  AnswerCheck* check_;
  control::SwitchOptions options_;
  parallel::Communicator comm_;
  core::Log log_;
  CalibrationBuffer rows_;
  Calibration calibration_;  // of the version that serves
  Calibration previous_;     // of the one before
  std::int64_t promotions_ = 0;
  std::int64_t rollbacks_ = 0;
  std::int64_t refusals_ = 0;  // of candidates since the last promotion
};

}  // namespace bimetal::hybrid
