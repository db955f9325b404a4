#pragma once

#include <algorithm>
#include <cstdint>

namespace bimetal::library {

/// What a call of a reference costs: so much whatever it is asked, and so much for every row. A function that works
/// on whole vectors of rows takes nearly as long for ten rows as for a hundred, so the cost of a row is no mean over
/// a call: fitted by least squares to the calls so far, the older the less. Local.
class CallCost {
 public:
  void note(std::int64_t n_rows, double seconds) {
    const double n = static_cast<double>(n_rows);
    for (auto* sum : {&calls_, &n_, &nn_, &t_, &nt_}) *sum *= kept;
    calls_ += 1.0;
    n_ += n;
    nn_ += n * n;
    t_ += seconds;
    nt_ += n * seconds;
  }

  /// Of a further row [s]; where all calls had as many, the mean over their rows.
  double per_row() const {
    const double spread = calls_ * nn_ - n_ * n_;
    const double mean = t_ / n_;
    if (spread <= least_spread * n_ * n_) return mean;
    return std::clamp((calls_ * nt_ - n_ * t_) / spread, 0.0, mean);
  }

 private:
  static constexpr double kept = 0.98;          // of what is known, from call to call
  static constexpr double least_spread = 1e-3;  // of the numbers of rows, relative: less says nothing
  double calls_ = 0.0, n_ = 0.0, nn_ = 0.0, t_ = 0.0, nt_ = 0.0;
};

}  // namespace bimetal::library
