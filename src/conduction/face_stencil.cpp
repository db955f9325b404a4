#include "conduction/face_stencil.hpp"

#include <algorithm>
#include <cmath>

namespace bimetal::conduction {
namespace {

using Place = std::array<std::int64_t, 3>;  // of a cell, global

/// Collects what one face depends on.
class Stencil {
 public:
  Stencil(const grid::StructuredGrid& cells, const std::vector<AxisEnds>& ends) : cells_(&cells), ends_(&ends) {}

  std::vector<Influence> take() { return std::move(influences_); }

  std::int32_t number(const Place& cell) const {
    const auto& first = cells_->extents().first;
    return static_cast<std::int32_t>(
        cells_->layout().index(cell[0] - first[0], cell[1] - first[1], cell[2] - first[2]));
  }
  void add_cell(const Place& cell, std::size_t what, double weight) { add(number(cell), what, weight); }
  void add_end(std::size_t axis, std::size_t end, std::size_t what, double weight) {
    add(static_cast<std::int32_t>(cells_->layout().n_cells()) + static_cast<std::int32_t>(2 * axis + end), what,
        weight);
  }

  /// The derivative along an axis at the centre of a cell, times `share`.
  void add_derivative(Place cell, std::size_t axis, double share) {
    const auto& e = cells_->extents();
    const double weight = share / e.spacing(static_cast<int>(axis));
    const auto add_at = [&](std::int64_t shift, double factor) {
      Place at = cell;
      at[axis] += shift;
      add_cell(at, 1 + axis, factor * weight);
    };
    const bool lowest = cell[axis] == 0, periodic = cells_->periodic(static_cast<int>(axis));
    if (periodic || (!lowest && cell[axis] + 1 < e.cells[axis])) {
      add_at(1, 0.5);
      add_at(-1, -0.5);
      return;
    }
    const std::size_t end = lowest ? 0 : 1;
    const std::int64_t inward = lowest ? 1 : -1;
    const auto sign = static_cast<double>(inward);
    if ((*ends_)[axis][end].kind == Thermal::fixed) {  // a parabola through the end, this cell and the next one
      add_end(axis, end, 1 + axis, -4.0 / 3.0 * sign * weight);
      add_at(0, sign);
      add_at(inward, sign / 3.0);
    } else if (e.cells[axis] > 2) {
      add_at(0, -1.5 * sign);
      add_at(inward, 2.0 * sign);
      add_at(2 * inward, -0.5 * sign);
    } else {
      add_at(0, -sign);
      add_at(inward, sign);
    }
  }

 private:
  void add(std::int32_t value, std::size_t what, double weight) {
    auto found = std::ranges::find(influences_, value, &Influence::value);
    if (found == influences_.end()) found = influences_.insert(found, {.value = value});
    found->weights[what] += weight;
  }

  const grid::StructuredGrid* cells_;
  const std::vector<AxisEnds>* ends_;
  std::vector<Influence> influences_;
};

void between_cells(Stencil& stencil, const grid::Extents& e, const Place& upper, std::size_t axis) {
  Place lower = upper;
  --lower[axis];
  const double per_spacing = 1.0 / e.spacing(static_cast<int>(axis));
  for (const auto& [cell, sign] : {std::pair(lower, -1.0), std::pair(upper, 1.0)}) {
    stencil.add_cell(cell, 0, 0.5);
    stencil.add_cell(cell, 1 + axis, sign * per_spacing);
    for (std::size_t along = 0; along < static_cast<std::size_t>(e.dimensions); ++along)
      if (along != axis) stencil.add_derivative(cell, along, 0.5);
  }
}

/// A parabola through the end's temperature and the two cells next to it.
void at_fixed_end(Stencil& stencil, const grid::Extents& e, Place nearest, std::size_t axis, std::size_t end) {
  const double inward = end == 0 ? 1.0 : -1.0;
  const double weight = inward / e.spacing(static_cast<int>(axis));
  stencil.add_end(axis, end, 0, 1.0);
  stencil.add_end(axis, end, 1 + axis, -8.0 / 3.0 * weight);
  stencil.add_cell(nearest, 1 + axis, 3.0 * weight);
  nearest[axis] += end == 0 ? 1 : -1;
  stencil.add_cell(nearest, 1 + axis, -1.0 / 3.0 * weight);
}

}  // namespace

std::vector<Face> faces_with_flux(const grid::StructuredGrid& cells, const grid::FaceGrid& points,
                                  const std::vector<AxisEnds>& ends) {
  const auto& e = cells.extents();
  const auto& box = points.points();
  std::vector<Face> faces;
  const auto add_face = [&](std::size_t axis, const Place& at) {
    for (std::size_t along = 0; along < 3; ++along)
      if (along != axis && at[along] >= e.cells[along]) return;  // a spare point
    Stencil stencil(cells, ends);
    Face face{.axis = static_cast<int>(axis)};
    Place below = at;
    --below[axis];
    const bool periodic = cells.periodic(face.axis);
    const bool has_below = periodic || at[axis] > 0, has_above = periodic || at[axis] < e.cells[axis];
    if (has_below && has_above) {
      between_cells(stencil, e, at, axis);
    } else {
      const std::size_t end = has_above ? 0 : 1;
      if (ends[axis][end].kind == Thermal::insulated) return;
      at_fixed_end(stencil, e, has_above ? at : below, axis, end);
    }
    if (has_below) face.cells[0] = stencil.number(below);
    if (has_above) face.cells[1] = stencil.number(at);
    face.influences = stencil.take();
    face.id = static_cast<std::int64_t>(axis) * box.total[0] * box.total[1] * box.total[2] + at[0] +
              box.total[0] * (at[1] + box.total[1] * at[2]);
    face.point = points.owned_index(at[0] - box.first[0], at[1] - box.first[1], at[2] - box.first[2]);
    for (std::size_t along = 0; along < 3; ++along)
      face.position[along] = e.centre(static_cast<int>(along), at[along]) -
                             (along == axis ? 0.5 * e.spacing(static_cast<int>(along)) : 0.0);
    faces.push_back(std::move(face));
  };
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(e.dimensions); ++axis)
    for (std::int64_t k = box.first[2]; k < box.first[2] + box.count[2]; ++k)
      for (std::int64_t j = box.first[1]; j < box.first[1] + box.count[1]; ++j)
        for (std::int64_t i = box.first[0]; i < box.first[0] + box.count[0]; ++i) add_face(axis, {i, j, k});
  return faces;
}

}  // namespace bimetal::conduction
