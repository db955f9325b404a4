#include "surrogate/model_archive.hpp"

#include <sstream>

#include "core/error.hpp"
#include "core/text.hpp"
#include "surrogate/zip_archive.hpp"

namespace bimetal::surrogate {
namespace {

constexpr const char* metadata_name = "bimetal.json";
constexpr const char* weights_name = "bimetal.weights";
constexpr std::string_view zip_start = "PK\x03\x04";
constexpr std::size_t longest = 200;  // bytes of somebody else's words

std::string message_of(const std::exception& error) {
  const auto* ours = dynamic_cast<const c10::Error*>(&error);
  return ours ? ours->what_without_backtrace() : error.what();
}

}  // namespace

std::string own_words(const std::exception& error) {
  std::string text = message_of(error);
  text.erase(text.find_last_not_of(" \n") + 1);
  return core::one_line(text.substr(text.rfind('\n') + 1), longest);
}

ModelArchive ModelArchive::open(std::string bytes, std::string source) {
  if (!bytes.starts_with(zip_start))
    throw core::UserError::format(
        "{} is not a TorchScript archive; save the model with torch.jit.save, or with models/export.py", source);
  check_zip(bytes, source);
  ModelArchive archive;
  archive.bytes_ = std::move(bytes);
  archive.source_ = std::move(source);
  archive.metadata = extra_file(archive.bytes_, metadata_name, archive.source_);
  archive.weights = extra_file(archive.bytes_, weights_name, archive.source_);
  if (!archive.metadata.empty()) return archive;
  static_cast<void>(archive.module());  // what is no model at all is not one without metadata
  throw core::UserError::format(
      "{} has no metadata (bimetal.json), so nobody knows what its numbers mean; add it with models/export.py",
      archive.source_);
}

torch::jit::Module ModelArchive::module() const {
  try {
    std::istringstream stream(bytes_);
    return torch::jit::load(stream, torch::kCPU);
  } catch (const std::exception& error) {
    const auto text = message_of(error);
    throw core::UserError::format("{} is not a TorchScript archive that LibTorch can read ({}); export it again",
                                  source_, core::one_line(text.substr(0, text.find('\n')), longest));
  }
}

std::string ModelArchive::pack(const torch::jit::Module& module, const std::string& metadata,
                               const std::string& weights) {
  torch::jit::ExtraFilesMap extra{{metadata_name, metadata}};
  if (!weights.empty()) extra[weights_name] = weights;
  std::ostringstream stream;
  module.save(stream, extra);
  return stream.str();
}

}  // namespace bimetal::surrogate
