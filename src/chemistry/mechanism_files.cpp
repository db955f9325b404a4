#include "chemistry/mechanism_files.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "chemistry/key_check.hpp"
#include "chemistry/unit_reader.hpp"
#include "core/error.hpp"

namespace bimetal::chemistry {

std::string read_local_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf()))
    throw core::UserError::format("cannot read the mechanism file {}; check that it exists and is not empty",
                                  core::one_line(path));
  return text.str();
}

namespace {

/// Sections have names of the user's choice, but for these; without them their near misses would be lost in silence.
void check_sections(const YamlValue& root, std::vector<std::string> expected) {
  std::erase_if(expected, [&](const std::string& key) { return root.find(key).has_value(); });
  refuse_misspelt_keys(root, expected, {});
}

}  // namespace

MechanismFiles::File::File(const std::string& text, std::string name)
    : source(std::move(name)), root(YamlValue::parse(text, source)) {
  if (!root.is_map())
    root.fail(
        "this is not a mechanism; expected sections such as species and reactions, as in Cantera's YAML; ck2yaml of "
        "Cantera makes one of Chemkin files");
  check_sections(root, {"units"});
  if (const auto block = root.find("units")) units = read_unit_system(*block, units);
}

MechanismFiles::MechanismFiles(const std::string& text, const std::string& source, FileReader read)
    : read_(read ? std::move(read) : read_local_file), main_(text, source) {
  check_sections(main_.root, {"phases"});
}

const MechanismFiles::File& MechanismFiles::at(const std::string& name) {
  const std::string path = (std::filesystem::path(main_.source).parent_path() / name).string();
  auto& file = others_[path];
  if (!file) file = std::make_unique<const File>(read_(path), path);
  return *file;
}

}  // namespace bimetal::chemistry
