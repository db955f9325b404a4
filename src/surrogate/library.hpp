#pragma once

#include <string>

namespace bimetal::surrogate {

/// "1.13.1, CPU", or with the number of CUDA devices it finds. Local.
std::string describe_library();

}  // namespace bimetal::surrogate
