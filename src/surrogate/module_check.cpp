#include "surrogate/module_check.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/error.hpp"
#include "core/text.hpp"
#include "surrogate/model_archive.hpp"
#include "surrogate/reference.hpp"
#include "surrogate/scripted_network.hpp"

namespace bimetal::surrogate {
namespace {

using core::UserError;
using Outputs = std::vector<torch::Tensor>;

constexpr std::array output_names{"increments", "log_error", "second"};

torch::Tensor rows_as_tensor(const core::RowTable& rows) {
  const auto view = rows.rows();
  auto tensor = torch::empty({view.size(), view.width()});
  std::ranges::transform(view.flat(), tensor.data_ptr<float>(),
                         [](double value) { return static_cast<float>(value); });
  return tensor;
}

/// As PyTorch calls it in Python.
std::string name_of(torch::ScalarType type) {
  switch (type) {
    case torch::kFloat32: return "float32";
    case torch::kFloat64: return "float64";
    case torch::kFloat16: return "float16";
    case torch::kBFloat16: return "bfloat16";
    case torch::kInt64: return "int64";
    case torch::kInt32: return "int32";
    case torch::kInt16: return "int16";
    case torch::kInt8: return "int8";
    case torch::kUInt8: return "uint8";
    case torch::kBool: return "bool";
    case torch::kComplexFloat: return "complex64";
    case torch::kComplexDouble: return "complex128";
    default: return "another type";
  }
}

std::string name_of(const c10::IValue& value) {
  if (value.isTensor()) return "a tensor";
  if (value.isGenericDict()) return "a dict";
  if (value.isList()) return "a list";
  if (value.isTuple()) return fmt::format("a tuple of {}", value.toTupleRef().elements().size());
  if (value.isNone()) return "nothing";
  if (value.isBool()) return "a bool";
  if (value.isInt()) return "an int";
  if (value.isDouble()) return "a float";
  if (value.isString()) return "a str";
  return "an object";
}

/// Of the rest of the contract it is said for whom it must hold.
std::string form_of(torch::ScalarType type, at::IntArrayRef sizes) {
  return fmt::format("{} [{}]", name_of(type), fmt::join(sizes, ", "));
}

std::string form_of(const torch::Tensor& output) {
  const auto text = form_of(output.scalar_type(), output.sizes());
  return output.is_cpu() ? text : text + " on " + output.device().str();
}

std::string count_of(std::int64_t n_rows) { return fmt::format("{} row{}", n_rows, n_rows == 1 ? "" : "s"); }

void check_parameters(const torch::jit::Module& module, const std::string& source) {
  for (const auto& parameter : module.named_parameters()) {
    if (parameter.value.scalar_type() != torch::kFloat32)
      throw UserError::format(
          "{}: its parameter {} is {} where it must be float32; convert the module with .float() and export it again",
          source, core::one_line(parameter.name), name_of(parameter.value.scalar_type()));
    if (!torch::isfinite(parameter.value).all().item<bool>())
      throw UserError::format(
          "{}: its parameter {} has values that are not finite; train it again, or take an earlier one", source,
          core::one_line(parameter.name));
  }
}

void check_inputs(const torch::jit::Module& module, std::size_t n_in, const std::string& source) {
  const auto forward = module.find_method("forward");
  if (!forward)
    throw UserError::format("{} has no method forward, so it cannot be asked; export a scripted torch.nn.Module",
                            source);
  std::vector<std::string> needed;
  const auto& arguments = forward->function().getSchema().arguments();
  for (std::size_t i = 1; i < arguments.size(); ++i)  // the first is the module
    if (!arguments[i].default_value()) needed.push_back(core::one_line(arguments[i].name()));
  if (arguments.size() < 2 || needed.size() > 1)
    throw UserError::format(
        "{}: forward takes {}, where it must take one input, the rows [n, {}]; make columns of the rows or buffers "
        "of "
        "the others",
        source, needed.empty() ? "no input" : fmt::format("{} inputs ({})", needed.size(), fmt::join(needed, ", ")),
        n_in);
}

/// forward(rows) as it comes, whatever it is.
c10::IValue forward(torch::jit::Module& module, const torch::Tensor& rows, const std::string& source) {
  try {
    const torch::InferenceMode inference;
    const torch::jit::GraphOptimizerEnabledGuard as_written(false);
    return module.forward({rows});
  } catch (const std::exception& error) {
    throw UserError::format("{}: forward fails for {} of {} inputs ({}), where it must take [n, {}] for any n",
                            source, count_of(rows.size(0)), rows.size(1), own_words(error), rows.size(1));
  }
}

/// `what` forward gives instead of its tensors.
[[noreturn]] void refuse_answer(const std::string& what, const std::string& source) {
  throw UserError::format(
      "{}: forward gives {}, where it must give the tensors (increments, log_error) or (increments, log_error, "
      "second); "
      "change what it returns",
      source, what);
}

Outputs outputs_of(const c10::IValue& answer, const std::string& source) {
  if (!answer.isTuple()) refuse_answer(name_of(answer), source);
  const auto& elements = answer.toTupleRef().elements();
  if (elements.size() < 2 || elements.size() > output_names.size()) refuse_answer(name_of(answer), source);
  Outputs outputs;
  for (const auto& element : elements) {
    if (!element.isTensor())
      refuse_answer(fmt::format("{} for {}", name_of(element), output_names[outputs.size()]), source);
    outputs.push_back(element.toTensor());
  }
  return outputs;
}

void check_output(const torch::Tensor& output, const char* name, const std::vector<std::int64_t>& shape,
                  const std::string& source) {
  const bool fits = output.sizes() == at::IntArrayRef(shape) && output.scalar_type() == torch::kFloat32 &&
                    output.is_cpu() && output.layout() == torch::kStrided;
  if (!fits)
    throw UserError::format("{}: forward gives {} as {}, where it must be {}{} for {}; change what it returns",
                            source, name, form_of(output), form_of(torch::kFloat32, shape),
                            output.is_cpu() ? "" : " on the device of the rows", count_of(shape[0]));
  const auto finite = torch::isfinite(output);
  if (!finite.all().item<bool>())
    throw UserError::format(
        "{}: forward gives {} that is not finite for reference row {}; train it again, or take an earlier one",
        source, name, finite.logical_not().nonzero()[0][0].item<std::int64_t>() + 1);
}

/// The module's answers to rows, whose form is checked.
Outputs checked_answer(torch::jit::Module& module, const torch::Tensor& rows, std::int64_t n_out,
                       const std::string& source) {
  auto outputs = outputs_of(forward(module, rows, source), source);
  const auto n = rows.size(0);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const bool per_row = std::string_view(output_names[i]) == "log_error";
    const auto shape = per_row ? std::vector<std::int64_t>{n} : std::vector<std::int64_t>{n, n_out};
    check_output(outputs[i], output_names[i], shape, source);
  }
  return outputs;
}

ModelCard::Reference said_of(const core::RowTable& rows, const Outputs& outputs) {
  const auto increments = outputs[0].contiguous(), log_error = outputs[1].contiguous();
  ModelCard::Reference said{rows, core::RowTable(increments.size(1), rows.size()), {}};
  std::copy_n(increments.data_ptr<float>(), increments.numel(), said.increments.rows().flat().begin());
  said.log_error.assign(log_error.data_ptr<float>(), log_error.data_ptr<float>() + log_error.numel());
  return said;
}

/// Each row by itself, one after another.
Outputs answers_alone(torch::jit::Module& module, const torch::Tensor& rows, std::int64_t n_out,
                      const std::string& source) {
  std::vector<Outputs> parts(2);
  for (std::int64_t i = 0; i < rows.size(0); ++i) {
    const auto outputs = checked_answer(module, rows.narrow(0, i, 1), n_out, source);
    for (std::size_t k = 0; k < parts.size(); ++k) parts[k].push_back(outputs[k]);
  }
  return {torch::cat(parts[0]), torch::cat(parts[1])};
}

}  // namespace

