#pragma once

#include <cstddef>
#include <vector>

namespace bimetal::homogenisation {

/// The pixels that hold both phases, row by row. In each of them the border is a plane.
struct MixedPixels {
  std::vector<std::size_t> first;          // of each row j: first[j] to first[j + 1] [n + 1]
  std::vector<int> row, column;            // [size], like the following
  std::vector<double> part;                // of the pixel that is inclusion [1], in (0, 1)
  std::vector<double> normal_x, normal_y;  // of the border, a unit vector

  std::size_t size() const { return row.size(); }
  void clear() {
    first.clear();
    for (auto* values : {&row, &column}) values->clear();
    for (auto* values : {&part, &normal_x, &normal_y}) values->clear();
  }
};

}  // namespace bimetal::homogenisation
