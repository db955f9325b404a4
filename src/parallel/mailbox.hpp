#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "parallel/communicator.hpp"

namespace bimetal::parallel {

using Bytes = std::vector<std::byte>;

/// What one rank tells another.
struct Letter {
  int from = 0;  // rank
  int kind = 0;  // what it is about, >= 0; a word between sender and receiver
  Bytes content;
};

/// Letters between ranks that do not wait for each other. Posting returns at once, and so does looking for mail.
/// Letters of one sender arrive in the order they were posted in. Move-only.
class Mailbox {
 public:
  /// Letters travel apart from all else that goes on between the ranks of `comm`. Collective.
  explicit Mailbox(const Communicator& comm);
  /// Letters that are still under way are left to themselves: MPI keeps their memory.
  ~Mailbox();
  Mailbox(Mailbox&&) noexcept;
  Mailbox& operator=(Mailbox&&) noexcept;

  /// weight: whatever the sender wants to know the sum of while letters are under way. Local.
  void post(int to, int kind, Bytes content, std::int64_t weight = 0);
  /// Letters to several ranks may share one copy of their content. Local.
  void post(int to, int kind, std::shared_ptr<const Bytes> content, std::int64_t weight = 0);

  /// Letters posted here that nobody has received yet. Local.
  std::int64_t n_under_way();
  /// The sum of their weights. Local.
  std::int64_t weight_under_way();

  /// A letter that has arrived, if there is one. Local.
  std::optional<Letter> next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bimetal::parallel
