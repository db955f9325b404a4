#pragma once

#include <string>

#include "control/switch_controller.hpp"

namespace bimetal::hybrid {

/// Says in words why the surrogate answers, or does not; empty before a version serves. Local.
std::string standing_report(const control::SwitchController& controller);

}  // namespace bimetal::hybrid
