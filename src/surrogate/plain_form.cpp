#include "surrogate/plain_form.hpp"

#include <torch/utils.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "core/error.hpp"
#include "surrogate/metadata_reader.hpp"
#include "surrogate/reference.hpp"

namespace bimetal::surrogate {
namespace {

using core::UserError;
using nlohmann::ordered_json;

constexpr const char* native_name = "bimetal.perceptrons";

static_assert(std::endian::native == std::endian::little, "plain weights are written as they lie in memory");

std::string name_of(Head head) {
  return std::ranges::find(heads, head, &std::pair<const char*, Head>::second)->first;
}

Head head_of(const MetadataReader& architecture) {
  const auto name = architecture.value<std::string>("head");
  for (const auto& [known, head] : heads)
    if (name == known) return head;
  architecture.refuse("head", "must be relaxation or increment");
}

}  // namespace

ordered_json architecture_of(const NetworkOptions& options) {
  return {{"name", native_name},
          {"layers", options.layers},
          {"error_layers", options.error_layers},
          {"second_layers", options.second_layers},
          {"head", name_of(options.head)}};
}

bool is_native(const ModelCard& card) { return card.architecture.at("name") == native_name; }

NetworkOptions native_options(const ModelCard& card, const std::string& source) {
  const MetadataReader reader(card.architecture, source, "architecture");
  NetworkOptions options;
  options.layers = reader.value<std::vector<std::int64_t>>("layers");
  options.error_layers = reader.value<std::vector<std::int64_t>>("error_layers");
  options.second_layers = reader.value<std::vector<std::int64_t>>("second_layers");
  options.head = reader.has("head") ? head_of(reader) : Head::increment;  // as in format 1
  for (const auto* widths : {&options.layers, &options.error_layers, &options.second_layers})
    for (const auto width : *widths)
      if (width < 1 || width > 65536) reader.refuse("layers", "must be widths from 1 to 65536");
  if (options.layers.empty()) reader.refuse("layers", "must not be empty");
  return options;
}

bool PlainForm::is_in(const ModelArchive& archive, const ModelCard& card) {
  return !archive.weights.empty() && is_native(card);
}

PlainForm::PlainForm(const ModelArchive& archive, const ModelCard& card, const std::string& source)
    : scaling_(scaling_of(card)), options_(native_options(card, source)) {
  const auto n = Perceptrons::count_parameters(scaling_.n_features(), scaling_.n_targets(), options_);
  // Before the memory for widths that a file only claims.
  if (archive.weights.size() != sizeof(float) * static_cast<std::size_t>(n))
    throw UserError::format(
        "{}: its plain weights (bimetal.weights) are {} bytes where its architecture has {} float32 numbers; export "
        "it again",
        source, archive.weights.size(), n);
  weights_ = torch::empty({n});
  std::memcpy(weights_.data_ptr<float>(), archive.weights.data(), archive.weights.size());
  if (!torch::isfinite(weights_).all().item<bool>())
    throw UserError::format(
        "{}: its plain weights (bimetal.weights) have values that are not finite; train it again, or take an earlier "
        "one",
        source);
  const auto said = answers_of(*network(0, torch::kCPU), scaling_, card.signature, card.reference.in);
  if (const auto off = difference(said, card.reference, card.signature))
    throw UserError::format(
        "{}: for reference row {} its plain weights (bimetal.weights) give {:.9g} for {}, not {:.9g} as its metadata "
        "(bimetal.json) says, so it is not the model it was when it was written; export it again",
        source, off->row + 1, off->given, off->what, off->expected);
}

std::unique_ptr<Network> PlainForm::network(std::uint64_t seed, torch::Device device) const {
  auto options = options_;
  options.seed = seed;
  auto network = std::make_unique<Perceptrons>(scaling_, options, device);
  const torch::NoGradGuard no_gradient;
  auto flat = network->weights();
  flat.copy_(weights_);
  return network;
}

std::string PlainForm::write_weights(const Perceptrons& network) {
  const auto weights = network.weights().cpu().contiguous();
  return {reinterpret_cast<const char*>(weights.data_ptr<float>()),
          sizeof(float) * static_cast<std::size_t>(weights.numel())};
}

}  // namespace bimetal::surrogate
