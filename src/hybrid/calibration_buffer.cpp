#include "hybrid/calibration_buffer.hpp"

#include <algorithm>

namespace bimetal::hybrid {

void CalibrationBuffer::add(std::span<const double> in, std::span<const double> truth) {
  if (size() < capacity_) {
    in_.append(in);
    truth_.append(truth);
    return;
  }
  std::copy(in.begin(), in.end(), in_[next_].begin());
  std::copy(truth.begin(), truth.end(), truth_[next_].begin());
  next_ = (next_ + 1) % capacity_;
}

}  // namespace bimetal::hybrid
