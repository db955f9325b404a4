#pragma once

#include <string>
#include <utility>

namespace bimetal::library {

/// What a reference says about why it fails, on its way from the callback to whoever called it: this thread's.
inline std::string& explanation() {
  thread_local std::string text;
  return text;
}
inline std::string take_explanation() { return std::exchange(explanation(), {}); }

}  // namespace bimetal::library
