#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bimetal::chemistry {

/// Molar gas constant [J/kmol/K], exact since the SI of 2019.
inline constexpr double gas_constant = 8314.46261815324;
/// Standard pressure of the thermodynamic fits [Pa]; a mechanism given at another one is converted on reading.
inline constexpr double standard_pressure = 101325.0;

struct Element {
  std::string name;            // "H"
  double atomic_weight = 0.0;  // [kg/kmol]
};

/// One range of a thermodynamic fit:
///   cp/R = r0/T^2 + r1/T + a0 + a1 T + a2 T^2 + a3 T^3 + a4 T^4, a5 [K] and a6 the constants of enthalpy and
///   entropy.
/// With r = 0 these are NASA's polynomials of seven coefficients (Gordon & McBride, NASA SP-273, 1971), else those of
/// nine (McBride, Zehe & Gordon, NASA/TP-2002-211556).
struct FitRange {
  std::array<double, 7> a{};
  std::array<double, 2> reciprocal{};

  bool has_reciprocal() const { return reciprocal[0] != 0.0 || reciprocal[1] != 0.0; }
  bool operator==(const FitRange&) const = default;
};

/// A thermodynamic fit over one or more ranges of temperature that follow each other.
struct ThermoFit {
  std::vector<double> T;         // [n_ranges + 1] their ends, ascending [K]
  std::vector<FitRange> ranges;  // [n_ranges]

  double T_min() const { return T.front(); }
  double T_max() const { return T.back(); }
};

enum class Geometry : std::uint8_t { atom, linear, nonlinear };

/// Molecular data of gas transport, in the units they are tabulated in.
struct LennardJones {
  Geometry geometry = Geometry::atom;
  double well_depth = 0.0;             // over Boltzmann's constant [K]
  double diameter = 0.0;               // [Angstrom]
  double dipole = 0.0;                 // [Debye]
  double polarizability = 0.0;         // [Angstrom^3]
  double rotational_relaxation = 0.0;  // collision number at 298 K [1]
};

struct Species {
  std::string name;
  std::vector<double> atoms;      // [n_elements] of each element in one molecule
  double molecular_weight = 0.0;  // [kg/kmol]
  ThermoFit thermo;
  std::optional<LennardJones> transport;
};

/// k = A T^b exp(-T_activation / T); A in kmol, m, s by the order of the reaction.
struct Arrhenius {
  double A = 0.0;
  double b = 0.0;
  double T_activation = 0.0;  // activation energy over the gas constant [K]
};

/// Broadening of a falloff curve: F_cent = (1-a) exp(-T/T3) + a exp(-T/T1) + exp(-T2/T), the last term only if T2
/// is given. Gilbert, Luther & Troe, Ber. Bunsenges. Phys. Chem. 87 (1983) 169.
struct Troe {
  double a = 0.0;
  double T3 = 0.0;           // [K]
  double T1 = 0.0;           // [K]
  std::optional<double> T2;  // [K]
};

/// Broadening F = d T^e (a exp(-b/T) + exp(-T/c))^(1 / (1 + (log10 Pr)^2)); without its second term if c is 0.
/// Stewart, Larson & Golden, Combust. Flame 75 (1989) 25; d and e from Kee, Rupley & Miller, SAND89-8009 (1989).
struct Sri {
  double a = 0.0;
  double b = 0.0;  // [K]
  double c = 0.0;  // [K]
  double d = 1.0;
  double e = 0.0;
};

/// Troe's broadening with F_cent = a + b T. Tsang & Herron, J. Phys. Chem. Ref. Data 20 (1991) 609.
struct Tsang {
  double a = 0.0;
  double b = 0.0;  // [1/K]
};

/// Rate constants that hold at one pressure, and add up.
struct RateAtPressure {
  double p = 0.0;  // [Pa]
  std::vector<Arrhenius> terms;
};

