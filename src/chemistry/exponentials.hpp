#pragma once

#include <span>

namespace bimetal::chemistry {

/// Replaces every x by exp(x), x clamped to [-700, 700] so that neither overflow nor a denormal number comes out.
/// A plain loop of arithmetic that compilers turn into vector instructions, several times faster than std::exp
/// one by one; within 2 units in the last place. Local.
void exponentials(std::span<double> values);

}  // namespace bimetal::chemistry
