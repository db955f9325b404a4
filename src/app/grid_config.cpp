#include "app/grid_config.hpp"

#include <string>
#include <vector>

namespace bimetal::app {
namespace {

using config::depends;
using config::Keys;
using config::otherwise;
using config::Range;
using config::required;
using config::Section;
namespace type = config::type;
using grid::Boundary;

const Keys end_keys{
    {"lower|upper", {"name"}, "", {}, required("periodic"), "What closes the axis at this end, as in grid.boundary."},
};
const Keys boundary_keys{
    {"x|y|z",
     {"name, or {lower: NAME, upper: NAME}", {}, &end_keys},
     "",
     {},
     otherwise("periodic"),
     "What closes the axis: periodic; of a reacting flow also wall, slip_wall, inflow and outflow; of two-scale "
     "conduction insulated and fixed; of two-scale precipitation insulated."},
};
const Keys keys{
    {"cells", type::integers, "", Range::at_least(1), required("[64, 64]"),
     "Cells along each axis, one to three axes."},
    {"lower", type::numbers, "m", Range::any(), depends("0 on every axis"), "Lower corner of the box."},
    {"upper", type::numbers, "m", Range::any(), required("[0.006, 0.006]"), "Upper corner of the box."},
    {"boundary", type::section(boundary_keys), "", {}, depends("periodic on every axis"), "What closes the axes."},
};

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

const Keys& grid_keys() { return keys; }

std::string end_name(std::size_t axis, std::size_t end) {
  return std::string(1, "xyz"[axis]) + (end == 0 ? "_lower" : "_upper");
}

grid::GridOptions read_grid(Section section, BoundaryNames names) {
  grid::GridOptions grid;
  grid.cells = section.integers("cells");
  const std::size_t n = grid.cells.size();
  if (n < 1 || n > 3) section.refuse("cells", "must have one entry per axis, one to three of them");
  grid.lower = section.numbers("lower", std::vector<double>(n, 0.0));
  grid.upper = section.numbers("upper");
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