/// log10 k = sum of coefficient_tp phi_t(x) phi_p(y), where phi_n is the Chebyshev polynomial of degree n, and x and
/// y are 1/T and log p mapped to [-1, 1]. Venkatesh et al., AIChE J. 43 (1997) 1331.
struct Chebyshev {
  double T_min = 0.0;  // [K]
  double T_max = 0.0;  // [K]
  double p_min = 0.0;  // [Pa]
  double p_max = 0.0;  // [Pa]
  std::size_t n_T = 0;
  std::size_t n_p = 0;
  std::vector<double> coefficients;  // [n_T, n_p], row-major; k in kmol, m, s
};

/// An activation energy that follows the enthalpy of reaction. Blowers & Masel, AIChE J. 46 (2000) 2041.
struct BlowersMasel {
  double intrinsic = 0.0;    // activation energy where the enthalpy of reaction is 0, over the gas constant [K]
  double bond_energy = 0.0;  // mean of the bonds broken and formed, over the gas constant [K]
};

/// One side of an equation, term by term.
struct Term {
  std::size_t species = 0;   // index
  double coefficient = 0.0;  // molecules, may be fractional
};

struct Efficiency {
  std::size_t species = 0;
  double value = 1.0;
};

enum class ReactionKind : std::uint8_t { elementary, three_body, falloff, chemically_activated };

struct Reaction {
  std::string equation;  // as written, for messages
  ReactionKind kind = ReactionKind::elementary;
  std::vector<Term> reactants;  // third body left out
  std::vector<Term> products;
  Arrhenius rate;            // falloff, chemically activated: the high-pressure limit
  Arrhenius low_pressure;    // falloff, chemically activated
  std::optional<Troe> troe;  // broadening of these two; none of the three: Lindemann
  std::optional<Sri> sri;
  std::optional<Tsang> tsang;
  std::vector<RateAtPressure> by_pressure;    // instead of `rate`, by ascending pressure
  std::optional<Chebyshev> chebyshev;         // instead of `rate`
  std::optional<BlowersMasel> blowers_masel;  // instead of the activation energy of `rate`
  std::vector<Term> orders;              // exponents of the forward rate; none: the coefficients of the reactants
  double default_efficiency = 1.0;       // of a third body not listed
  std::vector<Efficiency> efficiencies;  // of the third body
  bool reversible = true;                // reverse rate from equilibrium
  bool duplicate = false;                // declared to share its equation with another line
};

/// Everything a mechanism file says, in SI with kmol: plain data, immutable once read.
struct Mechanism {
  std::string name;    // of the phase
  std::string source;  // file it was read from, for messages
  std::vector<Element> elements;
  std::vector<Species> species;
  std::vector<Reaction> reactions;
  std::vector<std::string> remarks;  // a sentence each: what the reader has chosen, mended or left out

  std::size_t n_elements() const { return elements.size(); }
  std::size_t n_species() const { return species.size(); }
  std::size_t n_reactions() const { return reactions.size(); }

  /// Position of a species or an element by its exact name. Local.
  std::optional<std::size_t> species_index(std::string_view species_name) const;
  std::optional<std::size_t> element_index(std::string_view element_name) const;
  /// A species as a user names it: by its exact name or else, in whatever case, by one that only one species has. A
  /// UserError if several have it. Local.
  std::optional<std::size_t> find_species(std::string_view species_name) const;
  /// The same, but an unknown species is a UserError that suggests the nearest name. Local.
  std::size_t require_species(std::string_view species_name) const;
  std::vector<std::string> species_names() const;

  /// Mass of element e in a unit mass of species k [1]; sums to 1 over the elements.
  double element_mass_fraction(std::size_t e, std::size_t k) const;

  /// Hash of all names and numbers that enter thermodynamics and kinetics, 16 hexadecimal digits. Two mechanisms
  /// of the same fingerprint give the same rates; the file's name, layout and notes do not matter. Local.
  std::string fingerprint() const;
};

}  // namespace bimetal::chemistry
