#pragma once

#include <string>

#include "parallel/communicator.hpp"

namespace bimetal::parallel {

/// UserError, the same on every rank, unless all ranks give the same text: "rank 3 <does> one thing, but rank 0
/// another; <advice>". Before anything is done that would hang if they differed. Collective.
void require_alike(const std::string& does, const std::string& text, const std::string& advice,
                   const Communicator& comm);

}  // namespace bimetal::parallel
