#include "io/on_all_ranks.hpp"

#include <string>

#include "core/error.hpp"

namespace bimetal::io {

void on_all_ranks(const parallel::Communicator& comm, const std::function<void()>& part) {
  std::string problem;
  try {
    part();
  } catch (const core::RuntimeFailure& failure) {
    problem = failure.what();
  }
  try {
    comm.agree(problem.empty(), problem);
  } catch (const core::UserError& agreed) {
    throw core::RuntimeFailure(agreed.what());
  }
}

}  // namespace bimetal::io
