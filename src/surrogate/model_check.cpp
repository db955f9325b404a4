#include "surrogate/model_check.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/text.hpp"
#include "surrogate/model_archive.hpp"
#include "surrogate/scripted_network.hpp"

namespace bimetal::surrogate {
namespace {

using core::UserError;

// Another processor or library sums in another order; beyond this it is another model.
constexpr double same_increment = 1e-5;  // of scale and size
constexpr double same_log_error = 1e-3;

torch::Tensor rows_as_tensor(const core::RowTable& rows) {
  const auto view = rows.rows();
  auto tensor = torch::empty({view.size(), view.width()});
  std::ranges::transform(view.flat(), tensor.data_ptr<float>(),
                         [](double value) { return static_cast<float>(value); });
  return tensor;
}

void check_parameters(const torch::jit::Module& module, const std::string& source) {
  for (const auto& parameter : module.named_parameters()) {
    if (parameter.value.scalar_type() != torch::kFloat32)
      throw UserError::format(
          "{}: its parameter {} is not float32; convert the module with .float() and export it again", source,
          core::one_line(parameter.name));
    if (!torch::isfinite(parameter.value).all().item<bool>())
      throw UserError::format(
          "{}: its parameter {} has values that are not finite; train it again or take an earlier one", source,
          core::one_line(parameter.name));
  }
}

/// forward(rows) as it comes, whatever it is.
c10::IValue forward(torch::jit::Module& module, const torch::Tensor& rows, const std::string& source) {
  if (!module.find_method("forward"))
    throw UserError::format("{} has no method forward, so it cannot be asked; export a scripted torch.nn.Module",
                            source);
  try {
    const torch::InferenceMode inference;
    module.eval();
    return module.forward({rows});
  } catch (const std::exception& error) {
    throw UserError::format("{}: forward fails on its reference rows of {} inputs ({}); it must take [n, {}]", source,
                            rows.size(1), reason_of(error), rows.size(1));
  }
}

std::vector<torch::Tensor> outputs_of(const c10::IValue& answer, const std::string& source) {
  std::vector<torch::Tensor> outputs;
  if (answer.isTuple())
    for (const auto& element : answer.toTupleRef().elements())
      if (element.isTensor()) outputs.push_back(element.toTensor());
  const auto n = answer.isTuple() ? answer.toTupleRef().elements().size() : 0;
  if (outputs.size() != n || n < 2 || n > 3)
    throw UserError::format(
        "{}: forward gives {} where it must give the tensors increments and log_error, and perhaps second", source,
        answer.isTuple() ? fmt::format("{} values", n) : "a single " + core::one_line(answer.tagKind()));
  return outputs;
}

void check_output(const torch::Tensor& output, const char* name, const std::vector<std::int64_t>& shape,
                  const std::string& source) {
  const auto describe = [](const auto& sizes) {
    std::string text;
    for (const auto size : sizes) text += (text.empty() ? "" : ", ") + std::to_string(size);
    return "[" + text + "]";
  };
  if (output.sizes() != at::IntArrayRef(shape))
    throw UserError::format("{}: forward gives {} of shape {} where it must be {}", source, name,
                            describe(output.sizes()), describe(shape));
  if (output.scalar_type() != torch::kFloat32)
    throw UserError::format("{}: forward gives {} that is not float32; convert the module with .float()", source,
                            name);
  if (!torch::isfinite(output).all().item<bool>())
    throw UserError::format("{}: forward gives {} that is not finite on its reference rows; train it again", source,
                            name);
}

}  // namespace

ModelCard::Reference answers_to(torch::jit::Module& module, const core::RowTable& rows, std::int64_t n_out) {
  const torch::InferenceMode inference;
  const auto outputs = run_module(module, rows_as_tensor(rows));
  const auto increments = outputs[0].contiguous(), log_error = outputs[1].contiguous();
  ModelCard::Reference reference{rows, core::RowTable(n_out, rows.size()), {}};
  std::copy_n(increments.data_ptr<float>(), increments.numel(), reference.increments.rows().flat().begin());
  reference.log_error.assign(log_error.data_ptr<float>(), log_error.data_ptr<float>() + log_error.numel());
  return reference;
}

bool agree(const ModelCard::Reference& a, const ModelCard::Reference& b, const core::Signature& signature) {
  for (std::int64_t i = 0; i < a.in.size(); ++i) {
    for (std::size_t k = 0; k < signature.outputs.size(); ++k) {
      const double difference = std::abs(a.increments[i][k] - b.increments[i][k]);
      if (!(difference <= same_increment * (signature.outputs[k].scale + std::abs(b.increments[i][k])))) return false;
    }
    const auto row = static_cast<std::size_t>(i);
    if (!(std::abs(a.log_error[row] - b.log_error[row]) <= same_log_error)) return false;
  }
  return true;
}

void check_module(torch::jit::Module& module, const ModelCard& card, const std::string& source) {
  check_parameters(module, source);
  const auto rows = rows_as_tensor(card.reference.in);
  const auto outputs = outputs_of(forward(module, rows, source), source);
  const auto n = rows.size(0), n_out = static_cast<std::int64_t>(card.signature.outputs.size());
  check_output(outputs[0], "increments", {n, n_out}, source);
  check_output(outputs[1], "log_error", {n}, source);
  if (outputs.size() > 2) check_output(outputs[2], "second", {n, n_out}, source);
  if (!agree(answers_to(module, card.reference.in, n_out), card.reference, card.signature))
    throw UserError::format(
        "{} does not answer its reference rows as its metadata says, so weights and metadata do not belong together; "
        "export it again",
        source);
}

}  // namespace bimetal::surrogate
