#pragma once

#include <array>

namespace bimetal::flow {

using Position = std::array<double, 3>;  // [m]; axes beyond the grid's dimensions do not matter

}  // namespace bimetal::flow
