#pragma once

#include <string>
#include <vector>

namespace bimetal::config {

/// A key that two configurations do not agree on.
struct Difference {
  std::string key;     // "grid.cells"
  std::string before;  // value as YAML; "nothing" where there is none
  std::string now;
};

/// Compares two resolved configurations (Document::resolved) key by key, in the order of the second. Local.
std::vector<Difference> differences(const std::string& before, const std::string& now);

}  // namespace bimetal::config
