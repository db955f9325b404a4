#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace bimetal::core {

/// A borrowed table of rows, [n, width], row-major and contiguous.
template <class T>
class RowsView {
 public:
  RowsView() = default;
  RowsView(T* data, std::int64_t n, std::int64_t width) : data_(data), n_(n), width_(width) {}
  /// A view that may write converts to one that only reads.
  operator RowsView<const T>() const { return {data_, n_, width_}; }

  std::span<T> operator[](std::int64_t row) const {
    REQUIRE(row >= 0 && row < n_);
    return {data_ + row * width_, static_cast<std::size_t>(width_)};
  }
  RowsView first(std::int64_t n) const {
    REQUIRE(n >= 0 && n <= n_);
    return {data_, n, width_};
  }
  RowsView from(std::int64_t row) const {
    REQUIRE(row >= 0 && row <= n_);
    return {data_ + row * width_, n_ - row, width_};
  }
  T* data() const { return data_; }
  std::int64_t size() const { return n_; }
  std::int64_t width() const { return width_; }
  std::span<T> flat() const { return {data_, static_cast<std::size_t>(n_ * width_)}; }

 private:
  T* data_ = nullptr;
  std::int64_t n_ = 0;
  std::int64_t width_ = 0;
};

using Rows = RowsView<double>;
using ConstRows = RowsView<const double>;

/// An owned table of rows, [n, width], row-major; grows by whole rows.
class RowTable {
 public:
  explicit RowTable(std::int64_t width, std::int64_t n = 0)
      : width_(width), values_(static_cast<std::size_t>(n * width)) {}

  std::int64_t size() const { return width_ == 0 ? 0 : static_cast<std::int64_t>(values_.size()) / width_; }
  std::int64_t width() const { return width_; }
  void clear() { values_.clear(); }
  void resize(std::int64_t n) { values_.resize(static_cast<std::size_t>(n * width_)); }
  void append(std::span<const double> row) {
    REQUIRE(static_cast<std::int64_t>(row.size()) == width_);
    values_.insert(values_.end(), row.begin(), row.end());
  }

  std::span<double> operator[](std::int64_t row) { return rows()[row]; }
  std::span<const double> operator[](std::int64_t row) const { return rows()[row]; }
  Rows rows() { return {values_.data(), size(), width_}; }
  ConstRows rows() const { return {values_.data(), size(), width_}; }

 private:
  std::int64_t width_;
  std::vector<double> values_;
};

}  // namespace bimetal::core
