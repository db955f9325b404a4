#pragma once

#include <span>

namespace bimetal::conduction {

/// Makes the tangent of a scalar function of n variables agree with how the function has just changed, and otherwise
/// changes it as little as possible: Broyden's good update (Math. Comp. 19 (1965) 577) in scaled variables.
/// tangent: [n] in and out; change: [n] of the variables; scale: [n] what a large change of each is, > 0;
/// change_of_function: in units of tangent * change. A change shorter than least_change, in scaled variables, is
/// ignored: what it changes in the function is mostly the function's own error. Local.
void update_secant(std::span<double> tangent, std::span<const double> change, std::span<const double> scale,
                   double change_of_function, double least_change);

}  // namespace bimetal::conduction
