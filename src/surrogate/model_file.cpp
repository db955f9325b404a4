#include "surrogate/model_file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/error.hpp"
#include "core/fingerprint.hpp"
#include "core/text.hpp"
#include "surrogate/model_archive.hpp"
#include "surrogate/model_check.hpp"
#include "surrogate/model_content.hpp"
#include "surrogate/native_module.hpp"
#include "surrogate/scripted_network.hpp"
#include "surrogate/signature_json.hpp"

namespace bimetal::surrogate {
namespace {

using core::UserError;
using nlohmann::ordered_json;

constexpr const char* native_name = "bimetal.perceptrons";

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

std::string name_of(Head head) {
  return std::ranges::find(heads, head, &std::pair<const char*, Head>::second)->first;
}

Head head_of(const MetadataReader& architecture) {
  const auto name = architecture.value<std::string>("head");
  for (const auto& [known, head] : heads)
    if (name == known) return head;
  architecture.refuse("head", "must be relaxation or increment");
}

NetworkOptions options_of(const ordered_json& architecture, std::uint64_t seed, const std::string& source) {
  const MetadataReader reader(architecture, source, "architecture");
  NetworkOptions options;
  options.layers = reader.value<std::vector<std::int64_t>>("layers");
  options.error_layers = reader.value<std::vector<std::int64_t>>("error_layers");
  options.second_layers = reader.value<std::vector<std::int64_t>>("second_layers");
  options.head = reader.has("head") ? head_of(reader) : Head::increment;  // as in format 1
  options.seed = seed;
  for (const auto* widths : {&options.layers, &options.error_layers, &options.second_layers})
    for (const auto width : *widths)
      if (width < 1 || width > 65536) reader.refuse("layers", "must be widths from 1 to 65536");
  if (options.layers.empty()) reader.refuse("layers", "must not be empty");
  return options;
}

/// Null if the card does not claim it, or the module turns out to be something else.
std::unique_ptr<Network> as_native(const ModelFile::Content& content, std::uint64_t seed, torch::Device device,
                                   const std::string& source) {
  const auto& card = content.card;
  if (card.architecture.at("name") != native_name) return nullptr;
  const auto scaling = scaling_of(card);
  auto network = native_network(content.module, options_of(card.architecture, seed, source), scaling, device);
  if (!network) return nullptr;
  auto rebuilt = native_module(*network, scaling);
  const auto n_out = static_cast<std::int64_t>(card.signature.outputs.size());
  if (!agree(answers_to(rebuilt, card.reference.in, n_out), card.reference, card.signature)) return nullptr;
  return network;
}

}  // namespace

ModelFile::ModelFile(const std::string& path, const parallel::Communicator& comm) : path_(path) {
  const auto bytes = read_bytes(path, comm);
  require_same_on_all_ranks(bytes, path, comm);
  auto archive = ModelArchive::open(bytes, path);
  Content content;
  try {
    content.card = read_card(archive.metadata, path);
  } catch (const core::RuntimeFailure& failure) {
    throw UserError::format("{}: its metadata (bimetal.json) does not fit together: {}", path, failure.what());
  }
  content.module = std::move(archive.module);
  check_module(content.module, content.card, path);
  content_ = std::make_shared<const Content>(std::move(content));
}

void ModelFile::require_for(const core::Signature& signature) const {
  require_same_problem(this->signature(), signature, path_);
}

const core::Signature& ModelFile::signature() const { return content_->card.signature; }

std::string ModelFile::describe() const {
  const auto& card = content_->card;
  const auto& signature = card.signature;
  std::string text = fmt::format("{}: version {} of a model for sub-problems of kind '{}'\n", path_, card.version,
                                 core::one_line(signature.kind));
  std::int64_t n_parameters = 0;
  for (const auto& parameter : content_->module.parameters()) n_parameters += parameter.numel();
  text += fmt::format("  fingerprint   {}\n", core::one_line(signature.fingerprint));
  if (signature.dt > 0.0) text += fmt::format("  step          {} s\n", signature.dt);
  text +=
      fmt::format("  architecture  {}\n  parameters    {}\n", core::one_line(card.architecture.dump()), n_parameters);
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
  auto network = as_native(content, seed, device, file.path());
  if (!network) network = std::make_unique<ScriptedNetwork>(content.module, scaling, device);
  Model model(signature, std::move(network), scaling);
  model.familiarity = Familiarity(content.card.familiarity, device);
  model.ranges = content.card.ranges;
  return model;
}

std::string write_model(const Model& model, const core::Signature& signature, const core::RowTable& reference,
                        const ordered_json& training, const ordered_json& foreign_architecture) {
  ModelArchive archive;
  ModelCard card;
  if (const auto* native = dynamic_cast<const Perceptrons*>(model.network.get())) {
    archive.module = native_module(*native, model.scaling);
    const auto& options = native->options();
    card.architecture = {{"name", native_name},
                         {"layers", options.layers},
                         {"error_layers", options.error_layers},
                         {"second_layers", options.second_layers},
                         {"head", name_of(options.head)}};
  } else {
    archive.module = dynamic_cast<const ScriptedNetwork&>(*model.network).module();
    card.architecture = foreign_architecture;
  }
  card.signature = signature;
  card.knee = model.scaling.knee();
  for (const auto& feature : model.scaling.feature_scales()) card.resolutions.push_back(feature.resolution);
  card.features = model.scaling.feature_standards();
  card.targets = model.scaling.target_standards();
  card.familiarity = model.familiarity.numbers();
  card.ranges = model.ranges;
  card.version = model.version;
  card.training = training;
  card.reference = answers_to(archive.module, reference, std::ssize(signature.outputs));
  archive.metadata = to_text(card);
  return archive.bytes();
}

}  // namespace bimetal::surrogate
