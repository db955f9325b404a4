#include "chemistry/reaction_form.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "chemistry/key_check.hpp"
#include "core/nearest.hpp"

namespace bimetal::chemistry {
namespace {

using Collider = ReactionForm::Collider;
using Keys = std::vector<std::string>;

struct Rate {
  RateForm form;
  const char* type;
  Keys keys;  // that no other form has, but for those that share their numbers
};

const std::vector<Rate>& all_rates() {
  static const Keys limits{"high-P-rate-constant", "low-P-rate-constant", "Troe", "SRI", "Tsang"};
  static const std::vector<Rate> rates{
      {RateForm::arrhenius, "Arrhenius", {"rate-constant"}},
      {RateForm::falloff, "falloff", limits},
      {RateForm::chemically_activated, "chemically-activated", limits},
      {RateForm::by_pressure, "pressure-dependent-Arrhenius", {"rate-constants"}},
      {RateForm::chebyshev, "Chebyshev", {"temperature-range", "pressure-range", "data"}},
      {RateForm::blowers_masel, "Blowers-Masel", {"rate-constant"}},
  };
  return rates;
}

const Rate& rate_of(RateForm form) {
  return *std::find_if(all_rates().begin(), all_rates().end(), [&](const Rate& rate) { return rate.form == form; });
}

bool by_third_body(RateForm form) { return form == RateForm::falloff || form == RateForm::chemically_activated; }

/// The words of the format, and those that Cantera prints for a reaction's type.
std::optional<ReactionForm> form_of(std::string_view word) {
  constexpr std::string_view prefix = "three-body-";
  ReactionForm form;
  if (word == "elementary" || word == "three-body") {
    form.collider = word == "elementary" ? Collider::none : Collider::required;
    return form;
  }
  if (word.starts_with(prefix)) {
    word.remove_prefix(prefix.size());
    form.collider = Collider::required;
    if (word == "elementary") return form;
  }
  for (const auto& rate : all_rates()) {
    form.rate = rate.form;
    if (word == rate.type && (form.collider == Collider::possible || !by_third_body(rate.form))) return form;
  }
  if (form.collider == Collider::required) return std::nullopt;
  for (const char* broadening : {"Lindemann", "Troe", "SRI", "Tsang"}) {
    form.broadening = broadening;
    for (const auto kind : {RateForm::falloff, RateForm::chemically_activated}) {
      form.rate = kind;
      if (word == std::string(rate_of(kind).type) + "-" + broadening) return form;
    }
    form.rate = RateForm::falloff;
    if (word == broadening) return form;
  }
  return std::nullopt;
}

[[noreturn]] void refuse_type(const YamlValue& type) {
  static const Keys known{
      "elementary", "three-body",   "falloff", "chemically-activated", "pressure-dependent-Arrhenius",
      "Chebyshev",  "Blowers-Masel"};
  type.fail("type \"{}\" is not supported; supported are {}", type.text(), fmt::join(known, ", "));
}

/// The third body that the equation has must be one that the rate knows what to do with.
void check_third_body(const YamlValue& entry, const ReactionForm& form, const Equation& equation) {
  using Written = Equation::Collider;
  const bool in_parentheses = equation.collider == Written::any_falloff || equation.collider == Written::one_falloff;
  const bool by_pressure = form.rate == RateForm::by_pressure || form.rate == RateForm::chebyshev;
  if (by_third_body(form.rate)) {
    if (!in_parentheses)
      entry.fail("a {} reaction needs (+M), or a species in its place, on both sides", rate_of(form.rate).type);
  } else if (by_pressure) {
    // An old custom marks the pressure dependence of Chebyshev rates by (+M).
    const bool marked = form.rate == RateForm::chebyshev && equation.collider == Written::any_falloff;
    if (equation.collider != Written::none && !marked)
      entry.fail("the numbers of a {} rate hold all its dependence on pressure; remove the third body",
                 rate_of(form.rate).type);
  } else if (form.collider == Collider::none && equation.collider != Written::none) {
    entry.fail("an elementary reaction has no third body; set type: three-body");
  } else if (in_parentheses) {
    entry.fail("its third body is in parentheses; set type: falloff");
  }
}

}  // namespace

ReactionKind ReactionForm::kind(bool with_M) const {
  if (rate == RateForm::falloff) return ReactionKind::falloff;
  if (rate == RateForm::chemically_activated) return ReactionKind::chemically_activated;
  return with_M ? ReactionKind::three_body : ReactionKind::elementary;
}

ReactionForm read_form(const YamlValue& entry, const Equation& equation) {
  using Written = Equation::Collider;
  ReactionForm form;
  if (const auto type = entry.find("type")) {
    const auto named = form_of(type->text());
    if (!named) refuse_type(*type);
    form = *named;
  } else if (equation.collider == Written::any_falloff || equation.collider == Written::one_falloff) {
    form.rate = RateForm::falloff;
  }
  check_third_body(entry, form, equation);
  return form;
}

void check_reaction_keys(const YamlValue& entry, RateForm form) {
  static const Keys common{"equation",          "type",   "duplicate",       "negative-A",   "units",
                           "reversible",        "orders", "negative-orders", "efficiencies", "default-efficiency",
                           "nonreactant-orders"};
  static const Keys harmless{"id",         "note",   "notes", "comment",    "comments",         "reference",
                             "references", "source", "date",  "rate-units", "rate-coeff-units", "uncertainty",
                             "doi"};
  // Of surfaces, plasmas and mixture rules.
  static const Keys unsupported{"colliders",     "sticking-coefficient",
                                "Motz-Wise",     "sticking-species",
                                "beta",          "coverage-dependencies",
                                "energy-levels", "cross-sections",
                                "threshold",     "exchange-current-density-formulation"};
  const Rate& own = rate_of(form);
  for (const auto& [key, value] : entry.entries()) {
    if (contains(unsupported, key)) value.fail("\"{}\" is not supported; leave the reaction out or refit it", key);
    if (contains(own.keys, key)) continue;
    for (const auto& other : all_rates())
      if (contains(other.keys, key))
        value.fail(
            "a reaction with a rate of type {} has no \"{}\"; remove it, or restore the reaction it belongs to",
            own.type, key);
  }
  Keys read = common;
  read.insert(read.end(), own.keys.begin(), own.keys.end());
  refuse_misspelt_keys(entry, read, harmless);
  for (const auto& [key, value] : entry.entries())
    if (!value.is_scalar() && !contains(read, key) && !contains(harmless, key))
      value.fail("unknown key \"{}\"; remove it, or turn it into a note", key);
}

}  // namespace bimetal::chemistry
