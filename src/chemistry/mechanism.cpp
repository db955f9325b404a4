#include "chemistry/mechanism.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>

#include "core/error.hpp"
#include "core/fingerprint.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"

namespace bimetal::chemistry {
namespace {

using core::Fingerprint;

template <class Named>
std::optional<std::size_t> index_of(const std::vector<Named>& all, std::string_view name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Named& one) { return one.name == name; });
  if (found == all.end()) return std::nullopt;
  return static_cast<std::size_t>(found - all.begin());
}

/// A fit over one range counts as one over two that are alike, as in earlier versions.
void add(Fingerprint& print, const ThermoFit& fit) {
  const bool one = fit.ranges.size() == 1;
  for (double value : fit.T) print.add(value);
  if (one) print.add(fit.T_max());
  for (std::size_t i = 0; i < fit.ranges.size() + (one ? 1 : 0); ++i) {
    const auto& range = fit.ranges[one ? 0 : i];
    for (double value : range.a) print.add(value);
    if (!range.has_reciprocal()) continue;
    for (double value : range.reciprocal) print.add(value);
  }
}

void add(Fingerprint& print, const Arrhenius& rate) {
  for (double value : {rate.A, rate.b, rate.T_activation}) print.add(value);
}

void add(Fingerprint& print, const std::vector<Term>& side) {
  print.add(static_cast<std::uint64_t>(side.size()));
  for (const auto& term : side) {
    print.add(static_cast<std::uint64_t>(term.species));
    print.add(term.coefficient);
  }
}

/// What few reactions have. Each part begins with its name, and what is not there leaves no trace, so that mechanisms
/// without any of it keep the fingerprints that they had before these parts existed.
void add_special(Fingerprint& print, const Reaction& reaction) {
  const auto add_part = [&](const char* name, std::initializer_list<double> values) {
    print.add(std::string(name));
    for (double value : values) print.add(value);
  };
  if (const auto& sri = reaction.sri) add_part("SRI", {sri->a, sri->b, sri->c, sri->d, sri->e});
  if (const auto& tsang = reaction.tsang) add_part("Tsang", {tsang->a, tsang->b});
  for (const auto& point : reaction.by_pressure) {
    add_part("at pressure", {point.p});
    for (const auto& rate : point.terms) add(print, rate);
  }
  if (const auto& fit = reaction.chebyshev) {
    add_part("Chebyshev", {fit->T_min, fit->T_max, fit->p_min, fit->p_max, static_cast<double>(fit->n_T)});
    for (double coefficient : fit->coefficients) print.add(coefficient);
  }
  if (const auto& energy = reaction.blowers_masel)
    add_part("Blowers-Masel", {energy->intrinsic, energy->bond_energy});
  if (!reaction.orders.empty()) {
    add_part("orders", {});
    add(print, reaction.orders);
  }
}

void add(Fingerprint& print, const Reaction& reaction) {
  print.add(static_cast<std::uint64_t>(reaction.kind));
  print.add(static_cast<std::uint64_t>(reaction.reversible));
  add(print, reaction.reactants);
  add(print, reaction.products);
  add(print, reaction.rate);
  add(print, reaction.low_pressure);
  print.add(reaction.default_efficiency);
  print.add(static_cast<std::uint64_t>(reaction.efficiencies.size()));
  for (const auto& efficiency : reaction.efficiencies) {
    print.add(static_cast<std::uint64_t>(efficiency.species));
    print.add(efficiency.value);
  }
  print.add(static_cast<std::uint64_t>(reaction.troe.has_value()));
  if (reaction.troe) {
    for (double value : {reaction.troe->a, reaction.troe->T3, reaction.troe->T1}) print.add(value);
    print.add(static_cast<std::uint64_t>(reaction.troe->T2.has_value()));
    print.add(reaction.troe->T2.value_or(0.0));
  }
  add_special(print, reaction);
}

}  // namespace

std::optional<std::size_t> Mechanism::species_index(std::string_view species_name) const {
  return index_of(species, species_name);
}

std::optional<std::size_t> Mechanism::element_index(std::string_view element_name) const {
  return index_of(elements, element_name);
}

std::optional<std::size_t> Mechanism::find_species(std::string_view species_name) const {
  if (const auto index = species_index(species_name)) return index;
  const auto found = core::find_name(species_name, species_names());
  if (found.size() > 1)
    throw core::UserError::format("\"{}\" may be species \"{}\" or \"{}\" of the mechanism {}; write it as there",
                                  core::one_line(species_name, 80), species[found[0]].name, species[found[1]].name,
                                  source);
  if (found.empty()) return std::nullopt;
  return found.front();
}

std::size_t Mechanism::require_species(std::string_view species_name) const {
  if (const auto index = find_species(species_name)) return *index;
  const std::string near = core::nearest(species_name, species_names());
  throw core::UserError::format("species \"{}\" is not in the mechanism {}{}", core::one_line(species_name, 80),
                                source,
                                near.empty() ? "; use one of its species" : "; did you mean \"" + near + "\"?");
}

std::vector<std::string> Mechanism::species_names() const {
  std::vector<std::string> names;
  for (const auto& one : species) names.push_back(one.name);
  return names;
}

double Mechanism::element_mass_fraction(std::size_t e, std::size_t k) const {
  return species[k].atoms[e] * elements[e].atomic_weight / species[k].molecular_weight;
}

std::string Mechanism::fingerprint() const {
  Fingerprint print;
  for (const auto& element : elements) {
    print.add(element.name);
    print.add(element.atomic_weight);
  }
  for (const auto& one : species) {
    print.add(one.name);
    for (double atoms : one.atoms) print.add(atoms);
    add(print, one.thermo);
  }
  for (const auto& reaction : reactions) add(print, reaction);
  return print.hex();
}

}  // namespace bimetal::chemistry
