#pragma once

#include <cstdint>

#include "core/archive.hpp"
#include "core/rows.hpp"

namespace bimetal::hybrid {

/// The audited rows since the last look at the candidate, or the most recent of them, with their physics answers: what
/// versions are judged by. A ring; Local.
class CalibrationBuffer {
 public:
  CalibrationBuffer(std::int64_t capacity, std::int64_t n_in, std::int64_t n_out)
      : capacity_(capacity), in_(n_in), truth_(n_out) {}

  void add(std::span<const double> in, std::span<const double> truth);
  void persist(const core::Archive& archive);
  void clear() { in_.clear(), truth_.clear(), next_ = 0; }

  std::int64_t size() const { return in_.size(); }
  bool full() const { return size() >= capacity_; }
  core::ConstRows in() const { return in_.rows(); }        // [size, n_in]
  core::ConstRows truth() const { return truth_.rows(); }  // [size, n_out]

 private:
  std::int64_t capacity_;
  std::int64_t next_ = 0;
  core::RowTable in_;
  core::RowTable truth_;
};

}  // namespace bimetal::hybrid
