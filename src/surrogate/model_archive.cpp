#include "surrogate/model_archive.hpp"

#include <sstream>

#include "core/error.hpp"
#include "core/text.hpp"
#include "surrogate/zip_archive.hpp"

namespace bimetal::surrogate {
namespace {

constexpr const char* metadata_name = "bimetal.json";
constexpr std::string_view zip_start = "PK\x03\x04";

}  // namespace

std::string reason_of(const std::exception& error) {
  const auto* ours = dynamic_cast<const c10::Error*>(&error);
  std::string text = ours ? ours->what_without_backtrace() : error.what();
  return core::one_line(text.substr(0, text.find('\n')), 200);
}

ModelArchive ModelArchive::open(const std::string& bytes, const std::string& source) {
  if (!bytes.starts_with(zip_start))
    throw core::UserError::format(
        "{} is not a TorchScript archive; save the model with torch.jit.save, or with models/export.py", source);
  check_zip(bytes, source);
  ModelArchive archive;
  torch::jit::ExtraFilesMap extra{{metadata_name, ""}};
  try {
    std::istringstream stream(bytes);
    archive.module = torch::jit::load(stream, torch::kCPU, extra);
  } catch (const std::exception& error) {
    throw core::UserError::format("{} is not a TorchScript archive that LibTorch can read ({}); export it again",
                                  source, reason_of(error));
  }
  archive.metadata = extra.at(metadata_name);
  if (archive.metadata.empty())
    throw core::UserError::format(
        "{} has no metadata (bimetal.json), so nobody knows what its numbers mean; add it with models/export.py",
        source);
  return archive;
}

std::string ModelArchive::bytes() const {
  std::ostringstream stream;
  module.save(stream, {{metadata_name, metadata}});
  return stream.str();
}

}  // namespace bimetal::surrogate
