#include "surrogate/device.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <stdexcept>

#include "core/error.hpp"
#include "parallel/mpi.hpp"
#include "surrogate/trial.hpp"
#include "toy_chemistry.hpp"

namespace bimetal::surrogate {
namespace {

/// A lap that takes so many seconds on a core, and on a GPU of this rank.
Lap takes(double on_core, double on_gpu) {
  return [=](torch::Device device) { return device.is_cuda() ? on_gpu : on_core; };
}

TEST(Device, is_a_gpu_where_all_ranks_are_faster_with_one) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  const auto choice = choose_device(Device::automatic, 2, takes(0.02, 0.002), world);
  ASSERT_TRUE(choice.device.is_cuda());
  EXPECT_EQ(choice.device.index(), world.place_on_node().rank % 2) << "the ranks of a node share its GPUs";
  EXPECT_NE(choice.reason.find("on the GPUs:"), std::string::npos) << choice.reason;
}

TEST(Device, is_a_core_where_gpus_are_hardly_faster) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  const auto choice = choose_device(Device::automatic, 1, takes(0.01, 0.009), world);
  EXPECT_TRUE(choice.device.is_cpu());
  EXPECT_NE(choice.reason.find("on the cores:"), std::string::npos) << choice.reason;
}

TEST(Device, is_a_core_on_all_ranks_where_the_gpu_of_one_is_slow) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  const bool slow = world.rank() == world.size() - 1;
  EXPECT_TRUE(choose_device(Device::automatic, 1, takes(0.01, slow ? 0.03 : 0.001), world).device.is_cpu());
}

TEST(Device, is_a_core_on_all_ranks_where_one_has_no_gpu_and_they_would_wait_for_it) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  const int n_gpus = world.rank() == world.size() - 1 ? 0 : 1;
  EXPECT_TRUE(choose_device(Device::automatic, n_gpus, takes(0.01, 0.001), world).device.is_cpu());
}

TEST(Device, is_a_core_on_all_ranks_where_the_gpu_of_one_fails) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  const bool broken = world.rank() == 0;
  const Lap lap = [&](torch::Device device) {
    if (device.is_cuda() && broken) throw std::runtime_error("out of memory");
    return device.is_cuda() ? 0.001 : 0.01;
  };
  const auto choice = choose_device(Device::automatic, 1, lap, world);
  EXPECT_TRUE(choice.device.is_cpu());
  EXPECT_NE(choice.reason.find("fail"), std::string::npos) << choice.reason;
}

TEST(Device, is_what_the_options_name_without_a_race) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  const Lap none = [](torch::Device) -> double { throw std::logic_error("nobody asked for a race"); };
  EXPECT_TRUE(choose_device(Device::cpu, 1, none, world).device.is_cpu());
  const auto gpu = choose_device(Device::cuda, 1, none, world);
  EXPECT_TRUE(gpu.device.is_cuda());
  const auto core = choose_device(Device::automatic, 0, none, world);
  EXPECT_TRUE(core.device.is_cpu());
  EXPECT_TRUE(gpu.reason.empty() && core.reason.empty());
  EXPECT_THROW(choose_device(Device::cuda, 0, none, world), core::UserError);
}

TEST(Trial, computes_what_a_run_computes_again_and_again) {
  const auto signature = testing::toy_signature();
  Trial trial(Model(signature, NetworkOptions{}, torch::kCPU), {}, 64, std::ssize(signature.inputs));
  for (int i = 0; i < 3; ++i) EXPECT_GT(trial.lap(), 0.0);
}

}  // namespace
}  // namespace bimetal::surrogate
