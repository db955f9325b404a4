#include "chemistry/third_body_reader.hpp"

#include <cmath>
#include <optional>
#include <vector>

#include "chemistry/key_check.hpp"
#include "core/nearest.hpp"

namespace bimetal::chemistry {
namespace {

using Collider = Equation::Collider;

class ThirdBodyReader {
 public:
  ThirdBodyReader(const ThirdBodySource& from, Reaction& reaction) : from_(from), reaction_(reaction) {}

  void read();

 private:
  void read_one_collider(const std::string& name);
  void read_efficiencies(const YamlValue& efficiencies);
  void check_efficiency(const YamlValue& value, const std::string& name) const;
  std::optional<std::string> written_collider() const;
  void use_collider(const std::string& name);

  const ThirdBodySource& from_;
  Reaction& reaction_;
};

void ThirdBodyReader::read() {
  if (from_.equation.collider == Collider::one_falloff) return read_one_collider(from_.equation.collider_species);
  const auto efficiencies = from_.entry.find("efficiencies");
  const auto default_efficiency = from_.entry.find("default-efficiency");
  if (reaction_.kind == ReactionKind::elementary) {
    const auto collider = written_collider();
    if (!collider && from_.form.collider == ReactionForm::Collider::required)
      from_.entry.fail("a three-body reaction needs M, or one species that is on both sides");
    if (!efficiencies && !default_efficiency) return;
    if (!collider) from_.entry.fail("efficiencies are given, but there is no third body M");
    read_one_collider(*collider);
    if (reaction_.efficiencies.front().value != 1.0) return use_collider(*collider);
    reaction_.efficiencies.clear();  // an elementary reaction of the same rate
    reaction_.default_efficiency = 1.0;
    return;
  }
  if (default_efficiency) {
    reaction_.default_efficiency = default_efficiency->number();
    check_efficiency(*default_efficiency, "unlisted species");
  }
  if (efficiencies) read_efficiencies(*efficiencies);
}

/// A third body that is one species: its efficiency is 1 if none is given, that of all others 0.
void ThirdBodyReader::read_one_collider(const std::string& name) {
  double own = 1.0;
  if (const auto efficiencies = from_.entry.find("efficiencies"))
    for (const auto& [other, value] : efficiencies->entries()) {
      if (other != name)
        value.fail("with the third body {} written out, {} has no efficiency; write M instead", name, other);
      check_efficiency(value, name);
      own = value.number();
    }
  if (const auto value = from_.entry.find("default-efficiency"); value && value->number() != 0.0)
    value->fail("with the third body {} written out the efficiency of all others is 0; write M instead", name);
  reaction_.default_efficiency = 0.0;
  reaction_.efficiencies = {{require_declared(from_.entry, from_.mechanism, name), own}};
}

void ThirdBodyReader::read_efficiencies(const YamlValue& efficiencies) {
  for (const auto& [name, value] : efficiencies.entries()) {
    if (!from_.mechanism.species_index(name) && from_.undeclared == UndeclaredThirdBodies::skip) continue;
    check_efficiency(value, name);
    reaction_.efficiencies.push_back({require_declared(from_.entry, from_.mechanism, name), value.number()});
  }
}

void ThirdBodyReader::check_efficiency(const YamlValue& value, const std::string& name) const {
  constexpr double largest = 1e6;
  const double number = value.number();
  if (number < 0.0) value.fail("the efficiency of {} is negative", name);
  if (number > largest) value.fail("the efficiency of {} is beyond {}; correct it", name, largest);
}

/// The species on both sides that is the third body, by the rules of the format: with type three-body the only one
/// there, and without a type the only one if all coefficients are whole and a side has three molecules. Where there
/// are several the efficiencies may name it.
std::optional<std::string> ThirdBodyReader::written_collider() const {
  if (from_.form.collider == ReactionForm::Collider::none) return std::nullopt;
  std::vector<std::string> shared;
  double n_left = 0.0;
  double n_right = 0.0;
  bool whole = true;
  for (const auto& left : from_.equation.reactants) {
    n_left += left.coefficient;
    whole = whole && left.coefficient == std::trunc(left.coefficient);
    for (const auto& right : from_.equation.products)
      if (left.species == right.species && left.coefficient >= 1.0 && right.coefficient >= 1.0)
        shared.insert(shared.end(), left.coefficient > 1.0 && right.coefficient > 1.0 ? 2 : 1, left.species);
  }
  for (const auto& right : from_.equation.products) {
    n_right += right.coefficient;
    whole = whole && right.coefficient == std::trunc(right.coefficient);
  }
  const bool required = from_.form.collider == ReactionForm::Collider::required;
  if (shared.size() == 1 && (required || (whole && (n_left == 3.0 || n_right == 3.0)))) return shared.front();
  const auto efficiencies = from_.entry.find("efficiencies");
  if (shared.size() < 2 || !efficiencies || efficiencies->entries().size() != 1) return std::nullopt;
  const std::string named = efficiencies->entries().front().first;
  return contains(shared, named) ? std::optional(named) : std::nullopt;
}

/// Turns one molecule of the species on either side into the third body.
void ThirdBodyReader::use_collider(const std::string& name) {
  for (auto* side : {&reaction_.reactants, &reaction_.products}) {
    for (auto& term : *side)
      if (term.species == require_declared(from_.entry, from_.mechanism, name)) term.coefficient -= 1.0;
    std::erase_if(*side, [](const Term& term) { return !(term.coefficient > 0.0); });
  }
  reaction_.kind = ReactionKind::three_body;
}

}  // namespace

void read_third_body(const ThirdBodySource& from, Reaction& reaction) { ThirdBodyReader(from, reaction).read(); }

std::size_t require_declared(const YamlValue& entry, const Mechanism& mechanism, const std::string& name) {
  if (const auto index = mechanism.species_index(name)) return *index;
  const std::string near = core::nearest(name, mechanism.species_names());
  entry.fail("species \"{}\" is not declared; {}", name,
             near.empty() ? "add it to the species of the phase" : "did you mean \"" + near + "\"?");
}

}  // namespace bimetal::chemistry
