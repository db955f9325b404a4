#include "flow/face_fields.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace bimetal::flow {

using grid::Boundary;

FaceFields::FaceFields(const grid::StructuredGrid& cells, const grid::GhostedLayout& layout,
                       ByEnd<InflowProfile> inflow)
    : extents_(cells.extents()), layout_(layout), inflow_(std::move(inflow)) {
  for (int axis = 0; axis < extents_.dimensions; ++axis) {
    const auto a = static_cast<std::size_t>(axis);
    solved_[a] = this->cells();
    if (cells.periodic(axis)) continue;
    for (int end = 0; end < 2; ++end) {
      if (!cells.at_end(axis, end)) continue;
      const Boundary kind = cells.boundary(axis)[static_cast<std::size_t>(end)];
      EXPECT(kind != Boundary::inflow || inflow_[a][static_cast<std::size_t>(end)]);
      ends_.push_back({axis, end, kind});
      if (kind == Boundary::outflow)
        solved_[a].end[a] += end;
      else
        solved_[a].begin[a] += 1 - end;
    }
  }
}

PointBox FaceFields::cells() const { return {{0, 0, 0}, extents_.owned}; }

template <class Visit>
void FaceFields::for_plane(const End& end, std::int64_t at, Visit visit) const {
  PointBox plane;
  for (std::size_t b = 0; b < 3; ++b) {
    plane.begin[b] = -layout_.width[b];
    plane.end[b] = layout_.owned[b] + layout_.width[b];
  }
  const auto a = static_cast<std::size_t>(end.axis);
  plane.begin[a] = at;
  plane.end[a] = at + 1;
  for_points(plane, [&](std::int64_t i, std::int64_t j, std::int64_t k) {
    Position x{extents_.centre(0, extents_.first[0] + i), extents_.centre(1, extents_.first[1] + j),
               extents_.centre(2, extents_.first[2] + k)};
    x[a] = end.end == 0 ? extents_.lower[a] : extents_.upper[a];
    visit(layout_.index(i, j, k), x);
  });
}

void FaceFields::impose_normal(const End& end, core::Rows u) const {
  const auto a = static_cast<std::size_t>(end.axis);
  const std::int64_t face = end.end == 0 ? 0 : extents_.owned[a];
  const std::int64_t outward = end.end == 0 ? -layout_.stride[a] : layout_.stride[a];
  for_plane(end, face, [&](std::int64_t p, const Position& x) {
    if (end.kind == Boundary::outflow) {
      u[p + outward][a] = u[p + 2 * outward][a] = u[p][a];
      return;
    }
    u[p][a] = end.kind == Boundary::inflow ? inflow_[a][static_cast<std::size_t>(end.end)](x) : 0.0;
    for (std::int64_t layer = 1; layer <= 2; ++layer)
      u[p + layer * outward][a] = 2.0 * u[p][a] - u[p - layer * outward][a];
  });
}

void FaceFields::impose_tangential(const End& end, core::Rows u) const {
  const auto a = static_cast<std::size_t>(end.axis);
  const std::int64_t cell = end.end == 0 ? 0 : extents_.owned[a] - 1;
  const std::int64_t outward = end.end == 0 ? -layout_.stride[a] : layout_.stride[a];
  const double sign = end.kind == Boundary::wall || end.kind == Boundary::inflow ? -1.0 : 1.0;
  const std::int64_t inward = end.kind == Boundary::outflow ? 0 : -outward;
  for_plane(end, cell, [&](std::int64_t p, const Position&) {
    for (std::size_t b = 0; b < static_cast<std::size_t>(extents_.dimensions); ++b) {
      if (b == a) continue;
      for (std::int64_t layer = 1; layer <= 2; ++layer)
        u[p + layer * outward][b] = sign * u[p + (layer - 1) * inward][b];
    }
  });
}

void FaceFields::impose_on_velocity(core::Rows u) const {
  for (const End& end : ends_) {
    impose_normal(end, u);
    impose_tangential(end, u);
  }
}

void FaceFields::repeat_beyond_ends(core::Rows quantities) const {
  for (const End& end : ends_) {
    const auto a = static_cast<std::size_t>(end.axis);
    const std::int64_t outward = end.end == 0 ? -layout_.stride[a] : layout_.stride[a];
    for_plane(end, end.end == 0 ? 0 : extents_.owned[a] - 1, [&](std::int64_t p, const Position&) {
      for (std::int64_t layer = 1; layer <= 2; ++layer)
        std::ranges::copy(quantities[p], quantities[p + layer * outward].begin());
    });
  }
}

void FaceFields::vanish_at_outflows(core::Rows quantities, std::size_t column) const {
  for (const End& end : ends_) {
    if (end.kind != Boundary::outflow) continue;
    const auto a = static_cast<std::size_t>(end.axis);
    const std::int64_t outward = end.end == 0 ? -layout_.stride[a] : layout_.stride[a];
    for_plane(end, end.end == 0 ? 0 : extents_.owned[a] - 1,
              [&](std::int64_t p, const Position&) { quantities[p + outward][column] = -quantities[p][column]; });
  }
}

}  // namespace bimetal::flow
