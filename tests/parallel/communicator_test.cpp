#include "parallel/communicator.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "core/error.hpp"
#include "parallel/mpi.hpp"

namespace bimetal::parallel {
namespace {

class CommunicatorTest : public ::testing::Test {
 protected:
  const Communicator comm_ = duplicate(MPI_COMM_WORLD);
  const std::int64_t n_ = comm_.size();
};

TEST_F(CommunicatorTest, reduces_over_all_ranks) {
  const double rank = comm_.rank();
  EXPECT_EQ(comm_.sum(rank), static_cast<double>(n_ * (n_ - 1) / 2));
  EXPECT_EQ(comm_.max(rank), static_cast<double>(n_ - 1));
  EXPECT_EQ(comm_.min(rank + 5.0), 5.0);
  EXPECT_EQ(comm_.sum(std::int64_t{1} << 40), n_ << 40);
  std::vector<float> values{1.0f, 2.0f};
  comm_.sum_in_place(std::span<float>(values));
  EXPECT_EQ(values[1], 2.0f * static_cast<float>(n_));
}

TEST_F(CommunicatorTest, adds_up_in_the_background) {
  const std::vector<double> values{1.0, static_cast<double>(comm_.rank())};
  auto first = comm_.begin_sum(values);
  auto second = comm_.begin_sum(std::vector<double>{10.0});
  const double meanwhile = comm_.sum(1.0);  // other reductions may pass it
  EXPECT_EQ(meanwhile, static_cast<double>(n_));
  PendingSum moved = std::move(first);
  EXPECT_TRUE(moved.under_way());
  EXPECT_EQ(moved.take(), (std::vector<double>{static_cast<double>(n_), static_cast<double>(n_ * (n_ - 1) / 2)}));
  EXPECT_FALSE(moved.under_way());
  EXPECT_EQ(second.take(), std::vector<double>{10.0 * static_cast<double>(n_)});
  const auto abandoned = comm_.begin_sum(values);  // is waited for
  EXPECT_EQ(Communicator().begin_sum(values).take(), values);
}

TEST_F(CommunicatorTest, leaves_a_sum_its_memory_that_an_exception_has_overtaken) {
  const std::vector<double> values(1000, 1.0);
  const auto fails = [&] {
    const auto sum = comm_.begin_sum(values);
    throw std::runtime_error("a failure of this rank alone");
  };
  if (comm_.rank() == 0) {
    EXPECT_THROW(fails(), std::runtime_error);
  }
  const std::vector<double> of_somebody_else(1000, -7.0);  // where the sum was, if its memory was given back
  const Communicator gate = duplicate(MPI_COMM_WORLD);      // the others begin only now
  const auto here = comm_.rank() == 0 ? PendingSum() : comm_.begin_sum(values);
  for (int turn = 0; turn < 100; ++turn) gate.barrier();  // until all have added up
  EXPECT_EQ(of_somebody_else, std::vector<double>(1000, -7.0));
}

TEST_F(CommunicatorTest, broadcasts_the_text_of_any_rank) {
  std::string text = "rank " + std::to_string(comm_.rank());
  comm_.broadcast(text, comm_.size() - 1);
  EXPECT_EQ(text, "rank " + std::to_string(n_ - 1));
}

TEST_F(CommunicatorTest, exchanges_uneven_and_empty_messages) {
  // Rank r sends s + 1 copies of 100 r + s to rank s, but nothing to rank 0.
  std::vector<double> send;
  std::vector<std::int64_t> counts, received_counts;
  for (std::int64_t s = 0; s < n_; ++s) {
    const std::int64_t count = s == 0 ? 0 : s + 1;
    counts.push_back(count);
    send.insert(send.end(), static_cast<std::size_t>(count), 100.0 * comm_.rank() + static_cast<double>(s));
  }
  const auto received = comm_.exchange(send, counts, received_counts);
  const std::int64_t each = comm_.rank() == 0 ? 0 : comm_.rank() + 1;
  ASSERT_EQ(std::ssize(received), each * n_);
  for (std::int64_t source = 0; source < n_; ++source) {
    EXPECT_EQ(received_counts[static_cast<std::size_t>(source)], each);
    for (std::int64_t i = 0; i < each; ++i)
      EXPECT_EQ(received[static_cast<std::size_t>(source * each + i)],
                100.0 * static_cast<double>(source) + comm_.rank());
  }
}

TEST_F(CommunicatorTest, all_ranks_agree_on_the_error_of_the_lowest_rank_that_has_one) {
  EXPECT_NO_THROW(comm_.agree(true, "nobody sees this"));
  const int first = comm_.size() > 1 ? 1 : 0;
  try {
    comm_.agree(comm_.rank() < first, "from rank " + std::to_string(comm_.rank()));
    FAIL() << "agreed although a rank disagrees";
  } catch (const core::UserError& error) {
    EXPECT_EQ(std::string(error.what()), "from rank " + std::to_string(first));
  }
}

TEST_F(CommunicatorTest, splits_into_groups_that_work_on_their_own) {
  const std::int64_t n_first = (n_ + 1) / 2;
  const bool first = comm_.rank() < n_first;
  const auto part = comm_.split(first ? 0 : 1);
  EXPECT_EQ(part.size(), first ? n_first : n_ - n_first);
  EXPECT_EQ(part.rank(), first ? comm_.rank() : comm_.rank() - n_first);
  if (first) {
    EXPECT_EQ(part.sum(std::int64_t{1}), n_first) << "the others need not take part";
  }
  EXPECT_EQ(Communicator().split(1).size(), 1);
}

TEST_F(CommunicatorTest, a_default_one_is_a_single_serial_rank) {
  const Communicator alone;
  EXPECT_EQ(alone.size(), 1);
  EXPECT_EQ(alone.sum(3.0), 3.0);
  std::vector<std::int64_t> counts;
  EXPECT_EQ(alone.exchange(std::vector<double>{1, 2}, std::vector<std::int64_t>{2}, counts).size(), 2u);
}

}  // namespace
}  // namespace bimetal::parallel
