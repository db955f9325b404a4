#include "core/error.hpp"

namespace bimetal::core {

void contract_violated(const char* kind, const char* condition, const char* file, int line) {
  throw std::logic_error(fmt::format("{}({}) violated at {}:{}; this is a bug in bimetal, please report it", kind,
                                     condition, file, line));
}

}  // namespace bimetal::core
