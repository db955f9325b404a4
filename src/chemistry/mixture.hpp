#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chemistry/mechanism.hpp"

namespace bimetal::chemistry {

/// Relative amounts of species by name, such as {CH4: 0.7, H2: 0.3}.
struct Blend {
  std::vector<std::pair<std::string, double>> parts;  // amounts >= 0, not all of them 0

  Blend() = default;
  Blend(const char* species) : parts{{species, 1.0}} {}         // NOLINT: a name is a blend of one
  Blend(const std::string& species) : parts{{species, 1.0}} {}  // NOLINT

  bool operator==(const Blend&) const = default;
  std::string text() const;  // "CH4:0.7,H2:0.3", or the name alone of one species
};

/// Reads what Blend::text() writes; nothing if it is no such list, or if an amount is negative. A name may hold
/// commas. Local.
std::optional<Blend> parse_blend(std::string_view text);

enum class Basis { mole, mass };
inline constexpr std::array<std::pair<const char*, Basis>, 2> basis_names{
    {{"mole", Basis::mole}, {"mass", Basis::mass}}};

/// What is mixed: fuel and oxidiser, each with what dilutes it.
struct Reactants {
  Blend fuel = "H2";
  Blend oxidizer{};           // empty: air, O2 + 3.76 N2 by mole
  Basis basis = Basis::mole;  // of the amounts in both blends

  /// In words, for messages and headings: "CH4:0.7,H2:0.3 in air".
  std::string text() const;
};

/// Mass fractions [n_species] of fuel mixed with oxidiser at equivalence ratio phi [1]: phi = 1 is what burns to CO2,
/// H2O, N2 and SO2 without oxygen left over. UserError: a species the mechanism lacks, a fuel that holds other
/// elements (but for noble gases) or does not burn, an oxidiser without oxygen to give, a negative phi. Local.
std::vector<double> reactant_mixture(const Mechanism& mechanism, const Reactants& reactants, double phi);

/// Mole fractions [n_species] of a blend. Local.
std::vector<double> blend_mole_fractions(const Mechanism& mechanism, const Blend& blend, Basis basis);

/// Mass fractions of the oxidiser alone. Local.
std::vector<double> oxidizer_mixture(const Mechanism& mechanism, const Reactants& reactants);

/// reactant_mixture() of a fuel and air. Local.
std::vector<double> fuel_air_mixture(const Mechanism& mechanism, std::string_view fuel, double phi);

/// Mass fractions of plain air (O2 + 3.76 N2). Local.
std::vector<double> air(const Mechanism& mechanism);

/// Moles of O2 that burn a mole of species k to CO2, H2O, N2 and SO2; negative if it has oxygen to give; nothing if
/// it holds other elements than C, H, O, N, S and those of the noble gases. Local.
std::optional<double> oxygen_need(const Mechanism& mechanism, std::size_t k);

/// Mass of O2 that burns a unit mass of the fuel completely [1]. UserError as above. Local.
double stoichiometric_oxygen(const Mechanism& mechanism, std::string_view fuel);

}  // namespace bimetal::chemistry
