// Outputs that continue no input: from training to a model file and back.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "../support/heat_flux.hpp"
#include "surrogate/model_archive.hpp"
#include "surrogate/model_file.hpp"
#include "taught_surrogate.hpp"

namespace bimetal::surrogate {
namespace {

using bimetal::testing::HeatFlux;
using testing::Weights;

struct Fluxes {
  explicit Fluxes(std::int64_t n, std::uint64_t step) : in(4, n), out(2, n) {
    for (std::int64_t i = 0; i < n; ++i) {
      HeatFlux::draw(step, static_cast<std::uint64_t>(i), in[i]);
      HeatFlux::conduct(in[i], out[i]);
      id.push_back(i);
    }
  }
  core::RowTable in, out;
  std::vector<std::int64_t> id;
};

Surrogate taught(Head head, std::int64_t n_updates) {
  auto network = testing::small;
  network.head = head;
  Surrogate surrogate(HeatFlux().signature(), network, testing::quick, {});
  const Fluxes rows(4000, 0);
  surrogate.remember(rows.in.rows(), rows.out.rows(), rows.id, 0);
  surrogate.train(n_updates);
  surrogate.familiarise();
  return surrogate;
}

core::RowTable ask(Surrogate& surrogate, const core::RowTable& in) {
  core::RowTable out(2, in.size());
  std::vector<Signals> signals(static_cast<std::size_t>(in.size()));
  surrogate.predict(Weights::candidate, in.rows(), out.rows(), signals);
  return out;
}

double median_error(const core::RowTable& answers, const core::RowTable& truth) {
  std::vector<double> errors;
  for (std::int64_t i = 0; i < truth.size(); ++i)
    errors.push_back(testing::scaled_error(HeatFlux().signature(), answers[i], truth[i]));
  return testing::quantile(errors, 0.5);
}

/// The model as a file of this rank's own.
class FluxModel : public ::testing::TestWithParam<Head> {
 protected:
  std::string path_ = std::filesystem::temp_directory_path() / ("bimetal_flux_" + std::to_string(::getpid()) + ".pt");
  void TearDown() override { std::filesystem::remove(path_); }
  void write(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }
};

TEST_P(FluxModel, is_learned_corrected_and_comes_back_from_a_file_to_the_bit) {
  auto surrogate = taught(GetParam(), 400);
  Fluxes rows(1000, 1);
  const auto answers = ask(surrogate, rows.in);
  EXPECT_LT(median_error(answers, rows.out), 0.01);

  write(surrogate.save(Weights::candidate));
  const ModelFile file(path_, {});
  Surrogate loaded(HeatFlux().signature(), file, testing::small, testing::quick, {});
  EXPECT_TRUE(std::ranges::equal(ask(loaded, rows.in).rows().flat(), answers.rows().flat()));
  EXPECT_NE(file.describe().find("q_x"), std::string::npos);

  for (std::int64_t i = 0; i < rows.out.size(); ++i) rows.out[i][0] += 0.2;
  for (int twice = 0; twice < 2; ++twice) loaded.correct(Weights::candidate, rows.in.rows(), rows.out.rows());
  EXPECT_LT(median_error(ask(loaded, rows.in), rows.out), 0.02);
}

INSTANTIATE_TEST_SUITE_P(Heads, FluxModel, ::testing::Values(Head::relaxation, Head::increment),
                         [](const auto& which) {
                           return which.param == Head::relaxation ? "relaxation" : "increment";
                         });

TEST(Bases, a_module_says_the_outputs_themselves_where_the_base_is_zero) {
  auto surrogate = taught(Head::relaxation, 50);
  const Fluxes rows(20, 1);
  const auto answers = ask(surrogate, rows.in);
  auto module = ModelArchive::open(surrogate.save(Weights::candidate), "the model").module();
  auto x = torch::empty({20, 4});
  std::ranges::copy(rows.in.rows().flat(), x.data_ptr<float>());
  const auto said = module.forward({x}).toTupleRef().elements()[0].toTensor().contiguous();
  for (std::int64_t i = 0; i < 20; ++i)
    for (std::int64_t k = 0; k < 2; ++k)
      EXPECT_NEAR(said[i][k].item<float>(), answers[i][static_cast<std::size_t>(k)], 1e-5);
}

TEST(Bases, files_from_before_they_were_stated_are_read_as_they_were_meant) {
  const std::string path =
      std::filesystem::temp_directory_path() / ("bimetal_old_" + std::to_string(::getpid()) + ".pt");
  Surrogate taught(testing::toy_signature_with_step(), testing::small, testing::quick, {});
  const auto rows = testing::toy_rows_with_step(2000, 1, 1e-7, 1e-5);
  taught.remember(rows.in.rows(), rows.out.rows(), rows.id, 0);
  taught.train(5);
  taught.familiarise();
  const auto archive = ModelArchive::open(taught.save(Weights::candidate), "the model");
  auto metadata = nlohmann::ordered_json::parse(archive.metadata);
  for (auto& input : metadata["inputs"]) input.erase("condition");
  for (auto& output : metadata["outputs"]) output.erase("continues");
  metadata.erase("strata");
  metadata["format"] = 2;
  std::ofstream(path, std::ios::binary) << ModelArchive::pack(archive.module(), metadata.dump(), archive.weights);
  const ModelFile file(path, {});
  file.require_for(testing::toy_signature_with_step());
  ASSERT_TRUE(file.signature().strata);
  EXPECT_EQ(file.signature().strata->input, 0);
  EXPECT_EQ(file.signature().outputs[3].continues, 3);
  EXPECT_EQ(file.signature().column_of(core::Condition::time_step), 6);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace bimetal::surrogate
