#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace bimetal::io {

/// What a field's values are stored as, in memory and in the file.
enum class Scalar { float64, int32, uint8 };

template <class T>
constexpr Scalar scalar_of() {
  if constexpr (std::is_enum_v<T>) {
    return scalar_of<std::underlying_type_t<T>>();
  } else {
    static_assert(std::is_same_v<T, double> || std::is_same_v<T, std::int32_t> || std::is_same_v<T, std::uint8_t>);
    return std::is_same_v<T, double>         ? Scalar::float64
           : std::is_same_v<T, std::int32_t> ? Scalar::int32
                                             : Scalar::uint8;
  }
}

/// A field to be written, one value per owned cell, borrowed from wherever it lives: the value of cell c lies
/// `c * stride` bytes behind `first`. Cells in the order of grid::Extents, x fastest.
struct CellField {
  std::string name;  // "T", "Y_OH"; no '/'
  std::string unit;  // "K"; "1" for pure numbers
  Scalar scalar = Scalar::float64;
  const std::byte* first = nullptr;
  std::int64_t stride = 0;  // [bytes]
};

/// Every `stride`-th value from `first` on: a column of rows [n_owned, stride], or a whole array (stride 1).
template <class T>
CellField column(std::string name, std::string unit, const T* first, std::int64_t stride = 1) {
  return {std::move(name), std::move(unit), scalar_of<T>(), reinterpret_cast<const std::byte*>(first),
          stride * static_cast<std::int64_t>(sizeof(T))};
}

/// One member of an array of structures, `cells`: [n_owned].
template <class Struct, class T>
CellField member(std::string name, std::string unit, std::span<const Struct> cells, T Struct::*which) {
  const T* first = cells.empty() ? nullptr : &(cells.front().*which);
  return {std::move(name), std::move(unit), scalar_of<T>(), reinterpret_cast<const std::byte*>(first),
          static_cast<std::int64_t>(sizeof(Struct))};
}

}  // namespace bimetal::io
