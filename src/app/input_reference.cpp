#include "app/input_reference.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <vector>

#include "app/run_config.hpp"
#include "core/error.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"

namespace bimetal::app {
namespace {

using config::Key;
using config::Keys;
namespace type = config::type;

/// A section of the input with all its keys; "" is the top level.
struct Place {
  std::string path;   // "flow.inflow.x_lower", of several that are alike the first
  std::string shown;  // "flow.inflow.x_lower, x_upper, …"
  std::string meaning;
  const Keys* keys;
};

std::string joined(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

std::string replaced(std::string text, const std::string& part, const std::string& other) {
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += other.size())
    text.replace(at, part.size(), other);
  return text;
}

/// The names of a key, as a reader sees them: "x, y, z"; and the first of them.
std::string listed(const Key& key) { return replaced(key.names, "|", ", "); }
std::string first_name(const Key& key) { return key.names.substr(0, key.names.find('|')); }

/// Sections under a table of keys, each before those within it.
void collect(const Place& outer, std::vector<Place>& places) {
  for (const auto& key : *outer.keys) {
    if (!key.type.inside) continue;
    const auto path = joined(outer.path, first_name(key));
    places.push_back({path, joined(outer.path, listed(key)), key.meaning, key.type.inside});
    collect(Place(places.back()), places);
  }
}
std::vector<Place> places_of(const Keys& keys) {
  std::vector<Place> places{{"", "", "", &keys}};
  collect(Place(places.front()), places);
  return places;
}

/// What a value must be: "one of a, b", "number greater than 0".
std::string accepted(const Key& key) {
  if (!key.type.choices.empty()) return fmt::format("{}", fmt::join(key.type.choices, ", "));
  const auto& range = key.range;
  if (std::isfinite(range.min) && std::isfinite(range.max))
    return fmt::format("{} {} {} to {}", key.type.words, range.min_excluded ? "above" : "from", range.min, range.max);
  if (std::isfinite(range.min))
    return fmt::format("{}, {} {}", key.type.words, range.min_excluded ? "greater than" : "at least", range.min);
  return key.type.words;
}

std::string absence(const Key& key) {
  const auto value = config::value_if_absent(key);
  if (!value) return key.absent.words;
  return key.absent.words.empty() ? *value : *value + ", " + key.absent.words;
}

std::string unit(const Key& key) { return key.unit.empty() || key.unit == "1" ? "" : " [" + key.unit + "]"; }

/// Every table of the top level once, with what it belongs to.
std::vector<std::pair<std::string, const Keys*>> top_level() {
  std::vector<std::pair<std::string, const Keys*>> tables;
  for (const auto& physics : all_physics())
    for (const auto* keys : input_keys(physics)) {
      const bool own = keys == &physics.keys();
      if (std::ranges::none_of(tables, [keys](const auto& table) { return table.second == keys; }))
        tables.emplace_back(own ? physics.name : "", keys);
    }
  std::ranges::stable_partition(tables, [](const auto& table) { return table.first.empty(); });
  return tables;
}

void append(const std::string& path, const Key& key, std::string& text) {
  text += fmt::format("{}{}\n    {}\n    {}; if absent: {}\n", joined(path, listed(key)), unit(key), key.meaning,
                      accepted(key), absence(key));
}

/// Text as one cell of a table.
std::string cell(const std::string& text) { return replaced(text, "|", "\\|"); }

std::string markdown(const Keys& keys) {
  std::string text = "| key | value | unit | if absent | meaning |\n|---|---|---|---|---|\n";
  for (const auto& key : keys)
    text += fmt::format("| `{}` | {} | {} | {} | {} |\n", listed(key), cell(accepted(key)), key.unit,
                        cell(absence(key)), cell(key.meaning));
  return text;
}

/// Whether an input to begin with must give a key.
bool is_needed(const Key& key) {
  return key.absent.words.starts_with("required") && !key.absent.words.starts_with("required of");
}

/// A comment in lines that are not too long.
void write_comment(const std::string& margin, const std::string& words, std::string& text) {
  constexpr std::size_t longest = 110;
  std::string line = margin + "#";
  std::istringstream stream(words);
  for (std::string word; stream >> word; line += " " + word)
    if (line.size() + 1 + word.size() > longest) {
      text += line + "\n";
      line = margin + "#";
    }
  text += line + "\n";
}

/// commented: the section is left out, so all its keys are.
void write_template(const Keys& keys, std::size_t depth, bool commented, std::string& text) {
  const std::string margin(2 * depth, ' ');
  for (const auto& key : keys) {
    const bool is_section = key.type.inside && key.type.words == type::section({}).words;
    const bool has_needed = key.type.inside && std::ranges::any_of(*key.type.inside, is_needed);
    // A section of which nothing must be given is there, so that to give a key is to take a comment away.
    const bool left_out = commented || (!is_needed(key) && (!is_section || has_needed));
    const std::string start = margin + (left_out ? "# " : "") + first_name(key) + ":";
    if (is_section) {
      text += "\n";
      write_comment(margin, key.meaning, text);
      text += start + "\n";
      write_template(*key.type.inside, depth + 1, left_out, text);
      continue;
    }
    const auto usual = config::value_if_absent(key);
    const auto& words = key.absent.words;
    write_comment(margin,
                  fmt::format("{}{} {}{}.", key.meaning, unit(key), accepted(key),
                              words.empty() ? "" : (usual ? "; " : "; if absent: ") + words),
                  text);
    const auto value = key.absent.example.empty() ? usual.value_or("") : key.absent.example;
    text += start + (value.empty() ? "" : " " + value) + "\n";
  }
}

}  // namespace

std::string keys_as_text(const std::string& section) {
  std::string text;
  std::vector<std::string> known;
  for (const auto& [owner, keys] : top_level()) {
    std::string part;
    for (const auto& place : places_of(*keys)) {
      if (!place.path.empty()) known.push_back(place.path);
      const bool within = section.empty() || place.path == section || place.path.starts_with(section + ".");
      for (const auto& key : *place.keys)
        if (within || joined(place.path, first_name(key)) == section) append(place.path, key, part);
    }
    if (!part.empty() && !owner.empty()) text += fmt::format("Of physics: {}\n\n", owner);
    if (!part.empty()) text += part + "\n";
  }
  if (text.empty()) {
    const auto close = core::nearest(section, known);
    std::ranges::sort(known);
    known.erase(std::ranges::unique(known).begin(), known.end());
    throw core::UserError::format("there is no section {} in an input{}; the sections are {}",
                                  core::one_line(section, 80), close.empty() ? "" : " (did you mean " + close + "?)",
                                  fmt::join(known, ", "));
  }
  return text;
}

std::string keys_as_markdown() {
  std::string text =
      "# Keys of an input\n\n"
      "`bimetal keys --markdown` writes this page from the tables that inputs are read by; `bimetal keys SECTION` "
      "prints\n"
      "a part of it, `bimetal init PHYSICS` an input with all of it, and `bimetal check --resolved INPUT` what a "
      "run\n"
      "would use.\n\n"
      "A unit of 1 means none. Scales are what an error of 1 means for each output (`switching.scales`), tolerances\n"
      "parts of them (`switching.tolerance`).\n";
  for (const auto& [owner, keys] : top_level()) {
    const std::string of = owner.empty() ? "" : fmt::format(" (physics: {})", owner);
    for (const auto& place : places_of(*keys)) {
      if (place.path.empty() && std::ranges::all_of(*keys, [](const Key& key) { return key.type.inside; })) continue;
      text += place.path.empty() ? "\n## Top level\n\n"
                                 : fmt::format("\n## `{}`{}\n\n{}\n\n", place.shown, of, place.meaning);
      text += markdown(*place.keys);
    }
  }
  return text;
}

std::string input_to_begin_with(const std::string& physics) {
  const auto found = std::ranges::find(all_physics(), physics, &PhysicsEntry::name);
  if (found == all_physics().end()) {
    std::vector<std::string> names;
    for (const auto& entry : all_physics()) names.emplace_back(entry.name);
    const auto close = core::nearest(physics, names);
    throw core::UserError::format("there is no physics {}{}; give one of {}", core::one_line(physics, 80),
                                  close.empty() ? "" : " (did you mean " + close + "?)", fmt::join(names, ", "));
  }
  std::string text = fmt::format(
      "# An input of {0} to begin with. What is commented out has the value shown, or none, unless you give it.\n"
      "# Check it with bimetal check FILE, and run it with mpirun -n 2 bimetal run FILE.\n\nphysics: {0}\n",
      physics);
  for (const auto* keys : input_keys(*found)) {
    Keys wanted;
    std::ranges::copy_if(*keys, std::back_inserter(wanted),
                         [](const Key& key) { return key.names != "physics" && key.names != "faults"; });
    write_template(wanted, 0, false, text);
  }
  return text;
}

}  // namespace bimetal::app
