// How fast the surrogate learns the rows of a data.h5 that a run wrote: the share of held-out rows it answers to
// within the tolerance, against seconds of training on one core. Seconds are those of the processor, so that they
// mean the same on a machine that is shared.
//
//   learning out/h2/data.h5 --seconds 60
//   learning out/h2/data.h5 --throughput       {"updates_per_second": ...}
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <ctime>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "data_file.hpp"
#include "surrogate/surrogate.hpp"

namespace {

using namespace bimetal;

constexpr double tolerance = 1e-3;
constexpr double busy = 10.0 * tolerance;      // a row that changes by more is among the difficult ones
constexpr std::int64_t rows_examined = 20000;  // of the held-out ones, evenly spread
constexpr std::int64_t updates_per_round = 20;

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// How wrong answers are, max_k |error_k| / scale_k over the columns that are not derived; sorted.
struct Errors {
  std::vector<double> all, busy;
};

double share_within(const std::vector<double>& errors) {
  const auto n = std::ranges::upper_bound(errors, tolerance) - errors.begin();
  return errors.empty() ? 1.0 : static_cast<double>(n) / static_cast<double>(errors.size());
}

/// Held-out rows, and the candidate's answers to them.
class Examiner {
 public:
  explicit Examiner(const benchmarks::DataFile& data)
      : signature_(&data.signature), in_(data.in.width()), truth_(data.out.width()) {
    const auto n = std::min(rows_examined, data.held_out_in.size());
    for (std::int64_t i = 0; i < n; ++i) {
      const auto row = i * data.held_out_in.size() / n;
      in_.append(data.held_out_in[row]);
      truth_.append(data.held_out_out[row]);
    }
  }

  Errors errors(surrogate::Surrogate& surrogate) const {
    core::RowTable answers(truth_.width(), in_.size());
    std::vector<surrogate::Signals> signals(static_cast<std::size_t>(in_.size()));
    surrogate.predict(surrogate::Surrogate::Weights::candidate, in_.rows(), answers.rows(), signals);
    Errors result;
    for (std::int64_t i = 0; i < in_.size(); ++i) {
      double worst = 0.0, change = 0.0;
      for (std::size_t k = 0; k < signature_->outputs.size(); ++k)
        if (const auto& output = signature_->outputs[k]; !output.derived) {
          worst = std::max(worst, std::abs(answers[i][k] - truth_[i][k]) / output.scale);
          change = std::max(change, std::abs(truth_[i][k] - in_[i][k]) / output.scale);
        }
      result.all.push_back(worst);
      if (change > busy) result.busy.push_back(worst);
    }
    std::ranges::sort(result.all);
    std::ranges::sort(result.busy);
    return result;
  }

