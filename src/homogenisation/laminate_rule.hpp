#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "homogenisation/field.hpp"
#include "homogenisation/law_at.hpp"
#include "homogenisation/mixed_pixels.hpp"

namespace bimetal::homogenisation {

/// Fluxes and conductivities of mixed pixels by the rule of the laminate (composite voxels: Kabel, Merkert &
/// Schneider, Comput. Methods Appl. Mech. Eng. 294 (2015) 168). Across the border, with normal n, the gradient jumps
/// by a vector along n, which leaves its mean g over the pixel:
///
///   W(g) = min over e of (1-f) W_m(g - f e g_n n) + f W_i(g + (1-f) e g_n n),
///
/// f the inclusion's part; so both phases carry the same flux across the border. W is convex and between the bounds
/// of Reuss and Voigt. Local.
class LaminateRule {
 public:
  /// Of one pixel, along its diagonals as in DiagonalConductivity.
  struct Flux {
    double u, v;     // along the diagonals
    double z;        // along the fibres, per g_z
    double A, B, C;  // derivatives of u, v by the differences along the diagonals
  };
  /// Derivatives of the flux in the plane, and of the one along the fibres, by g_z and by T.
  struct Coupling {
    double u_z, v_z, u_T, v_T, zz, zT;
  };

  /// What follows is of these pixels, or of none if null. Borrowed.
  void begin(const MixedPixels* pixels);

  /// At the mean gradient G + grad w. The jumps found serve as a start for the next ones.
  void evaluate(const LawAt& matrix, const LawAt& inclusion, const std::array<double, 3>& G, const Field<double>& w);
  /// At the gradient of the last evaluation.
  void couple(const LawAt& matrix, const LawAt& inclusion, double gz);

  std::size_t size() const { return pixels_ == nullptr ? 0 : pixels_->size(); }
  const MixedPixels& pixels() const { return *pixels_; }
  std::span<const Flux> fluxes() const { return {fluxes_.data(), size()}; }
  std::span<const Coupling> couplings() const { return {couplings_.data(), size()}; }

 private:
  struct State;
  State state(std::size_t k) const;
  void guess_jumps(const LawAt& matrix, const LawAt& inclusion, std::size_t first, std::size_t count);
  void find_jumps(const LawAt& matrix, const LawAt& inclusion, std::size_t first, std::size_t count);
  void assemble(std::size_t first, std::size_t count);

  const MixedPixels* pixels_ = nullptr;
  bool has_start_ = false;
  std::vector<double> normal_, along_, other2_;  // g_n, the part of g along the border in the plane, and all but g_n²
  std::vector<double> jump_, rest_;              // e, and what a Newton step would still add to it
  std::vector<double> a_m_, b_m_, a_i_, b_i_;    // moduli of the two phases
  std::vector<Flux> fluxes_;
  std::vector<Coupling> couplings_;
};

}  // namespace bimetal::homogenisation
