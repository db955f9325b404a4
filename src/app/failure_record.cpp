#include "app/failure_record.hpp"

#include <algorithm>
#include <limits>

#include "core/error.hpp"
#include "core/text.hpp"
#include "core/version.hpp"

namespace bimetal::app {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using subproblem::integrators;

/// Reads what somebody may have edited.
class Reader {
 public:
  Reader(json node, std::string source, std::string path = {})
      : node_(std::move(node)), source_(std::move(source)), path_(std::move(path)) {
    if (!node_.is_object()) refuse(path_.empty() ? "it" : path_, "is no object");
  }

  std::string text(const char* key) const { return value<std::string>(key, &json::is_string, "is no text"); }
  std::int64_t integer(const char* key) const {
    return value<std::int64_t>(key, &json::is_number_integer, "is no whole number");
  }
  double number(const char* key) const { return to_number(at(key), full(key)); }
  Reader object(const char* key) const { return {at(key), source_, full(key)}; }

  std::vector<Reader> objects(const char* key) const {
    if (!at(key).is_array()) refuse(full(key), "is no list");
    std::vector<Reader> list;
    for (const auto& element : at(key)) list.emplace_back(element, source_, fmt::format("{}[{}]", key, list.size()));
    return list;
  }
  std::map<std::string, double> numbers() const {
    std::map<std::string, double> table;
    for (const auto& [key, node] : node_.items()) table[key] = to_number(node, path_ + "." + key);
    return table;
  }

  [[noreturn]] void refuse(const std::string& what, const std::string& why) const {
    throw core::UserError::format(
        "{} is no record of failed reactors: {} {}; give a failed_reactors_NNNNNN.json that a run has written",
        source_, core::one_line(what, 80), why);
  }

 private:
  const json& at(const char* key) const {
    if (!node_.contains(key)) refuse(full(key), "is missing");
    return node_.at(key);
  }
  template <class T>
  T value(const char* key, bool (json::*is_kind)() const noexcept, const char* otherwise) const {
    const auto& node = at(key);
    if (!(node.*is_kind)()) refuse(full(key), otherwise);
    return node.get<T>();
  }
  double to_number(const json& node, const std::string& path) const {
    if (node.is_null()) return std::numeric_limits<double>::quiet_NaN();
    if (!node.is_number()) refuse(path, "is no number");
    return node.get<double>();
  }
  std::string full(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }

  json node_;
  std::string source_;
  std::string path_;
};

json parse(const std::string& text, const std::string& source) {
  auto tree = json::parse(text, nullptr, false);
  if (tree.is_discarded())
    throw core::UserError::format("{} is not valid JSON; give a failed_reactors_NNNNNN.json that a run has written",
                                  source);
  return tree;
}

subproblem::ReactorSolverOptions read_solver(const Reader& reader) {
  const auto name = reader.text("integrator");
  const auto* found =
      std::ranges::find(integrators, name, [](const auto& entry) { return std::string(entry.first); });
  if (found == integrators.end()) reader.refuse("solver.integrator", "is none; it may be cvode, rosenbrock or auto");
  const auto max_steps = reader.integer("max_steps");
  if (max_steps > 1'000'000'000) reader.refuse("solver.max_steps", "is beyond a billion");
  return {.integrator = found->second,
          .rtol = reader.number("rtol"),
          .atol = reader.number("atol"),
          .max_steps = max_steps};
}

FailedReactor read_reactor(const Reader& reader) {
  return {.cell = reader.integer("cell"),
          .temperature = reader.number("temperature_K"),
          .pressure = reader.number("pressure_Pa"),
          .dt = reader.number("dt_s"),
          .Y = reader.object("Y").numbers(),
          .reason = reader.text("reason")};
}

}  // namespace

ordered_json to_json(const FailedReactor& reactor) {
  ordered_json Y = ordered_json::object();
  for (const auto& [species, value] : reactor.Y) Y[species] = value;
  return {{"cell", reactor.cell},
          {"temperature_K", reactor.temperature},
          {"pressure_Pa", reactor.pressure},
          {"dt_s", reactor.dt},
          {"Y", Y},
          {"reason", reactor.reason}};
}

ordered_json to_json(const FailureRecord& record) {
  auto reactors = ordered_json::array();
  for (const auto& reactor : record.reactors) reactors.push_back(to_json(reactor));
  return {{"program", {{"name", "bimetal"}, {"version", core::version}, {"commit", core::commit}}},
          {"case", record.case_name},
          {"step", record.step},
          {"failed", record.n_failed},
          {"mechanism",
           {{"file", record.mechanism_file}, {"name", record.mechanism_name}, {"fingerprint", record.fingerprint}}},
          {"solver",
           {{"integrator", subproblem::to_string(record.solver.integrator)},
            {"rtol", record.solver.rtol},
            {"atol", record.solver.atol},
            {"max_steps", record.solver.max_steps}}},
          {"reactors", reactors}};
}

FailedReactor parse_failed_reactor(const std::string& text, const std::string& source) {
  return read_reactor(Reader(parse(text, source), source));
}

FailureRecord parse_failure_record(const std::string& text, const std::string& source) {
  const Reader reader(parse(text, source), source);
  const auto mechanism = reader.object("mechanism");
  FailureRecord record{.case_name = reader.text("case"),
                       .step = reader.integer("step"),
                       .n_failed = reader.integer("failed"),
                       .mechanism_file = mechanism.text("file"),
                       .mechanism_name = mechanism.text("name"),
                       .fingerprint = mechanism.text("fingerprint"),
                       .solver = read_solver(reader.object("solver")),
                       .reactors = {}};
  for (const auto& reactor : reader.objects("reactors")) record.reactors.push_back(read_reactor(reactor));
  return record;
}

}  // namespace bimetal::app
