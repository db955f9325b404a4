#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace bimetal::core {

/// The user can mend this: bad input, a missing file, a name that does not exist.
/// One sentence: what, the value, why it matters, what to do. The program prints it and exits with code 2.
class UserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;

  template <class... Args>
  static UserError format(fmt::format_string<Args...> pattern, Args&&... args) {
    return UserError(fmt::format(pattern, std::forward<Args>(args)...));
  }
};

/// The run cannot go on, and not because of the input: a library failed, a disk is full, a reactor does not
/// converge. Exit code 1.
class RuntimeFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

[[noreturn]] void contract_violated(const char* kind, const char* condition, const char* file, int line);

}  // namespace bimetal::core

// Contracts. EXPECT (on entry) and ENSURE (on exit) guard against our own mistakes in debug builds; REQUIRE does in all
// builds, where a mistake would read or write memory that is not ours.
// VALIDATE always checks and throws RuntimeFailure with the given sentence.
#define REQUIRE(condition) \
  ((condition) ? void(0) : ::bimetal::core::contract_violated("REQUIRE", #condition, __FILE__, __LINE__))
#ifdef NDEBUG
#define EXPECT(condition) static_cast<void>(0)
#define ENSURE(condition) static_cast<void>(0)
#else
#define EXPECT(condition) \
  ((condition) ? void(0) : ::bimetal::core::contract_violated("EXPECT", #condition, __FILE__, __LINE__))
#define ENSURE(condition) \
  ((condition) ? void(0) : ::bimetal::core::contract_violated("ENSURE", #condition, __FILE__, __LINE__))
#endif
#define VALIDATE(condition, ...) \
  ((condition) ? void(0) : throw ::bimetal::core::RuntimeFailure(fmt::format(__VA_ARGS__)))
