#pragma once

namespace bimetal::chemistry {

/// The logarithm of a rate constant and its slopes.
struct LogRate {
  double value;     // ln k, k in kmol, m, s
  double by_T;      // at a fixed pressure [1/K]
  double by_log_p;  // at a fixed temperature
};

}  // namespace bimetal::chemistry