ModelCard::Reference answers_to(torch::jit::Module& module, const core::RowTable& rows, std::int64_t n_out) {
  return said_of(rows, checked_answer(module, rows_as_tensor(rows), n_out, "the model"));
}

ModuleTraits check_module(torch::jit::Module& module, const ModelCard& card, const std::string& source) {
  check_parameters(module, source);
  check_inputs(module, card.signature.inputs.size(), source);
  module.eval();
  const auto& reference = card.reference;
  const auto rows = rows_as_tensor(reference.in);
  const auto n_out = std::ssize(card.signature.outputs);
  const auto outputs = checked_answer(module, rows, n_out, source);
  if (const auto off = difference(said_of(reference.in, outputs), reference, card.signature))
    throw UserError::format(
        "{}: for reference row {} forward gives {:.9g} for {}, not {:.9g} as its metadata (bimetal.json) says, so it "
        "is not the model it was when it was written; export it again",
        source, off->row + 1, off->given, off->what, off->expected);
  const auto alone = answers_alone(module, rows, n_out, source);
  if (const auto off = difference(said_of(reference.in, alone), reference, card.signature))
    throw UserError::format(
        "{}: for reference row {} forward gives {:.9g} for {} if it is asked for this row alone, not {:.9g} as among "
        "the others; rows must not see each other, so leave out statistics of the batch",
        source, off->row + 1, off->given, off->what, off->expected);
  return {outputs.size() > 2, gradients_reach(module, rows)};
}

}  // namespace bimetal::surrogate
