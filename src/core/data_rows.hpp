#pragma once

#include <cstdint>
#include <vector>

#include "core/rows.hpp"

namespace bimetal::core {

/// Rows that physics answered, for training off line.
struct DataRows {
  DataRows(std::int64_t n_in, std::int64_t n_out) : in(n_in), out(n_out) {}
  std::int64_t size() const { return in.size(); }
  void clear();
  void append(const DataRows& others) { append(others, 0, others.size()); }
  void append(const DataRows& others, std::int64_t first, std::int64_t end);  // rows [first, end) of them
  void resize(std::int64_t n);

  RowTable in;                         // [n, n_in] as they were handed to physics
  RowTable out;                        // [n, n_out]
  std::vector<std::int64_t> id;        // [n] global cell
  std::vector<std::int64_t> step;      // [n]
  std::vector<std::uint8_t> held_out;  // [n] 1: for validation, never for training
};

}  // namespace bimetal::core
