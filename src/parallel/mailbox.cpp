#include "parallel/mailbox.hpp"

#include <mpi.h>

#include <algorithm>
#include <deque>
#include <numeric>
#include <utility>

#include "parallel/count.hpp"
#include "parallel/mpi.hpp"

namespace bimetal::parallel {
namespace {

/// Letters that are received at a time: a slow sender holds up nobody else.
constexpr std::size_t most_incoming = 16;

struct Incoming {
  MPI_Request request = MPI_REQUEST_NULL;
  bool complete = false;
  std::unique_ptr<Letter> letter;  // MPI writes into its content: it must not move
};

}  // namespace

struct Mailbox::State {
  explicit State(const Communicator& parent) : comm(duplicate(native(parent))) {}
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Communicator comm;
  std::vector<MPI_Request> requests;                   // of letters that were posted,
  std::vector<std::shared_ptr<const Bytes>> contents;  // what is in them,
  std::vector<std::int64_t> weights;                   // and how much they weigh
  std::deque<Incoming> incoming;                       // in the order of arrival
};

Mailbox::State::~State() {
  int finalized = 0;
  MPI_Finalized(&finalized);
  if (finalized) return;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    int done = 0;
    MPI_Test(&requests[i], &done, MPI_STATUS_IGNORE);
    if (done) continue;
    MPI_Request_free(&requests[i]);
    new std::shared_ptr<const Bytes>(contents[i]);  // never freed, as MPI may read it until the program ends
  }
  for (auto& [request, complete, letter] : incoming) {
    if (complete) continue;
    MPI_Request_free(&request);
    static_cast<void>(letter.release());  // likewise
  }
}

Mailbox::Mailbox(const Communicator& comm) : state_(std::make_unique<State>(comm)) {}
Mailbox::~Mailbox() = default;
Mailbox::Mailbox(Mailbox&&) noexcept = default;
Mailbox& Mailbox::operator=(Mailbox&&) noexcept = default;

void Mailbox::post(int to, int kind, Bytes content, std::int64_t weight) {
  post(to, kind, std::make_shared<const Bytes>(std::move(content)), weight);
}

void Mailbox::post(int to, int kind, std::shared_ptr<const Bytes> content, std::int64_t weight) {
  const int size = mpi_count(content->size());
  auto& request = state_->requests.emplace_back(MPI_REQUEST_NULL);
  // Under way until somebody receives it: a small letter too, which MPI could else put into a queue without bounds.
  MPI_Issend(content->data(), size, MPI_BYTE, to, kind, native(state_->comm), &request);
  state_->contents.push_back(std::move(content));
  state_->weights.push_back(weight);
}

/// One call for all: each may cost a turn of the processor where ranks share it.
std::int64_t Mailbox::n_under_way() {
  auto& requests = state_->requests;
  auto& contents = state_->contents;
  auto& weights = state_->weights;
  if (requests.empty()) return 0;
  std::vector<int> which(requests.size());
  int n_done = 0;
  MPI_Testsome(static_cast<int>(requests.size()), requests.data(), &n_done, which.data(), MPI_STATUSES_IGNORE);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (requests[i] == MPI_REQUEST_NULL) continue;
    requests[kept] = requests[i];
    weights[kept] = weights[i];
    contents[kept++] = std::move(contents[i]);
  }
  requests.resize(kept);
  contents.resize(kept);
  weights.resize(kept);
  return static_cast<std::int64_t>(kept);
}

std::int64_t Mailbox::weight_under_way() {
  static_cast<void>(n_under_way());
  return std::accumulate(state_->weights.begin(), state_->weights.end(), std::int64_t{0});
}

std::optional<Letter> Mailbox::next() {
  auto& incoming = state_->incoming;
  while (incoming.size() < most_incoming) {
    int found = 0;
    MPI_Message message = MPI_MESSAGE_NULL;
    MPI_Status status;
    MPI_Improbe(MPI_ANY_SOURCE, MPI_ANY_TAG, native(state_->comm), &found, &message, &status);
    if (!found) break;
    int size = 0;
    MPI_Get_count(&status, MPI_BYTE, &size);
    auto& [request, complete, letter] = incoming.emplace_back();
    letter =
        std::make_unique<Letter>(Letter{status.MPI_SOURCE, status.MPI_TAG, Bytes(static_cast<std::size_t>(size))});
    MPI_Imrecv(letter->content.data(), size, MPI_BYTE, &message, &request);
  }
  std::vector<int> waited_for;  // senders of whom an earlier letter is not complete
  for (auto each = incoming.begin(); each != incoming.end(); ++each) {
    if (!each->complete) {
      int done = 0;
      MPI_Test(&each->request, &done, MPI_STATUS_IGNORE);
      each->complete = done != 0;
    }
    const int from = each->letter->from;
    if (each->complete && std::ranges::find(waited_for, from) == waited_for.end()) {
      auto letter = std::move(*each->letter);
      incoming.erase(each);
      return letter;
    }
    waited_for.push_back(from);
  }
  return {};
}

}  // namespace bimetal::parallel
