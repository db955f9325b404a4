#pragma once

#include <functional>

#include "flow/initial.hpp"
#include "flow/initial_box.hpp"

namespace bimetal::flow {

/// How much of the second gas is at a place: 0 to 1.
using SecondGasShare = std::function<double(const Position&)>;

/// UserError if the options make no region of the box, or no gas. Local.
SecondGasShare second_gas_share(const SecondGas& second, const Box& box);

}  // namespace bimetal::flow
