#pragma once

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

namespace bimetal::testing {

/// While it lives, what is allocated may be lost: for tests in which an exception leaves PETSc objects behind, as
/// collective handles destroy nothing while unwinding. Other leaks are still found.
class DeliberateLeaks {
#if defined(__SANITIZE_ADDRESS__)
  __lsan::ScopedDisabler disabler_;
#else
 public:
  DeliberateLeaks() {}  // so that nobody calls it unused
#endif
};

}  // namespace bimetal::testing
