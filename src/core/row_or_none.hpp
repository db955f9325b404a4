#pragma once

#include "core/rows.hpp"

namespace bimetal::core {

/// A row of a table that may have none at all, not even for a batch that has rows: then nothing. Local.
inline std::span<const double> row_or_none(ConstRows table, std::int64_t row) {
  return table.size() > 0 ? table[row] : std::span<const double>();
}

}  // namespace bimetal::core
