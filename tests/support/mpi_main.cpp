// The main of tests that run under MPI: every rank runs every test, only root reports passes, a failure on any rank
// fails the job, and a run in which no test was executed fails too.
#include <gtest/gtest.h>
#include <mpi.h>

#include <cstdio>

#include "parallel/session.hpp"

int main(int argc, char** argv) {
  bimetal::parallel::Session session(argc, argv);
  ::testing::InitGoogleTest(&argc, argv);
  const auto& world = session.world();

  auto& listeners = ::testing::UnitTest::GetInstance()->listeners();
  if (!world.is_root()) delete listeners.Release(listeners.default_result_printer());

  const int failed = RUN_ALL_TESTS();
  const auto* unit = ::testing::UnitTest::GetInstance();
  if (failed && !world.is_root()) {
    for (int s = 0; s < unit->total_test_suite_count(); ++s)
      for (int t = 0; t < unit->GetTestSuite(s)->total_test_count(); ++t) {
        const auto* info = unit->GetTestSuite(s)->GetTestInfo(t);
        if (!info->result()->Failed()) continue;
        for (int p = 0; p < info->result()->total_part_count(); ++p)
          std::fprintf(stderr, "rank %d: %s.%s: %s\n", world.rank(), info->test_suite_name(), info->name(),
                       info->result()->GetTestPartResult(p).summary());
      }
  }
  const bool none = unit->test_to_run_count() == 0;
  return world.sum(static_cast<std::int64_t>(failed || none)) > 0 ? 1 : 0;
}
