#include "io/directory_claim.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "core/error.hpp"
#include "parallel/mpi.hpp"
#include "temporary_directory.hpp"

namespace bimetal::io {
namespace {

// [s]. A run that lives is found out at its next touch, so that being ready to wait for long costs nothing.
constexpr DirectoryClaim::Rhythm quick{.beat = 0.02, .patience = 0.2}, patient{.beat = 0.02, .patience = 20.0};

/// A rank by itself; the others would only do the same.
class Claims : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!comm_.is_root()) GTEST_SKIP() << "root claims for all";
  }
  std::filesystem::path file() const { return directory_.path() / DirectoryClaim::file_name; }
  void leave(const RunOwner& owner) const { std::ofstream(file()) << to_text(owner); }
  std::unique_ptr<DirectoryClaim> claim(const RunOwner& owner, const DirectoryClaim::Rhythm& rhythm = patient) const {
    return std::make_unique<DirectoryClaim>(directory_.path(), owner, rhythm);
  }
  /// What a run of `owner` is told; "" if it gets the directory.
  std::string refusal(const RunOwner& owner, const DirectoryClaim::Rhythm& rhythm = patient) const {
    try {
      claim(owner, rhythm);
    } catch (const core::UserError& error) {
      return error.what();
    }
    return "";
  }
  void expect_only(const std::filesystem::path& expected) const {
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path()))
      EXPECT_EQ(entry.path(), expected);
  }

  parallel::Communicator comm_ = parallel::duplicate(MPI_COMM_WORLD);
  test::TemporaryDirectory directory_{comm_};
  const RunOwner self_ = this_process(2);
};

/// As `owner`, but on a machine of which nothing is known here.
RunOwner elsewhere(RunOwner owner) {
  owner.host = "faraway";
  owner.machine = "another";
  return owner;
}

/// A process of this machine that has ended.
std::int64_t ended_process() {
  const auto child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  return child;
}

TEST_F(Claims, are_alone_and_leave_nothing_behind) {
  {
    const auto first = claim(self_);
    const auto said = refusal(self_);
    EXPECT_NE(said.find("belongs to a run that lives: process "), std::string::npos) << said;
    EXPECT_NE(said.find(self_.host), std::string::npos) << said;
    EXPECT_EQ(said.find("launcher"), std::string::npos) << said;
    expect_only(file());
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

TEST_F(Claims, of_many_for_one_dead_run_go_to_one) {
  auto dead = self_;
  dead.process = ended_process();
  leave(dead);
  constexpr int n = 8;
  std::vector<std::unique_ptr<DirectoryClaim>> claims(n);
  std::vector<std::thread> claimants;
  for (int i = 0; i < n; ++i)
    claimants.emplace_back([&, i] {
      auto owner = self_;  // a process that lives
      owner.host = fmt::format("n{}", i);
      try {
        claims[static_cast<std::size_t>(i)] = claim(owner, quick);
      } catch (const core::UserError&) {
      }
    });
  for (auto& claimant : claimants) claimant.join();
  EXPECT_EQ(std::ranges::count_if(claims, [](const auto& each) { return each != nullptr; }), 1);
}

TEST_F(Claims, are_renewed_when_somebody_removes_their_file) {
  const auto first = claim(self_, quick);
  std::filesystem::remove(file());
  for (int i = 0; i < 500 && !std::filesystem::exists(file()); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_NE(refusal(self_), "");
  EXPECT_NO_THROW(first->require_kept());
}

TEST_F(Claims, of_single_ranks_suspect_the_launcher) {
  const auto single = this_process(1);
  const auto first = claim(single);
  const auto said = refusal(single);
  EXPECT_NE(said.find("the launcher has started each of them alone"), std::string::npos) << said;
}

TEST_F(Claims, of_dead_processes_do_not_count) {
  auto dead = self_;
  dead.process = ended_process();
  leave(dead);
  EXPECT_EQ(refusal(self_), "");
  auto other = self_;  // whose id is used again
  other.started -= 1;
  leave(other);
  EXPECT_EQ(refusal(self_), "");
}

TEST_F(Claims, of_a_process_that_nobody_has_waited_for_do_not_count) {
  const auto child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t ignored{};
  ::waitid(P_PID, static_cast<id_t>(child), &ignored, WEXITED | WNOWAIT);
  auto dead = self_;
  dead.process = child;
  EXPECT_EQ(life_of(dead, self_), Life::dead);
  ::waitpid(child, nullptr, 0);
}

TEST_F(Claims, of_another_machine_count_while_they_are_touched) {
  const auto far = claim(elsewhere(self_));
  const auto said = refusal(self_);
  EXPECT_NE(said.find("on faraway"), std::string::npos) << said;
}

TEST_F(Claims, of_another_machine_that_nobody_touches_do_not_count) {
  leave(elsewhere(self_));
  EXPECT_EQ(refusal(self_, quick), "");
  std::ofstream(file()) << "half a li";
  EXPECT_EQ(refusal(self_, quick), "");
}

TEST_F(Claims, of_the_same_job_before_it_was_requeued_do_not_count_even_if_touched) {
  auto before = elsewhere(self_), now = self_;
  before.job = now.job = "17";
  now.requeued = 1;
  const auto first = claim(before);
  const auto second = claim(now);
  // The one that has been taken for dead finds out, and does not take away what is no longer its own.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  const auto has_lost = [&] {
    try {
      first->require_kept();
    } catch (const core::RuntimeFailure& failure) {
      EXPECT_NE(std::string(failure.what()).find("belongs to another run now"), std::string::npos);
      return true;
    }
    return false;
  };
  bool lost = false;
  while (!(lost = has_lost()) && std::chrono::steady_clock::now() < deadline) ::usleep(1000);
  EXPECT_TRUE(lost);
  EXPECT_NO_THROW(second->require_kept());
}

TEST_F(Claims, of_another_rank_of_the_same_job_count) {
  auto one = elsewhere(self_), other = self_;
  one.job = other.job = "17";
  const auto first = claim(one);
  EXPECT_NE(refusal(other).find("Slurm job 17"), std::string::npos);
}

TEST(RunOwner, is_read_as_it_was_written) {
  const auto self = this_process(3);
  EXPECT_EQ(read_owner(to_text(self)), self);
  EXPECT_EQ(life_of(self, self), Life::lives);
  const auto text = to_text(self);
  for (std::size_t length = 0; length < text.size(); ++length)
    EXPECT_EQ(read_owner(text.substr(0, length)), std::nullopt) << length;
}

}  // namespace
}  // namespace bimetal::io
