#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>

namespace bimetal::homogenisation {

/// n x n values at the nodes or pixels of a periodic cell, x contiguous: row(j)[i]. Rows begin on cache lines and
/// have room for one value more, a periodic copy of the first. Zero at first.
template <class T>
class Field {
 public:
  explicit Field(int n)
      : n_(n),
        stride_((n + 1 + 15) / 16 * 16),
        values_(static_cast<T*>(::operator new (size() * sizeof(T), std::align_val_t{alignment}))) {
    fill(T{0});
  }

  int n() const { return n_; }
  int stride() const { return stride_; }
  std::size_t size() const { return static_cast<std::size_t>(n_) * static_cast<std::size_t>(stride_); }
  T* data() { return values_.get(); }
  T* row(int j) { return values_.get() + static_cast<std::ptrdiff_t>(j) * stride_; }
  const T* row(int j) const { return values_.get() + static_cast<std::ptrdiff_t>(j) * stride_; }
  void fill(T value) { std::fill_n(values_.get(), size(), value); }
  void copy(const Field& other) { std::copy_n(other.values_.get(), size(), values_.get()); }
  void wrap(int j) { row(j)[n_] = row(j)[0]; }
  void wrap() {
    for (int j = 0; j < n_; ++j) wrap(j);
  }

 private:
  static constexpr std::size_t alignment = 64;
  struct Free {
    void operator()(T* values) const { ::operator delete (values, std::align_val_t{alignment}); }
  };
  int n_, stride_;
  std::unique_ptr<T[], Free> values_;
};

}  // namespace bimetal::homogenisation
