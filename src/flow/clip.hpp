#pragma once

#include <span>

namespace bimetal::flow {

/// Sets negative mass fractions to zero and takes what that adds from the most abundant species, so that their sum
/// stays as it is. Y: [n_species]. Returns the largest magnitude clipped, 0 if nothing was negative.
///
/// High-order transport leaves undershoots of the order of its truncation error beside steep fronts. Clipping
/// conserves total mass but moves the clipped amount from one species' elements to the carrier's: watch what it
/// returns. Local.
double clip_negative(std::span<double> Y);

}  // namespace bimetal::flow
