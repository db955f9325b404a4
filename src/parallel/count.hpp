#pragma once

#include <concepts>
#include <limits>
#include <utility>

#include "core/error.hpp"

// Private to this folder.

namespace bimetal::parallel {

/// How many values MPI is asked to move in one call, which it wants as an int.
int mpi_count(std::integral auto n) {
  VALIDATE(std::in_range<int>(n), "{} values are more than MPI moves in one call", n);
  return static_cast<int>(n);
}

}  // namespace bimetal::parallel
