#include "surrogate/model.hpp"

#include <algorithm>
#include <limits>

#include "core/finite.hpp"
#include "surrogate/perceptrons.hpp"
#include "surrogate/persist_tensor.hpp"

namespace bimetal::surrogate {
namespace {

// Rows per pass: enough that the two microseconds each tensor operation takes to start do not show (of 512 rows they
// are a tenth), few enough that the activations stay near the core.
constexpr std::int64_t chunk = 1024;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr Signals unusable{infinity, infinity, infinity};

void persist_standards(const core::Archive& archive, std::vector<Scaling::Standard>& standards) {
  std::vector<double> means, deviations;
  for (const auto& standard : standards) {
    means.push_back(standard.mean);
    deviations.push_back(standard.deviation);
  }
  archive.alike("mean", std::span(means));
  archive.alike("deviation", std::span(deviations));
  for (std::size_t i = 0; i < standards.size(); ++i) standards[i] = {means[i], deviations[i]};
}

}  // namespace

Model::Model(const core::Signature& signature, std::unique_ptr<Network> given, const Scaling& given_scaling)
    : network(std::move(given)),
      scaling(given_scaling),
      difference(signature, scaling, network->device()),
      features_(torch::empty({chunk, scaling.n_features()})) {
  if (network->reads_rows()) rows_ = torch::empty({chunk, std::ssize(signature.inputs)});
}

Model::Model(const core::Signature& signature, const NetworkOptions& options, torch::Device device)
    : Model(signature, options, device, Scaling(signature, NullSpace(signature), options.knee, options.resolution)) {}

Model::Model(const core::Signature& signature, const NetworkOptions& options, torch::Device device,
             const Scaling& unfitted)
    : Model(signature, std::make_unique<Perceptrons>(unfitted, options, device), unfitted) {}

Model::Model(const core::Signature& signature, const Model& other)
    : Model(signature, other.network->clone(), other.scaling) {
  take(other);
}

void Model::take(const Model& other) {
  network->take(*other.network);
  scaling = other.scaling;
  familiarity = other.familiarity;
  correction = other.correction;
  ranges = other.ranges;
  version = other.version;
}

void Model::persist(const core::Archive& archive) {
  persist_tensor(archive, "weights", network->weights());

  auto features = scaling.feature_standards(), targets = scaling.target_standards();
  persist_standards(archive.in("features"), features);
  persist_standards(archive.in("targets"), targets);
  auto known = familiarity.numbers();
  archive.alike("whitening", known.whitening);
  archive.alike("centre", known.centre);
  archive.alike("lower", ranges.lower);
  archive.alike("upper", ranges.upper);
  archive.alike("version", version);
  correction.persist(archive.in("correction"), network->device());
  if (!archive.restores()) return;
  scaling.set_standards(features, targets);
  network->rescale(scaling);
  familiarity = Familiarity(known, network->device());
}

void Model::predict(core::ConstRows in, core::Rows out, std::span<Signals> signals) {
  const torch::InferenceMode inference;
  for (std::int64_t first = 0; first < in.size(); first += chunk) {
    const auto n = std::min(chunk, in.size() - first);
    fill_input(scaling, in, first, n, features_, rows_);
    const auto asked = ask(*network, {features_, rows_}, n);
    if (asked.n() < n)
      mark_unanswered(asked, out.from(first).first(n), signals.subspan(static_cast<std::size_t>(first)));
    const auto& answer = asked.answer;
    const auto corrected =
        correction.says_nothing() ? answer.increments : answer.increments + correction(answer.features);
    const auto increments = corrected.cpu().contiguous();
    const auto predicted_error = torch::pow(10.0, answer.log_error).cpu();
    const auto disagreement =
        (answer.second.defined() ? difference(answer.increments, answer.second) : torch::zeros_like(answer.log_error))
            .cpu();
    const auto distance = familiarity.distance(asked.input.features).cpu();
    for (std::int64_t j = 0; j < asked.n(); ++j) {
      const auto i = first + asked.rows[static_cast<std::size_t>(j)];
      const auto row = out[i];
      scaling.advance(in[i], increments.data_ptr<float>() + j * scaling.n_targets(), row);
      signals[static_cast<std::size_t>(i)] =
          core::all_finite(row) ? Signals{predicted_error.data_ptr<float>()[j], disagreement.data_ptr<float>()[j],
                                          distance.data_ptr<float>()[j]}
                                : unusable;
    }
  }
}

/// Sets answers and signals of all rows to not finite; those that the network answers are filled in afterwards.
void Model::mark_unanswered(const Asked& asked, core::Rows out, std::span<Signals> signals) {
  if (first_words.empty()) first_words = asked.words;
  std::ranges::fill(out.flat(), std::numeric_limits<double>::quiet_NaN());
  std::ranges::fill(signals.first(static_cast<std::size_t>(out.size())), unusable);
}

void Model::correct(core::ConstRows in, core::ConstRows out, double tolerance, const parallel::Communicator& comm) {
  const torch::InferenceMode inference;
  core::RowTable finite_in(in.width());
  const auto truth = torch::empty({in.size(), scaling.n_targets()});
  for (std::int64_t i = 0; i < in.size(); ++i) {
    if (!core::all_finite(in[i]) || !core::all_finite(out[i])) continue;  // physics failed there
    scaling.increments(in[i], out[i], truth.data_ptr<float>() + finite_in.size() * scaling.n_targets());
    finite_in.append(in[i]);
  }
  const auto n = finite_in.size();
  Network::Input input{torch::empty({n, scaling.n_features()}),
                       network->reads_rows() ? torch::empty({n, in.width()}) : torch::Tensor()};
  fill_input(scaling, finite_in.rows(), 0, n, input.features, input.rows);
  const auto asked = ask(*network, input, n);
  const auto& answer = asked.answer;
  const auto missing = asked.of(truth).to(network->device()) - answer.increments;
  const auto left = correction.says_nothing() ? missing : missing - correction(answer.features);
  // As Huber's loss weighs them: an answer that is off by more than a tolerance counts by its size, not its square.
  const auto weight = tolerance / difference(left, torch::zeros_like(left)).clamp_min(tolerance);
  correction.learn(answer.features, missing, weight, comm);
}

void fill_input(const Scaling& scaling, core::ConstRows in, std::int64_t first, std::int64_t n,
                const torch::Tensor& features, const torch::Tensor& rows) {
  scaling.features(in, first, n, features.data_ptr<float>());
  if (!rows.defined()) return;
  const double* from = in.data() + first * in.width();
  std::transform(from, from + n * in.width(), rows.data_ptr<float>(),
                 [](double value) { return static_cast<float>(value); });
}

}  // namespace bimetal::surrogate
