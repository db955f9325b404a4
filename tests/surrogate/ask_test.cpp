#include "surrogate/ask.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "taught_surrogate.hpp"

namespace bimetal::surrogate {
namespace {

/// Answers with the first column, and raises where that is negative.
class Touchy : public Network {
 public:
  Touchy() : Network(0, torch::kCPU) {}
  Answer forward(const Input& input) const override {
    ++n_calls;
    const auto x = input.features.select(1, 0);
    for (std::int64_t i = 0; i < x.size(0); ++i)
      if (x[i].item<float>() < 0.0F) throw std::runtime_error("Traceback\n  of somebody\nValueError: too cold\n");
    return {input.features, x, torch::Tensor(), input.features};
  }
  bool learns() const override { return false; }
  bool reads_rows() const override { return false; }
  bool has_second() const override { return false; }
  void restate(const Scaling&) override {}
  void rescale(const Scaling&) override {}
  void draw_weights(std::uint64_t) override {}
  void take(const Network&) override {}
  std::unique_ptr<Network> clone() const override { return std::make_unique<Touchy>(); }
  std::vector<torch::Tensor> parameters() const override { return {}; }

  mutable int n_calls = 0;
};

Network::Input rows_with_negative(std::int64_t n, const std::vector<std::int64_t>& negative) {
  auto x = torch::arange(static_cast<double>(n)).view({n, 1}).to(torch::kFloat32);
  for (const auto i : negative) x[i] = -1.0;
  return {x, {}};
}

TEST(Ask, asks_once_if_nothing_raises) {
  const Touchy network;
  const auto asked = ask(network, rows_with_negative(100, {}), 80);
  EXPECT_EQ(network.n_calls, 1);
  EXPECT_EQ(asked.n(), 80);
  EXPECT_EQ(asked.words, "");
  EXPECT_EQ(asked.of(torch::arange(100)).size(0), 80);
}

TEST(Ask, goes_down_to_the_rows_that_raise_and_no_further) {
  const Touchy network;
  const auto asked = ask(network, rows_with_negative(1024, {3, 700}), 1024);
  EXPECT_EQ(asked.n(), 1022);
  EXPECT_EQ(asked.words, "ValueError: too cold");
  EXPECT_LE(network.n_calls, 1 + 2 * 2 * 10);  // two rows, ten halvings, two halves each
  for (std::int64_t j = 0; j < asked.n(); ++j)
    EXPECT_EQ(asked.answer.log_error[j].item<float>(), static_cast<float>(asked.rows[static_cast<std::size_t>(j)]));
  EXPECT_TRUE(torch::equal(asked.of(torch::arange(1024)).to(torch::kFloat32), asked.answer.log_error));
}

TEST(Ask, may_be_left_without_an_answer) {
  const Touchy network;
  for (const auto& negative : {std::vector<std::int64_t>{0, 1, 2}, std::vector<std::int64_t>{}}) {
    const auto n = std::ssize(negative);
    const auto asked = ask(network, rows_with_negative(3, negative), n);
    EXPECT_EQ(asked.n(), 0);
    EXPECT_EQ(asked.answer.increments.size(0), 0);
  }
}

}  // namespace
}  // namespace bimetal::surrogate
