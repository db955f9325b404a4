#include "parallel/mailbox.hpp"

#include <gtest/gtest.h>

#include "core/timer.hpp"
#include "parallel/mpi.hpp"

namespace bimetal::parallel {
namespace {

class MailboxTest : public ::testing::Test {
 protected:
  Letter wait_for_letter() {
    const core::Stopwatch watch;
    while (watch.seconds() < 300.0)
      if (auto letter = mail_.next()) return std::move(*letter);
    ADD_FAILURE() << "no letter has come";
    return {};
  }
  void wait_until_sent() {
    const core::Stopwatch watch;
    while (mail_.n_under_way() > 0 && watch.seconds() < 300.0) {
    }
    EXPECT_EQ(mail_.n_under_way(), 0);
  }
  static Bytes bytes(std::size_t n, int value) { return Bytes(n, static_cast<std::byte>(value)); }

  const Communicator comm_ = duplicate(MPI_COMM_WORLD);
  Mailbox mail_{comm_};
};

TEST_F(MailboxTest, letters_of_one_sender_arrive_whole_and_in_order_whatever_their_size) {
  // From every rank to every rank, itself included: small ones and large ones, which MPI sends in different ways.
  constexpr std::size_t sizes[] = {0, 1, 1000, 300'000, 8, 2'000'000, 3};
  constexpr std::size_t n_letters = std::size(sizes);
  const int n = comm_.size();
  for (int to = 0; to < n; ++to)
    for (std::size_t i = 0; i < n_letters; ++i) mail_.post(to, static_cast<int>(i), bytes(sizes[i], comm_.rank()));
  std::vector<std::size_t> received(static_cast<std::size_t>(n), 0);
  for (std::size_t i = 0; i < n_letters * static_cast<std::size_t>(n); ++i) {
    const auto letter = wait_for_letter();
    const auto which = received[static_cast<std::size_t>(letter.from)]++;
    ASSERT_EQ(letter.kind, static_cast<int>(which));
    EXPECT_EQ(letter.content, bytes(sizes[which], letter.from));
  }
  wait_until_sent();
  EXPECT_FALSE(mail_.next().has_value());
}

TEST_F(MailboxTest, counts_what_has_not_been_received_whatever_its_size) {
  const int next = (comm_.rank() + 1) % comm_.size();
  for (const std::size_t size : {5'000'000u, 8u}) {
    mail_.post(next, 0, bytes(size, 1), 7);
    comm_.barrier();
    EXPECT_EQ(mail_.n_under_way(), 1) << size;
    EXPECT_EQ(mail_.weight_under_way(), 7) << size;
    comm_.barrier();
    EXPECT_EQ(wait_for_letter().content.size(), size);
    wait_until_sent();
    EXPECT_EQ(mail_.weight_under_way(), 0);
    comm_.barrier();
  }
}

TEST_F(MailboxTest, letters_to_several_ranks_share_their_content) {
  const auto content = std::make_shared<const Bytes>(bytes(500'000, 7));
  if (comm_.is_root())
    for (int to = 0; to < comm_.size(); ++to) mail_.post(to, 2, content);
  EXPECT_EQ(wait_for_letter().content, *content);
  wait_until_sent();
  EXPECT_EQ(content.use_count(), 1);
}

TEST_F(MailboxTest, mailboxes_do_not_see_each_others_letters) {
  Mailbox other(comm_);
  other.post(comm_.rank(), 1, bytes(1, 1));
  mail_.post(comm_.rank(), 2, bytes(1, 2));
  EXPECT_EQ(wait_for_letter().kind, 2);
  EXPECT_FALSE(mail_.next().has_value());
  while (!other.next()) {
  }
  while (other.n_under_way() > 0) {
  }
}

}  // namespace
}  // namespace bimetal::parallel
