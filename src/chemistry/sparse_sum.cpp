#include "chemistry/sparse_sum.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace bimetal::chemistry {
namespace {

/// First the first entry of every target, then the second of every target, and so on.
template <class List>
void interleave(List& list) {
  std::map<SparseSum::Index, std::size_t> seen;
  std::vector<std::pair<std::size_t, typename List::value_type>> numbered;
  for (const auto& entry : list) numbered.emplace_back(seen[entry.target]++, entry);
  std::stable_sort(numbered.begin(), numbered.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::transform(numbered.begin(), numbered.end(), list.begin(), [](const auto& one) { return one.second; });
}

}  // namespace

void SparseSum::add(Index target, Index source, double coefficient) {
  if (coefficient == 1.0)
    plus_.push_back({target, source});
  else if (coefficient == -1.0)
    minus_.push_back({target, source});
  else if (coefficient != 0.0)
    weighted_.push_back({target, source, coefficient});
}

void SparseSum::finish() {
  interleave(plus_);
  interleave(minus_);
  interleave(weighted_);
}

void SparseSum::accumulate(const double* sources, double* targets) const {
  for (const auto& [target, source] : plus_) targets[target] += sources[source];
  for (const auto& [target, source] : minus_) targets[target] -= sources[source];
  for (const auto& [target, source, coefficient] : weighted_) targets[target] += coefficient * sources[source];
}

std::vector<SparseSum::Entry> SparseSum::entries() const {
  std::vector<Entry> all;
  for (const auto& [target, source] : plus_) all.push_back({target, source, 1.0});
  for (const auto& [target, source] : minus_) all.push_back({target, source, -1.0});
  all.insert(all.end(), weighted_.begin(), weighted_.end());
  return all;
}

}  // namespace bimetal::chemistry
