#pragma once

#include <cmath>

#include "core/error.hpp"

namespace bimetal::core {

/// UserError unless an option is positive and finite. whose: "grain cell". Local.
inline void require_positive(const char* whose, const char* name, double value) {
  if (!(value > 0.0 && std::isfinite(value)))
    throw UserError::format("{}: {} is {}; give a positive number", whose, name, value);
}

}  // namespace bimetal::core
