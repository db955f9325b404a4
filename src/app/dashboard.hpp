#pragma once

#include <span>
#include <string>

#include "app/run_view.hpp"

namespace bimetal::app {

/// Numbers as a row of bars of eight heights, `width` of them at most, each the mean of as many numbers, as a
/// part of the highest mean, or of `highest` if that is more. Nothing above 0 is a space. Local.
std::string sparkline(std::span<const double> values, std::size_t width, double highest = 0.0);

/// What a run does, in about a dozen lines no wider than `width` columns: progress, who answers, errors against the
/// tolerance, versions, and what it costs and saves. Local.
std::string draw_dashboard(const RunView& run, std::size_t width);

}  // namespace bimetal::app
