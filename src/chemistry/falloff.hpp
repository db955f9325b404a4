#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "chemistry/mechanism.hpp"

namespace bimetal::chemistry {

/// Falloff reactions side by side, [size()] each: what their high-pressure rate is multiplied by, Pr / (1 + Pr) * F,
/// and its derivatives; for chemically activated ones what their low-pressure rate is multiplied by, 1 / (1 + Pr) *
/// F. Lindemann's form, F = 1, is kept as a Troe curve with F_cent = 1. Gilbert, Luther & Troe, Ber. Bunsenges. Phys.
/// Chem. 87 (1983) 169, in the form of Kee, Coltrin & Glarborg, Chemically Reacting Flow (2003), eqs. 9.118-9.123;
/// for the rarer forms see Sri and Tsang. They and chemical activation amend what the loops for Troe give. All
/// functions Local.
class FalloffTable {
 public:
  void add(const Reaction& reaction);

  std::size_t size() const { return log_A_ratio_.size(); }
  /// How many exponentials of T alone the factors need.
  std::size_t n_exponents() const { return 4 * size(); }

  /// Fills their arguments, [n_exponents()]. T [K], log_T: ln T.
  void exponents(double T, double log_T, std::span<double> arguments) const;

  /// The factors at T from those exponentials and the third-body concentrations M [size()] [kmol/m^3]; value:
  /// [size()].
  void factors(double T, std::span<const double> exponentials, std::span<const double> M, std::span<double> value);

  /// Derivatives of the factors of the last call: by M at fixed T [m^3/kmol], by T at fixed M [1/K], [size()] each.
  void derivatives(double T, std::span<const double> exponentials, std::span<double> by_M,
                   std::span<double> by_T) const;

 private:
  // k_0 / k_inf, and F_cent = (1-a) exp(-T/T3) + a exp(-T/T1) + exp(-T2/T).
  std::vector<double> log_A_ratio_;
  std::vector<double> b_difference_;
  std::vector<double> T_activation_difference_;  // [K]
  std::vector<double> a_;
  std::vector<double> inverse_T3_;  // [1/K]
  std::vector<double> inverse_T1_;  // [1/K]
  std::vector<double> T2_;          // [K]

  /// A row that is not Troe's, or chemically activated.
  struct Amended {
    std::size_t row;
    bool activated;
    std::optional<Tsang> tsang;
    std::optional<Sri> sri;
    // The last call of factors() leaves here F = d T^e base^exponent of sri.
    double log_base = 0.0;
    double log_base_by_T = 0.0;  // [1/K]
    double exponent = 0.0;
  };
  std::vector<Amended> amended_;

  struct Slopes {
    double by_log_Pr;  // d ln F / d ln Pr
    double by_T;       // d ln F / d T at fixed Pr [1/K]
  };
  void broaden(Amended& amended, double T);
  static Slopes troe_slopes(double log_centre, double log_Pr, double bell, double log_centre_by_T);
  Slopes slopes_of(const Amended& amended, double T, std::span<const double> exponentials) const;

  // Of the last call of factors().
  std::vector<double> logs_;        // [2 size(), padded] ln F_cent, ln Pr
  std::vector<double> pressure_;    // [size()] Pr
  std::vector<double> centre_;      // [size()] F_cent
  std::vector<double> bell_;        // [size()] log F / log F_cent
  std::vector<double> broadening_;  // [size(), padded] F
};

}  // namespace bimetal::chemistry
