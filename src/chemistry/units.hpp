#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace bimetal::chemistry {

/// Exponents of m, kg, s, kmol and K.
using Dimensions = std::array<double, 5>;

namespace dimensions {
inline constexpr Dimensions none{};
inline constexpr Dimensions length{1, 0, 0, 0, 0};
inline constexpr Dimensions mass{0, 1, 0, 0, 0};
inline constexpr Dimensions time{0, 0, 1, 0, 0};
inline constexpr Dimensions quantity{0, 0, 0, 1, 0};
inline constexpr Dimensions temperature{0, 0, 0, 0, 1};
inline constexpr Dimensions energy{2, 1, -2, 0, 0};
inline constexpr Dimensions molar_energy{2, 1, -2, -1, 0};
inline constexpr Dimensions pressure{-1, 1, -2, 0, 0};
}  // namespace dimensions

struct Unit {
  double factor = 1.0;  // in m, kg, s, kmol, K
  Dimensions dimensions{};
};

/// Reads a unit such as "cal/mol", "cm^3/mol/s" or "m^3*kmol^-1*s^-1"; none if it holds a name it does not know.
/// Local.
std::optional<Unit> parse_unit(std::string_view text);

/// A number in SI from "20", "20 atm" or "20atm": without a unit it counts in `plain`. Nothing if it is no number, or
/// its unit has other dimensions. Local.
std::optional<double> parse_quantity(std::string_view text, double plain, const Dimensions& dimensions);

/// The units of plain numbers in a mechanism file; as made, those of a file that names none.
struct UnitSystem {
  double length = 1.0;               // [m]
  double time = 1.0;                 // [s]
  double quantity = 1.0;             // [kmol]
  double energy = 1.0;               // [J]
  double pressure = 1.0;             // [Pa]
  std::optional<double> activation;  // of an activation energy, over the gas constant [K]; else energy / quantity

  double activation_temperature() const;  // [K]
  /// Of a rate constant whose reaction has this order in concentrations, in kmol, m, s.
  double rate_constant(double order) const;
};

/// An activation energy in this unit, over the gas constant [K]; none if the unit is not one of energy per quantity,
/// of energy (per molecule), or of temperature. Local.
std::optional<double> activation_temperature(const Unit& unit);

/// Dimensions of a rate constant whose reaction has this order in concentrations. Local.
Dimensions rate_dimensions(double order);

}  // namespace bimetal::chemistry
