#include "surrogate/model_file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/error.hpp"
#include "core/fingerprint.hpp"
#include "core/text.hpp"
#include "surrogate/model_archive.hpp"
#include "surrogate/model_content.hpp"
#include "surrogate/module_check.hpp"
#include "surrogate/native_module.hpp"
#include "surrogate/plain_form.hpp"
#include "surrogate/reference.hpp"
#include "surrogate/scripted_network.hpp"
#include "surrogate/signature_json.hpp"
#include "surrogate/torchscript_form.hpp"

namespace bimetal::surrogate {
namespace {

using core::UserError;
using nlohmann::ordered_json;

/// This rank's copy. Collective, as a file that some rank cannot read is an error on all.
std::string read_bytes(const std::string& path, const parallel::Communicator& comm) {
  std::error_code ignored;
  const bool regular = std::filesystem::is_regular_file(path, ignored);
  std::ifstream file(regular ? path : "", std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  const bool readable = regular && file.is_open() && !file.bad();
  comm.agree(readable,
             fmt::format("The model file '{}' cannot be read on rank {}; give the path of a file that every "
                         "rank can read",
                         path, comm.rank()));
  return bytes;
}

/// A run whose ranks ask different models would decide differently about the same row.
void require_same_on_all_ranks(const std::string& bytes, const std::string& path,
                               const parallel::Communicator& comm) {
  core::Fingerprint print;
  print.add(std::string_view(bytes));
  const auto hashes = comm.all_gather(static_cast<std::int64_t>(print.value()));
  for (std::size_t rank = 0; rank < hashes.size(); ++rank)
    if (hashes[rank] != hashes[0])
      throw UserError::format(
          "The model file '{}' of rank {} is not that of rank 0; copy the same file to all nodes, or use a shared "
          "file "
          "system",
          path, rank);
}

std::unique_ptr<const ModelForm> form_of(const ModelArchive& archive, const ModelCard& card,
                                         const std::string& path) {
  if (PlainForm::is_in(archive, card)) return std::make_unique<PlainForm>(archive, card, path);
  return std::make_unique<TorchScriptForm>(archive, card, path);
}

}  // namespace

ModelFile::ModelFile(const std::string& path, const parallel::Communicator& comm) : path_(path) {
  auto bytes = read_bytes(path, comm);
  require_same_on_all_ranks(bytes, path, comm);
  const auto archive = ModelArchive::open(std::move(bytes), path);
  Content content;
  try {
    content.card = read_card(archive.metadata, path);
  } catch (const core::RuntimeFailure& failure) {
    throw UserError::format("{}: its metadata (bimetal.json) does not fit together: {}", path, failure.what());
  }
  content.form = form_of(archive, content.card, path);
  content_ = std::make_shared<const Content>(std::move(content));
}

void ModelFile::require_for(const core::Signature& signature) const {
  require_same_problem(this->signature(), signature, path_);
}

const core::Signature& ModelFile::signature() const { return content_->card.signature; }
bool ModelFile::learns() const { return content_->form->learns(); }

std::string ModelFile::describe() const {
  const auto& card = content_->card;
  const auto& signature = card.signature;
  std::string text = fmt::format("{}: version {} of a model for sub-problems of kind '{}'\n", path_, card.version,
                                 core::one_line(signature.kind));
  text += fmt::format("  fingerprint   {}\n", core::one_line(signature.fingerprint));
  if (signature.dt > 0.0) text += fmt::format("  step          {} s\n", signature.dt);
  text += fmt::format("  architecture  {}\n  kept as       {}\n  parameters    {}{}\n",
                      core::one_line(card.architecture.dump()), content_->form->name(),
                      content_->form->n_parameters(), learns() ? "" : ", none of which training could change");
  text += fmt::format("  training      {}\n", core::one_line(card.training.dump()));
  text += fmt::format("  distance      {}\n",
                      card.familiarity.centre.empty()
                          ? "not in the file: nothing is unfamiliar"
                          : "beyond 1, the 99.5 % quantile of its training rows, it is not trusted");
  text += fmt::format("  {:<12} {:<5} {:>12} {:>12}\n", "input", "unit", "trained from", "to");
  for (std::size_t k = 0; k < signature.inputs.size(); ++k) {
    const auto& input = signature.inputs[k];
    text += fmt::format("  {:<12} {:<5} {:>12.5g} {:>12.5g}\n", core::one_line(input.name),
                        core::one_line(input.unit), card.ranges.lower[k], card.ranges.upper[k]);
  }
  text += fmt::format("  {:<12} {:<5} {:>12}\n", "output", "unit", "scale");
  for (const auto& output : signature.outputs) {
    const bool predicted = std::ranges::find(card.predicted, output.name) != card.predicted.end();
    const char* how = output.derived     ? "follows from what is conserved"
                      : !predicted       ? "follows from the invariants"
                      : output.continues ? "predicted, by its change"
                                         : "predicted";
    text += fmt::format("  {:<12} {:<5} {:>12.5g}   {}\n", core::one_line(output.name), core::one_line(output.unit),
                        output.scale, how);
  }
  return text;
}

Model load_model(const ModelFile& file, const core::Signature& signature, std::uint64_t seed, torch::Device device) {
  const auto& content = file.content();
  const auto scaling = scaling_of(content.card);
  auto network = content.form->network(seed, device);
  Model model(signature, std::move(network), scaling);
  model.familiarity = Familiarity(content.card.familiarity, device);
  model.ranges = content.card.ranges;
  return model;
}

std::string write_model(const Model& model, const core::Signature& signature, const core::RowTable& reference,
                        const ordered_json& training, const ordered_json& foreign_architecture) {
  ModelCard card;
  card.signature = signature;
  card.knee = model.scaling.knee();
  for (const auto& feature : model.scaling.feature_scales()) card.resolutions.push_back(feature.resolution);
  card.features = model.scaling.feature_standards();
  card.targets = model.scaling.target_standards();
  card.familiarity = model.familiarity.numbers();
  card.ranges = model.ranges;
  card.version = model.version;
  card.training = training;
  if (const auto* native = dynamic_cast<const Perceptrons*>(model.network.get())) {
    Perceptrons on_host(model.scaling, native->options(), torch::kCPU);
    on_host.take(*native);
    card.architecture = architecture_of(native->options());
    card.reference = answers_of(on_host, model.scaling, signature, reference);
    return ModelArchive::pack(native_module(on_host, model.scaling), to_text(card),
                              PlainForm::write_weights(on_host));
  }
  auto module = dynamic_cast<const ScriptedNetwork&>(*model.network).module();
  card.architecture = foreign_architecture;
  card.reference = answers_to(module, reference, std::ssize(signature.outputs));
  return ModelArchive::pack(module, to_text(card));
}

}  // namespace bimetal::surrogate
