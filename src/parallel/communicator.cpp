#include "parallel/communicator.hpp"

#include <exception>
#include <numeric>
#include <type_traits>

#include "core/error.hpp"
#include "parallel/count.hpp"
#include "parallel/mpi.hpp"
#include "parallel/pending_sum_state.hpp"

namespace bimetal::parallel {

struct Communicator::Group {
  /// Owns `given` from now on.
  explicit Group(MPI_Comm given) : comm(given) {}
  ~Group() {
    int finalized = 0;
    MPI_Finalized(&finalized);
    if (!finalized && std::uncaught_exceptions() == 0) MPI_Comm_free(&comm);
  }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  MPI_Comm comm;
};

namespace {

template <class T>
constexpr MPI_Datatype datatype() {
  if constexpr (std::is_same_v<T, double>) return MPI_DOUBLE;
  if constexpr (std::is_same_v<T, float>) return MPI_FLOAT;
  if constexpr (std::is_same_v<T, std::int64_t>) return MPI_INT64_T;
}

template <class T>
void reduce_in_place(const Communicator::Group* group, std::span<T> values, MPI_Op operation) {
  if (!group || values.empty()) return;
  MPI_Allreduce(MPI_IN_PLACE, values.data(), mpi_count(values.size()), datatype<T>(), operation, group->comm);
}

template <class T>
T reduce(const Communicator::Group* group, T value, MPI_Op operation) {
  reduce_in_place(group, std::span<T>(&value, 1), operation);
  return value;
}

/// MPI wants the offsets as an int as well, so the sum of the counts must be one.
std::vector<int> mpi_counts(std::span<const std::int64_t> counts) {
  mpi_count(std::reduce(counts.begin(), counts.end(), std::int64_t{0}));
  std::vector<int> result;
  for (const auto count : counts) result.push_back(mpi_count(count));
  return result;
}

std::vector<int> offsets(std::span<const int> counts) {
  std::vector<int> result(counts.size(), 0);
  std::exclusive_scan(counts.begin(), counts.end(), result.begin(), 0);
  return result;
}

}  // namespace

Communicator::Communicator() = default;
Communicator::Communicator(std::shared_ptr<const Group> group) : group_(std::move(group)) {}

int Communicator::rank() const {
  int rank = 0;
  if (group_) MPI_Comm_rank(group_->comm, &rank);
  return rank;
}

int Communicator::size() const {
  int size = 1;
  if (group_) MPI_Comm_size(group_->comm, &size);
  return size;
}

Communicator::NodePlace Communicator::place_on_node() const {
  NodePlace place;
  if (!group_) return place;
  MPI_Comm node = MPI_COMM_NULL;
  MPI_Comm_split_type(group_->comm, MPI_COMM_TYPE_SHARED, rank(), MPI_INFO_NULL, &node);
  MPI_Comm_rank(node, &place.rank);
  MPI_Comm_size(node, &place.size);
  MPI_Comm_free(&node);
  return place;
}

double Communicator::sum(double value) const { return reduce(group(), value, MPI_SUM); }
double Communicator::max(double value) const { return reduce(group(), value, MPI_MAX); }
double Communicator::min(double value) const { return reduce(group(), value, MPI_MIN); }
std::int64_t Communicator::sum(std::int64_t value) const { return reduce(group(), value, MPI_SUM); }
void Communicator::sum_in_place(std::span<double> values) const { reduce_in_place(group(), values, MPI_SUM); }
void Communicator::sum_in_place(std::span<float> values) const { reduce_in_place(group(), values, MPI_SUM); }
void Communicator::sum_in_place(std::span<std::int64_t> values) const { reduce_in_place(group(), values, MPI_SUM); }
void Communicator::max_in_place(std::span<double> values) const { reduce_in_place(group(), values, MPI_MAX); }
void Communicator::min_in_place(std::span<double> values) const { reduce_in_place(group(), values, MPI_MIN); }

PendingSum Communicator::begin_sum(std::span<const double> values) const {
  return PendingSum(std::make_unique<PendingSum::State>(values, group_ ? group_->comm : MPI_COMM_NULL));
}

void Communicator::broadcast(std::string& text, int root) const {
  if (!group_) return;
  auto length = static_cast<std::int64_t>(text.size());
  MPI_Bcast(&length, 1, MPI_INT64_T, root, group_->comm);
  text.resize(static_cast<std::size_t>(length));
  MPI_Bcast(text.data(), mpi_count(length), MPI_CHAR, root, group_->comm);
}

void Communicator::broadcast(std::span<float> values, int root) const {
  if (group_) MPI_Bcast(values.data(), mpi_count(values.size()), MPI_FLOAT, root, group_->comm);
}

void Communicator::broadcast(std::span<double> values) const {
  if (group_) MPI_Bcast(values.data(), mpi_count(values.size()), MPI_DOUBLE, 0, group_->comm);
}

std::vector<std::int64_t> Communicator::all_gather(std::int64_t value) const {
  std::vector<std::int64_t> values(static_cast<std::size_t>(size()), value);
  if (group_) MPI_Allgather(&value, 1, MPI_INT64_T, values.data(), 1, MPI_INT64_T, group_->comm);
  return values;
}

std::vector<double> Communicator::exchange(std::span<const double> send, std::span<const std::int64_t> send_counts,
                                           std::vector<std::int64_t>& recv_counts) const {
  const auto n_ranks = static_cast<std::size_t>(size());
  EXPECT(send_counts.size() == n_ranks);
  recv_counts.assign(n_ranks, 0);
  if (!group_) {
    recv_counts[0] = send_counts[0];
    return {send.begin(), send.end()};
  }
  MPI_Alltoall(send_counts.data(), 1, MPI_INT64_T, recv_counts.data(), 1, MPI_INT64_T, group_->comm);
  const auto out = mpi_counts(send_counts), in = mpi_counts(recv_counts);
  std::vector<double> received(static_cast<std::size_t>(std::reduce(in.begin(), in.end(), std::int64_t{0})));
  MPI_Alltoallv(send.data(), out.data(), offsets(out).data(), MPI_DOUBLE, received.data(), in.data(),
                offsets(in).data(), MPI_DOUBLE, group_->comm);
  return received;
}

void Communicator::barrier() const {
  if (group_) MPI_Barrier(group_->comm);
}

Communicator Communicator::split(int colour) const {
  if (!group_) return {};
  MPI_Comm part = MPI_COMM_NULL;
  MPI_Comm_split(group_->comm, colour, rank(), &part);
  return Communicator(std::make_shared<const Group>(part));
}

void Communicator::agree(bool ok, const std::string& message) const {
  const auto first = static_cast<int>(reduce(group(), static_cast<std::int64_t>(ok ? size() : rank()), MPI_MIN));
  if (first == size()) return;
  std::string agreed = message;
  broadcast(agreed, first);
  throw core::UserError(agreed);
}

MPI_Comm native(const Communicator& comm) { return comm.group() ? comm.group()->comm : MPI_COMM_SELF; }

Communicator duplicate(MPI_Comm comm) {
  MPI_Comm copy = MPI_COMM_NULL;
  MPI_Comm_dup(comm, &copy);
  return Communicator(std::make_shared<const Communicator::Group>(copy));
}

}  // namespace bimetal::parallel
