#pragma once

#include <cstdint>
#include <vector>

namespace bimetal::chemistry {

/// target_i += sum_j A_ij source_j with a sparse A whose entries are mostly 1 and -1, as stoichiometric matrices are.
/// A flat list of additions without branches; entries of one target stand far apart, so that a processor need not
/// wait for one addition before it begins the next.
class SparseSum {
 public:
  using Index = std::uint32_t;

  void add(Index target, Index source, double coefficient);
  /// Orders the entries; after the last add().
  void finish();

  /// Local.
  void accumulate(const double* sources, double* targets) const;

  struct Entry {
    Index target;
    Index source;
    double coefficient;
  };
  /// All entries, in the order of accumulate().
  std::vector<Entry> entries() const;

 private:
  struct Pair {
    Index target;
    Index source;
  };
  std::vector<Pair> plus_;
  std::vector<Pair> minus_;
  std::vector<Entry> weighted_;
};

}  // namespace bimetal::chemistry
