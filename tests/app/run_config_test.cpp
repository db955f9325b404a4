#include "app/run_config.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "app/reacting_flow_config.hpp"
#include "core/error.hpp"

namespace bimetal::app {
namespace {

const std::string kernel = std::string(BIMETAL_SOURCE_DIR) + "/inputs/h2_kernel.yaml";

RunConfig read(const std::vector<std::string>& settings) { return read_run_config(kernel, settings, {}); }

TEST(RunConfig, makes_the_reference_solver_ten_times_as_accurate_as_answers_have_to_be) {
  for (const auto& [tolerance, rtol] : {std::pair{"1e-3", 1e-4}, {"0.02", 2e-3}, {"1e-5", 1e-6}}) {
    const auto config = read({std::string("switching.tolerance=") + tolerance});
    EXPECT_DOUBLE_EQ(as_reacting_flow(config).chemistry.solver.rtol, rtol);
    EXPECT_DOUBLE_EQ(as_reacting_flow(config).chemistry.solver.atol, 1e-4 * rtol);
  }
  EXPECT_EQ(as_reacting_flow(read({})).chemistry.solver.rtol, 1e-4) << "to the bit: 1e-4 is where RODAS3 ends";
}

TEST(RunConfig, takes_the_tolerances_of_the_reference_solver_that_are_given) {
  auto config = read({"chemistry.rtol=1e-6"});
  EXPECT_EQ(as_reacting_flow(config).chemistry.solver.rtol, 1e-6);
  EXPECT_DOUBLE_EQ(as_reacting_flow(config).chemistry.solver.atol, 1e-10);
  EXPECT_EQ(as_reacting_flow(config).chemistry.tolerances, "rtol 1e-06 (given), atol 1e-10 (1e-4 of rtol)");
  config = read({"chemistry.atol=1e-12"});
  EXPECT_EQ(as_reacting_flow(config).chemistry.solver.rtol, 1e-4);
  EXPECT_EQ(as_reacting_flow(config).chemistry.solver.atol, 1e-12);
  EXPECT_EQ(as_reacting_flow(config).chemistry.tolerances,
            "rtol 0.0001 (a tenth of switching.tolerance), atol 1e-12 (given)");
  EXPECT_THROW(read({"chemistry.rtol=0.5"}), core::UserError);
}

TEST(RunConfig, keeps_the_tolerances_of_the_reference_solver_within_what_may_be_given) {
  EXPECT_EQ(as_reacting_flow(read({"switching.tolerance=50"})).chemistry.solver.rtol, 0.1);
  const auto strict = as_reacting_flow(read({"switching.tolerance=1e-17"})).chemistry.solver;
  EXPECT_EQ(strict.rtol, 1e-13);
  EXPECT_GE(strict.atol, 1e-20);
}

TEST(RunConfig, shows_what_auto_came_to_and_reads_it_again) {
  const auto config = read({"switching.tolerance=1e-2"});
  EXPECT_NE(config.resolved.find("rtol: auto  # 0.001, a tenth of switching.tolerance\n"), std::string::npos)
      << config.resolved;
  EXPECT_NE(config.resolved.find("atol: auto  # 1e-07, 1e-4 of rtol\n"), std::string::npos);
  const auto path = ::testing::TempDir() + "resolved.yaml";
  std::ofstream(path) << config.resolved;
  const auto again = read_run_config(path, {}, {});
  EXPECT_EQ(as_reacting_flow(again).chemistry.solver.rtol, as_reacting_flow(config).chemistry.solver.rtol);
  EXPECT_EQ(as_reacting_flow(again).chemistry.solver.atol, as_reacting_flow(config).chemistry.solver.atol);
}

}  // namespace
}  // namespace bimetal::app
