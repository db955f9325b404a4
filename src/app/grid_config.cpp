#include "app/grid_config.hpp"

#include <string>
#include <vector>

namespace bimetal::app {
namespace {

using config::Range;
using config::Section;
using grid::Boundary;

/// One name for both ends of an axis, or a section with a name for each.
grid::Ends read_ends(Section& boundary, const std::string& axis, BoundaryNames names) {
  if (boundary.is_list(axis)) boundary.refuse(axis, "must be one name for both ends, or {lower: NAME, upper: NAME}");
  if (!boundary.is_section(axis)) return boundary.choice<Boundary>(axis, names, Boundary::periodic);
  auto ends = boundary.section(axis);
  const auto lower = ends.choice<Boundary>("lower", names);
  const auto upper = ends.choice<Boundary>("upper", names);
  ends.finish();
  return {lower, upper};
}

}  // namespace

grid::GridOptions read_grid(Section section, BoundaryNames names) {
  grid::GridOptions grid;
  grid.cells = section.integers("cells", Range::at_least(1));
  const std::size_t n = grid.cells.size();
  if (n < 1 || n > 3) section.refuse("cells", "must have one entry per axis, one to three of them");
  grid.lower = section.numbers("lower", Range::any(), std::vector<double>(n, 0.0));
  grid.upper = section.numbers("upper", Range::any());
  for (const char* key : {"lower", "upper"})
    if ((key == std::string("lower") ? grid.lower : grid.upper).size() != n)
      section.refuse(key, "must have as many entries as grid.cells");
  for (std::size_t axis = 0; axis < n; ++axis)
    if (grid.upper[axis] <= grid.lower[axis]) section.refuse("upper", "must be above grid.lower on every axis");

  auto boundary = section.section("boundary");
  grid.boundary.clear();
  for (std::size_t axis = 0; axis < n; ++axis)
    grid.boundary.push_back(read_ends(boundary, std::string(1, "xyz"[axis]), names));
  boundary.finish();
  section.finish();
  return grid;
}

}  // namespace bimetal::app
