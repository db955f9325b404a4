#pragma once

#include <optional>
#include <string>

namespace bimetal::chemistry {

/// The line on which a YAML text goes on after its first document has ended, by "---" or by lines indented less than
/// the first; none if it does not. yaml-cpp reads the first document and is silent about the rest. Throws
/// YAML::Exception for broken YAML. Local.
std::optional<int> line_after_document(const std::string& text);

}  // namespace bimetal::chemistry
