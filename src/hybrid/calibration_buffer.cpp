#include "hybrid/calibration_buffer.hpp"

#include <algorithm>

#include "core/error.hpp"

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
  const bool fits = in_.size() == truth_.size() &&
                    (!archive.same_ranks() || (next.size() == 1 && next[0] >= 0 && next[0] < capacity_));
  if (!fits) throw core::UserError("what was saved of the rows for calibration contradicts itself");
  next_ = archive.same_ranks() ? next[0] : 0;
  in_.resize(std::min(in_.size(), capacity_));
  truth_.resize(in_.size());
}

}  // namespace bimetal::hybrid
