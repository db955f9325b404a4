#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace bimetal::test {

/// The whole of a text file; "" if there is none.
inline std::string content(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// How often `what` occurs in `text`.
inline int count(const std::string& text, const std::string& what) {
  int n = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++n;
  return n;
}

}  // namespace bimetal::test
