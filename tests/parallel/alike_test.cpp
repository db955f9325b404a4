#include "parallel/alike.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/error.hpp"
#include "parallel/mpi.hpp"

namespace bimetal::parallel {
namespace {

Communicator world() { return duplicate(MPI_COMM_WORLD); }

/// What require_alike() says if every rank gives `text`.
std::string complaint(const std::string& text, const Communicator& comm) {
  try {
    require_alike("runs", text, "start them alike", comm);
  } catch (const core::UserError& error) {
    return error.what();
  }
  return "";
}

TEST(Alike, is_content_with_ranks_that_agree_and_with_a_serial_one) {
  EXPECT_EQ(complaint("the same", world()), "");
  EXPECT_EQ(complaint("", world()), "");
  EXPECT_EQ(complaint("alone", Communicator()), "");
}

TEST(Alike, tells_all_ranks_the_first_that_differs_from_root) {
  const auto comm = world();
  for (int odd = 1; odd < comm.size(); ++odd) {
    const auto mine = comm.rank() >= odd ? "version 2." + std::to_string(comm.rank()) : std::string("version 1");
    EXPECT_EQ(complaint(mine, comm),
              fmt::format("rank {0} runs version 2.{0}, but rank 0 version 1; start them alike", odd));
  }
}

TEST(Alike, keeps_the_sentence_short_and_on_one_line) {
  const auto comm = world();
  if (comm.size() == 1) GTEST_SKIP() << "a rank alone agrees with itself";
  const auto said = complaint(std::string(5000, 'x') + "\n" + std::to_string(comm.rank()), comm);
  EXPECT_NE(said, "");
  EXPECT_LT(said.size(), 500u);
  EXPECT_EQ(said.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace bimetal::parallel
