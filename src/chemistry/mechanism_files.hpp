#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "chemistry/units.hpp"
#include "chemistry/yaml_value.hpp"

namespace bimetal::chemistry {

/// Gives the text of the file at a path, or throws a UserError.
using FileReader = std::function<std::string(const std::string& path)>;

/// Reads a file of this machine. Local.
std::string read_local_file(const std::string& path);

/// A mechanism file and those it refers to, each with the units of its own. They must outlive what is read from them.
class MechanismFiles {
 public:
  struct File {
    File(const std::string& text, std::string name);

    std::string source;  // its name, for messages
    YamlValue root;
    UnitSystem units;
  };

  /// The main file from its text. Local.
  MechanismFiles(const std::string& text, const std::string& source, FileReader read);

  const File& main() const { return main_; }
  /// A file by the name that the main one gives it, relative to the main one's folder. Local, if the reader is.
  const File& at(const std::string& name);

 private:
  FileReader read_;
  File main_;
  std::map<std::string, std::unique_ptr<const File>> others_;  // by path
};

}  // namespace bimetal::chemistry
