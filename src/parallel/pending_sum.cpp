#include "parallel/pending_sum.hpp"

#include <exception>

#include "core/error.hpp"
#include "parallel/count.hpp"
#include "parallel/pending_sum_state.hpp"

namespace bimetal::parallel {

PendingSum::State::State(std::span<const double> given, MPI_Comm comm) : values(given.begin(), given.end()) {
  if (comm != MPI_COMM_NULL)
    MPI_Iallreduce(MPI_IN_PLACE, values.data(), mpi_count(values.size()), MPI_DOUBLE, MPI_SUM, comm, &request);
}

PendingSum::State::~State() {
  // Left over at the end of a run: the others are there as well, unless something failed.
  int finalized = 0;
  MPI_Finalized(&finalized);
  if (request == MPI_REQUEST_NULL || finalized) return;
  if (std::uncaught_exceptions() == 0) {
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    return;
  }
  // The others may never come, and MPI may write there until the job ends.
  static std::vector<std::vector<double>> overtaken;
  overtaken.push_back(std::move(values));
}

PendingSum::PendingSum() = default;
PendingSum::PendingSum(std::unique_ptr<State> state) : state_(std::move(state)) {}
PendingSum::~PendingSum() = default;
PendingSum::PendingSum(PendingSum&&) noexcept = default;
PendingSum& PendingSum::operator=(PendingSum&&) noexcept = default;

std::vector<double> PendingSum::take() {
  EXPECT(under_way());
  MPI_Wait(&state_->request, MPI_STATUS_IGNORE);
  auto values = std::move(state_->values);
  state_.reset();
  return values;
}

}  // namespace bimetal::parallel
