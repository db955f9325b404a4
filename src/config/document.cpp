#include "config/document.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

#include "core/error.hpp"

namespace bimetal::config {
namespace {

YAML::Node parse(const std::string& text, const std::string& source) {
  try {
    return YAML::Load(text);
  } catch (const YAML::ParserException& error) {
    throw core::UserError::format("{}:{}: this is not valid YAML ({}); mend the line", source, error.mark.line + 1,
                                  error.msg);
  }
}

/// yaml-cpp keeps a key given twice and silently uses the first; to the user that is a lost setting.
void refuse_duplicate_keys(const YAML::Node& node, const std::string& source) {
  if (node.IsSequence())
    for (const auto& item : node) refuse_duplicate_keys(item, source);
  if (!node.IsMap()) return;
  std::set<std::string> seen;
  for (const auto& item : node) {
    if (!item.first.IsScalar())
      throw core::UserError::format("{}:{}: a key must be a plain word", source, item.first.Mark().line + 1);
    if (!seen.insert(item.first.Scalar()).second)
      throw core::UserError::format("{}:{}: key {} is given twice; keep one", source, item.first.Mark().line + 1,
                                    item.first.Scalar());
    refuse_duplicate_keys(item.second, source);
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
    throw core::UserError::format("--set {} is not of the form key.path=value; write for example time.end=1e-5",
                                  setting);
  YAML::Node node(tree);
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    YAML::Node next = node[parts[i]];
    if (next.IsDefined() && !next.IsMap() && !next.IsNull())
      throw core::UserError::format("--set {}: {} is not a mapping in {}", setting, parts[i], record.source);
    if (!next.IsMap()) node[parts[i]] = YAML::Node(YAML::NodeType::Map);
    node.reset(node[parts[i]]);
  }
  node[parts.back()] = parse(setting.substr(equals + 1), "--set " + setting);
  record.overridden.push_back(setting.substr(0, equals));
}

}  // namespace

Document::Document(const std::string& text, const std::string& source, std::span<const std::string> overrides)
    : record_(std::make_shared<Record>()), tree_(parse(text, source)) {
  record_->source = source;
  refuse_duplicate_keys(tree_, source);
  if (tree_.IsNull()) tree_ = YAML::Node(YAML::NodeType::Map);
  if (!tree_.IsMap())
    throw core::UserError::format("{}: an input file is a mapping of keys to values, this is not", source);
  for (const auto& setting : overrides) apply_override(tree_, setting, *record_);
}

Section Document::root() const { return Section(tree_, "", record_); }

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
  std::string text;
  std::string problem;
  if (comm.is_root()) {
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    std::ostringstream buffer;
    if (file) buffer << file.rdbuf();
    if (!file || !buffer)
      problem = fmt::format("cannot read the {} {} ({}); check the path", what, path,
                            errno ? std::strerror(errno) : "not a readable file");
    text = std::move(buffer).str();
  }
  comm.agree(problem.empty(), problem);
  comm.broadcast(text);
  return text;
}

}  // namespace bimetal::config
