#include "config/document.hpp"

#include <yaml-cpp/depthguard.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

#include "core/error.hpp"
#include "core/text.hpp"

namespace bimetal::config {
namespace {

constexpr std::size_t largest_text = std::size_t{1} << 20;  // bytes; an input has a few thousand
constexpr std::size_t deepest = 16;                         // levels; an input has four
constexpr std::size_t most_nodes = 100'000;

core::UserError too_deep(const std::string& source, int line) {
  return core::UserError::format("{}:{}: here are more than {} lists or maps within each other; write it flatter",
                                 source, line, deepest);
}

/// What yaml-cpp would let pass: a key given twice, of which it silently uses the first (to the user that is a lost
/// setting), aliases (*name) that hold themselves, and aliases of aliases that make much out of little.
void check_structure(const YAML::Node& node, const std::string& source, std::size_t depth, std::size_t& nodes_left) {
  const int line = std::max(node.Mark().line, 0) + 1;
  if (depth > deepest) throw too_deep(source, line);
  if (nodes_left-- == 0)
    throw core::UserError::format("{}:{}: an input does not have more than {} entries; write out its aliases (*name)",
                                  source, line, most_nodes);
  if (node.IsSequence())
    for (const auto& item : node) check_structure(item, source, depth + 1, nodes_left);
  if (!node.IsMap()) return;
  std::set<std::string> seen;
  for (const auto& item : node) {
    const int key_line = item.first.Mark().line + 1;
    if (!item.first.IsScalar()) throw core::UserError::format("{}:{}: a key must be a plain word", source, key_line);
    if (!seen.insert(item.first.Scalar()).second)
      throw core::UserError::format("{}:{}: key {} is given twice; keep one", source, key_line,
                                    core::one_line(item.first.Scalar(), 80));
    check_structure(item.second, source, depth + 1, nodes_left);
  }
}

YAML::Node parse(const std::string& text, const std::string& source) {
  core::require_plain_text(text, source, largest_text);
  try {
    const auto documents = YAML::LoadAll(text);
    if (documents.size() > 1)
      throw core::UserError::format("{}:{}: the document ends before this line; an input is a single document",
                                    source, documents[1].Mark().line + 1);
    const YAML::Node tree = documents.empty() ? YAML::Node() : documents.front();
    std::size_t nodes_left = most_nodes;
    check_structure(tree, source, 0, nodes_left);
    return tree;
  } catch (const YAML::DeepRecursion& error) {
    throw too_deep(source, error.mark.line + 1);
  } catch (const YAML::Exception& error) {
    throw core::UserError::format("{}:{}: this is not valid YAML ({}); mend the line", source,
                                  std::max(error.mark.line, 0) + 1, core::one_line(error.msg));
  }
}

std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> parts;
  std::stringstream stream(path);
  for (std::string part; std::getline(stream, part, '.');) parts.push_back(part);
  return parts;
}

/// Sets tree[path] = value, making the mappings on the way.
void apply_override(YAML::Node tree, const std::string& setting, Record& record) {
  const auto equals = setting.find('=');
  const auto parts = split(setting.substr(0, equals));
  const bool complete = std::none_of(parts.begin(), parts.end(), [](const auto& part) { return part.empty(); });
  if (equals == std::string::npos || parts.empty() || !complete)
    throw core::UserError::format("{} {} is not of the form key.path=value; write for example time.end=1e-5",
                                  record.setter, core::one_line(setting, 80));
  YAML::Node node(tree);
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    YAML::Node next = node[parts[i]];
    if (next.IsDefined() && !next.IsMap() && !next.IsNull())
      throw core::UserError::format("{} {}: {} is not a mapping in {}", record.setter, core::one_line(setting, 80),
                                    core::one_line(parts[i], 80), record.source);
    if (!next.IsMap()) node[parts[i]] = YAML::Node(YAML::NodeType::Map);
    node.reset(node[parts[i]]);
  }
  node[parts.back()] = parse(setting.substr(equals + 1), record.setter + " " + core::one_line(setting, 80));
  record.overridden.push_back(setting.substr(0, equals));
}

}  // namespace

Document::Document(const std::string& text, const std::string& source, std::span<const std::string> overrides,
                   const std::string& setter)
    : record_(std::make_shared<Record>()), tree_(parse(text, source)) {
  record_->source = source;
  record_->setter = setter;
  if (tree_.IsNull()) tree_ = YAML::Node(YAML::NodeType::Map);
  if (!tree_.IsMap())
    throw core::UserError::format("{}: an input file is a mapping of keys to values, this is not", source);
  for (const auto& setting : overrides) apply_override(tree_, setting, *record_);
}

Section Document::root(const Keys& keys) const { return Section(tree_, "", record_, keys); }

std::string Document::resolved() const {
  std::string text = "# Resolved from " + record_->source + "; a run with this file repeats the run.\n";
  std::vector<std::string> open;
  for (const auto& [path, value] : record_->lines) {
    const auto parts = split(path);
    std::size_t common = 0;
    while (common < open.size() && common + 1 < parts.size() && open[common] == parts[common]) ++common;
    open.resize(common);
    for (; open.size() + 1 < parts.size(); open.push_back(parts[open.size()]))
      text += std::string(2 * open.size(), ' ') + parts[open.size()] + ":\n";
    text += std::string(2 * open.size(), ' ') + parts.back() + ": " + value + "\n";
  }
  return text;
}

std::string read_text(const std::string& path, const std::string& what, const parallel::Communicator& comm) {
  constexpr std::size_t longest = std::size_t{64} << 20;  // bytes: a device has no end
  std::string text;
  std::string problem;
  if (comm.is_root()) {
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    for (std::string part(std::size_t{1} << 16, '\0'); file && text.size() <= longest;) {
      file.read(part.data(), std::ssize(part));
      text.append(part, 0, static_cast<std::size_t>(file.gcount()));
    }
    if (!file.eof() && text.size() <= longest)
      problem = fmt::format("cannot read the {} {} ({}); check the path", what, core::one_line(path, 200),
                            errno ? std::strerror(errno) : "not a readable file");
    if (text.size() > longest)
      problem = fmt::format("the {} {} is longer than {} MiB; check the path", what, core::one_line(path, 200),
                            longest >> 20);
  }
  comm.agree(problem.empty(), problem);
  comm.broadcast(text);
  return text;
}

}  // namespace bimetal::config
