#include "surrogate/reference.hpp"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "core/text.hpp"
#include "surrogate/model.hpp"

namespace bimetal::surrogate {
namespace {

// Another processor or library sums in another order; beyond this it is another model.
constexpr double same_increment = 1e-5;  // of scale and size
constexpr double same_log_error = 1e-3;

}  // namespace

ModelCard::Reference answers_of(const Network& network, const Scaling& given_scaling,
                                const core::Signature& signature, const core::RowTable& rows) {
  const torch::InferenceMode inference;
  auto scaling = given_scaling;
  const auto n = rows.size();
  const Network::Input input{torch::empty({n, scaling.n_features()}),
                             network.reads_rows() ? torch::empty({n, rows.rows().width()}) : torch::Tensor()};
  fill_input(scaling, rows.rows(), 0, n, input.features, input.rows);
  const auto answer = network.forward(input);
  const auto increments = answer.increments.contiguous(), log_error = answer.log_error.contiguous();
  ModelCard::Reference said{rows, core::RowTable(std::ssize(signature.outputs), n), {}};
  std::vector<double> base(signature.outputs.size());
  for (std::int64_t i = 0; i < n; ++i) {
    const auto row = said.increments[i];
    scaling.advance(rows[i], increments.data_ptr<float>() + i * scaling.n_targets(), row);
    signature.copy_base(rows[i], base);
    for (std::size_t k = 0; k < base.size(); ++k) row[k] -= base[k];
  }
  said.log_error.assign(log_error.data_ptr<float>(), log_error.data_ptr<float>() + n);
  return said;
}

std::optional<Difference> difference(const ModelCard::Reference& given, const ModelCard::Reference& expected,
                                     const core::Signature& signature) {
  std::optional<Difference> worst;
  double most = 1.0;  // of what round-off may do
  const auto compare = [&](std::int64_t row, const auto& what, double a, double b, double allowed) {
    const double miss = std::abs(a - b) / allowed;
    if (miss <= most) return;
    most = std::isnan(miss) ? INFINITY : miss;
    worst = Difference{row, what(), a, b};
  };
  for (std::int64_t i = 0; i < given.in.size(); ++i) {
    for (std::size_t k = 0; k < signature.outputs.size(); ++k) {
      const auto& output = signature.outputs[k];
      const double a = given.increments[i][k], b = expected.increments[i][k];
      compare(
          i, [&] { return "the increment of " + core::one_line(output.name); }, a, b,
          same_increment * (output.scale + std::abs(b)));
    }
    const auto row = static_cast<std::size_t>(i);
    compare(
        i, [] { return std::string("log_error"); }, given.log_error[row], expected.log_error[row], same_log_error);
  }
  return worst;
}

}  // namespace bimetal::surrogate
