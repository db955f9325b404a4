// The communicator of a build without MPI: always one serial rank.
#include <utility>

#include "core/error.hpp"
#include "parallel/communicator.hpp"

namespace bimetal::parallel {

struct Communicator::Group {};

struct PendingSum::State {
  std::vector<double> values;
};
PendingSum::PendingSum() = default;
PendingSum::PendingSum(std::unique_ptr<State> state) : state_(std::move(state)) {}
PendingSum::~PendingSum() = default;
PendingSum::PendingSum(PendingSum&&) noexcept = default;
PendingSum& PendingSum::operator=(PendingSum&&) noexcept = default;
std::vector<double> PendingSum::take() {
  EXPECT(under_way());
  return std::move(std::exchange(state_, nullptr)->values);
}

PendingSum Communicator::begin_sum(std::span<const double> values) const {
  return PendingSum(std::make_unique<PendingSum::State>(std::vector<double>(values.begin(), values.end())));
}

Communicator::Communicator() = default;
Communicator::Communicator(std::shared_ptr<const Group>) {}

int Communicator::rank() const { return 0; }
int Communicator::size() const { return 1; }
Communicator::NodePlace Communicator::place_on_node() const { return {}; }
double Communicator::sum(double value) const { return value; }
double Communicator::max(double value) const { return value; }
double Communicator::min(double value) const { return value; }
std::int64_t Communicator::sum(std::int64_t value) const { return value; }
void Communicator::sum_in_place(std::span<double>) const {}
void Communicator::sum_in_place(std::span<float>) const {}
void Communicator::sum_in_place(std::span<std::int64_t>) const {}
void Communicator::max_in_place(std::span<double>) const {}
void Communicator::min_in_place(std::span<double>) const {}
void Communicator::broadcast(std::string&, int) const {}
void Communicator::broadcast(std::span<float>) const {}
void Communicator::broadcast(std::span<double>) const {}
std::vector<std::int64_t> Communicator::all_gather(std::int64_t value) const { return {value}; }
void Communicator::barrier() const {}
Communicator Communicator::split(int) const { return {}; }

std::vector<double> Communicator::exchange(std::span<const double> send, std::span<const std::int64_t> send_counts,
                                           std::vector<std::int64_t>& recv_counts) const {
  recv_counts.assign(send_counts.begin(), send_counts.end());
  return {send.begin(), send.end()};
}

void Communicator::agree(bool ok, const std::string& message) const {
  if (!ok) throw core::UserError(message);
}

}  // namespace bimetal::parallel
