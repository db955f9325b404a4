#pragma once

#include <yaml-cpp/yaml.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "config/section.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::config {

/// A YAML input with `--set key.path=value` overrides applied. Reading it through root() also collects the resolved
/// configuration: every key that was asked for, with the value used and where it came from.
class Document {
 public:
  /// Throws UserError for broken YAML (with its line), keys given twice, and overrides that are not key=value.
  /// setter: what messages about overrides call what they come from. Local.
  Document(const std::string& text, const std::string& source, std::span<const std::string> overrides = {},
           const std::string& setter = "--set");

  /// keys: of the top level; they must outlive the section.
  Section root(const Keys& keys) const;

  /// The resolved configuration as YAML; each line says if its value is a default or was set on the command line.
  std::string resolved() const;

 private:
  std::shared_ptr<Record> record_;
  YAML::Node tree_;
};

/// The text of a file, read by root and broadcast. A file that cannot be read is a UserError on all ranks; `what`
/// names its role ("input file"). Collective.
std::string read_text(const std::string& path, const std::string& what, const parallel::Communicator& comm);

}  // namespace bimetal::config
