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

/// On another number of ranks those beyond the capacity are left out.
void CalibrationBuffer::persist(const core::Archive& archive) {
  std::vector<std::int64_t> next{next_};
  archive.rows("in", in_);
  archive.rows("truth", truth_);
  archive.rows("next", next);
  if (!archive.restores()) return;
  next_ = archive.same_ranks() ? next.at(0) : 0;
  in_.resize(std::min(in_.size(), capacity_));
  truth_.resize(in_.size());
}

}  // namespace bimetal::hybrid
