#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>

#include "parallel/communicator.hpp"

namespace bimetal::io {

/// Writes `document`, that of root, as indented JSON; the file is there in full or not at all. Numbers that are not
/// finite, which JSON does not know, become null. All ranks throw the same RuntimeFailure if it fails. Collective.
void write_json(const std::filesystem::path& path, const nlohmann::ordered_json& document,
                const parallel::Communicator& comm);

/// Writes `text`, that of root, likewise. Collective.
void write_text(const std::filesystem::path& path, std::string_view text, const parallel::Communicator& comm);

}  // namespace bimetal::io