 private:
  const core::Signature* signature_;
  core::RowTable in_, truth_;
};

double quantile(const std::vector<double>& sorted, double part) {
  return sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
}

/// 1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120, ... seconds; then on by a minute.
std::vector<double> moments_until(double end) {
  std::vector<double> moments;
  for (const double moment : {1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0})
    if (moment < end) moments.push_back(moment);
  for (double moment = 180.0; moment < end; moment += 60.0) moments.push_back(moment);
  moments.push_back(end);
  return moments;
}

nlohmann::ordered_json learning_curve(surrogate::Surrogate& surrogate, const Examiner& examiner, double seconds) {
  std::printf("seconds  updates  within 1e-3   of the busy   median    95 %%\n");
  auto curve = nlohmann::ordered_json::array();
  double spent = 0.0;
  std::int64_t updates = 0;
  for (const double moment : moments_until(seconds)) {
    while (spent < moment) {
      const double start = processor_seconds();
      updates = surrogate.train(updates_per_round).updates;
      spent += processor_seconds() - start;
    }
    const auto errors = examiner.errors(surrogate);
    curve.push_back({{"seconds", spent},
                     {"updates", updates},
                     {"within", share_within(errors.all)},
                     {"within_busy", share_within(errors.busy)},
                     {"median", quantile(errors.all, 0.5)},
                     {"95_percent", quantile(errors.all, 0.95)}});
    std::printf("%7.1f  %7ld  %9.2f %%  %11.2f %%  %.2e  %.2e\n", spent, static_cast<long>(updates),
                100.0 * share_within(errors.all), 100.0 * share_within(errors.busy), quantile(errors.all, 0.5),
                quantile(errors.all, 0.95));
    std::fflush(stdout);
  }
  return curve;
}

nlohmann::ordered_json throughput(surrogate::Surrogate& surrogate, double seconds) {
  surrogate.train(updates_per_round);  // fits the scaling, finds its memory
  const double start = processor_seconds();
  std::int64_t updates = 0;
  while (processor_seconds() - start < seconds) {
    surrogate.train(updates_per_round);
    updates += updates_per_round;
  }
  return {{"updates_per_second", static_cast<double>(updates) / (processor_seconds() - start)}};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("How fast the surrogate learns the rows of a data.h5");
  std::string path, json_path;
  double seconds = 60.0;
  bool only_throughput = false;
  std::int64_t n_rows = 0;
  surrogate::NetworkOptions network;
  surrogate::TrainingOptions training;
  app.add_option("data", path, "data.h5 of a run")->required();
  app.add_option("--seconds", seconds, "of training")->check(CLI::PositiveNumber);
  app.add_option("--rows", n_rows, "to train on, evenly spread; 0: all")->check(CLI::NonNegativeNumber);
  app.add_option("--layers", network.layers, "widths of the trunk");
  app.add_option("--error-layers", network.error_layers, "of the error head");
  app.add_option("--second-layers", network.second_layers, "of the second network");
  const auto* resolution = app.add_option("--resolution", network.resolution, "part of a scale that features do not resolve")
                               ->check(CLI::NonNegativeNumber);
  app.add_option("--head", network.head, "what the last layers say")
      ->transform(CLI::CheckedTransformer(std::map<std::string, surrogate::Head>(std::begin(surrogate::heads),
                                                                                 std::end(surrogate::heads))));
  const auto* knee = app.add_option("--knee", network.knee, "see surrogate.knee")->check(CLI::PositiveNumber);
  app.add_option("--seed", network.seed, "of weights and draws");
  app.add_option("--batch", training.batch, "rows per gradient step")->check(CLI::PositiveNumber);
  app.add_option("--rate", training.learning_rate, "at the start")->check(CLI::PositiveNumber);
  app.add_option("--rate-end", training.learning_rate_end, "at the end")->check(CLI::PositiveNumber);
  app.add_option("--decay", training.decay_updates, "gradient steps from one to the other")
      ->check(CLI::PositiveNumber);
  app.add_flag("--throughput", only_throughput, "print gradient steps a second as JSON, and nothing else");
  app.add_option("--json", json_path, "write the curve here as well");
  CLI11_PARSE(app, argc, argv);

  try {
    const auto data = benchmarks::read_data_file(path);
    if (knee->empty()) network.knee = data.knee;
    if (resolution->empty()) network.resolution = data.resolution;
    const auto n = n_rows > 0 ? std::min(n_rows, data.in.size()) : data.in.size();
    training.replay_capacity = n;
    surrogate::Surrogate surrogate(data.signature, network, training, {});
    for (std::int64_t i = 0; i < n; ++i) {
      const auto row = i * data.in.size() / n;
      const core::ConstRows in(data.in[row].data(), 1, data.in.width());
      const core::ConstRows out(data.out[row].data(), 1, data.out.width());
      const auto which = static_cast<std::size_t>(row);
      surrogate.remember(in, out, {&data.id[which], 1}, data.step[which]);
    }
    if (only_throughput) {
      std::cout << throughput(surrogate, seconds) << '\n';
      return 0;
    }
    std::printf("%s: %ld rows to learn from, %ld held out, %ld weights\n", path.c_str(), static_cast<long>(n),
                static_cast<long>(data.held_out_in.size()), static_cast<long>(surrogate.n_parameters()));
    const auto curve = learning_curve(surrogate, Examiner(data), seconds);
    if (!json_path.empty()) std::ofstream(json_path) << curve.dump(2) << '\n';
  } catch (const std::exception& error) {
    std::cerr << "learning: " << error.what() << '\n';
    return 2;
  }
}
