#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bimetal/hybrid.hpp"
#include "core/log.hpp"
#include "library/hybrid_config.hpp"

namespace bimetal::library {

/// What a solver that calls the library is told by its options.
struct LibraryConfig : HybridConfig {
  std::string name;  // of the case, for logs and data sets
  core::LogVoice voice = core::LogVoice::story;
  std::optional<std::string> data;  // path of the data set; nothing: none
  std::int64_t data_rows = 2000;    // of each step at most, in there
  std::string resolved;             // all of it as YAML, with the defaults filled in
};

/// Reads `options` over those of `file`, if it is not empty. kind: the name of the case unless they give another.
/// UserError, the same on every rank. Collective.
LibraryConfig read_library_config(const Options& options, const std::string& file, const std::string& kind,
                                  const parallel::Communicator& comm);

}  // namespace bimetal::library
