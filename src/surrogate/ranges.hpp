#pragma once

#include <vector>

#include "core/rows.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::surrogate {

/// Smallest and largest value of every input of some rows: [n_in] each, empty without rows.
struct Ranges {
  std::vector<double> lower;
  std::vector<double> upper;
};

/// Of the rows of all ranks. Collective.
Ranges ranges_of(core::ConstRows rows, const parallel::Communicator& comm);

}  // namespace bimetal::surrogate
