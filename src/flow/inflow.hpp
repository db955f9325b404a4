#pragma once

#include <array>
#include <utility>
#include <vector>

#include "chemistry/mechanism.hpp"
#include "chemistry/mixture.hpp"
#include "flow/face_fields.hpp"
#include "grid/structured_grid.hpp"

namespace bimetal::flow {

enum class Profile {
  uniform,
  parabolic  // zero at the walls beside it, by a parabola along every axis that is not periodic
};
inline constexpr std::array<std::pair<const char*, Profile>, 2> profile_names{
    {{"uniform", Profile::uniform}, {"parabolic", Profile::parabolic}}};

/// What enters through an end of the box: fuel and oxidiser.
struct InflowOptions {
  double velocity = 1.0;  // mean over the end, into the box [m/s], >= 0
  Profile profile = Profile::uniform;
  double temperature = 300.0;      // [K]
  double equivalence_ratio = 1.0;  // [1]
  chemistry::Reactants reactants{};
};

/// The velocity along the axis, by position. Local.
InflowProfile inflow_profile(const InflowOptions& options, const grid::StructuredGrid& grid, int axis, int end);

/// T, Y_1..Y_N. UserError: a fuel the mechanism does not burn. Local.
std::vector<double> inflow_gas(const InflowOptions& options, const chemistry::Mechanism& mechanism);

}  // namespace bimetal::flow
