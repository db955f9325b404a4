#include "surrogate/model_file.hpp"

#include <gtest/gtest.h>
#include <torch/script.h>
#include <torch/utils.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/text.hpp"
#include "foreign_module.hpp"
#include "parallel/mpi.hpp"
#include "surrogate/model_archive.hpp"
#include "surrogate/scaling.hpp"
#include "taught_surrogate.hpp"

namespace bimetal::surrogate {
namespace {

using nlohmann::ordered_json;
using testing::foreign_module;
using testing::Weights;

/// A folder of this rank's own.
class ModelFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("bimetal_models_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& bytes, const std::string& name = "model.pt") const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return folder_ / name;
  }
  const parallel::Communicator comm_;  // serial: every rank tests by itself
  std::filesystem::path folder_;
};

const std::string& taught_bytes() {
  static const std::string bytes = [] {
    auto surrogate = testing::taught({}, 300);
    surrogate.familiarise();
    return surrogate.save(Weights::candidate);
  }();
  return bytes;
}

std::string with_metadata(const std::string& bytes, const std::function<void(ordered_json&)>& change) {
  const auto archive = ModelArchive::open(bytes, "the model");
  auto metadata = ordered_json::parse(archive.metadata);
  change(metadata);
  return ModelArchive::pack(archive.module(), metadata.dump(), archive.weights);
}

std::string foreign(const torch::jit::Module& module, double reference_answer = 0.0) {
  return testing::foreign(taught_bytes(), module, reference_answer);
}

/// With other plain weights.
std::string with_weights(const std::function<void(std::vector<float>&)>& change) {
  const auto archive = ModelArchive::open(taught_bytes(), "the model");
  std::vector<float> weights(archive.weights.size() / sizeof(float));
  std::memcpy(weights.data(), archive.weights.data(), archive.weights.size());
  change(weights);
  const std::string bytes(reinterpret_cast<const char*>(weights.data()), weights.size() * sizeof(float));
  return ModelArchive::pack(archive.module(), archive.metadata, bytes);
}

std::string without_plain_weights() {
  const auto archive = ModelArchive::open(taught_bytes(), "the model");
  return ModelArchive::pack(archive.module(), archive.metadata);
}

std::string spoilt_module() {
  const auto archive = ModelArchive::open(taught_bytes(), "the model");
  auto module = archive.module();
  const torch::NoGradGuard no_gradient;
  auto weight = module.attr("trunk_0_weight").toTensor();
  weight[0][0] = std::numeric_limits<float>::quiet_NaN();
  return ModelArchive::pack(module, archive.metadata);
}

std::string without_metadata() {
  std::ostringstream stream;
  ModelArchive::open(taught_bytes(), "the model").module().save(stream);
  return stream.str();
}

/// A module of one constant parameter that gives rows of its own choice.
std::string said(const std::string& body) {
  torch::jit::Module module("said");
  module.register_parameter("level", torch::full({1}, -2.0).set_requires_grad(true), false);
  module.define(
      "def forward(self, x: Tensor):\n    increments = 0.0 * x\n"
      "    log_error = self.level.expand(x.size(0))\n" +
      body);
  return foreign(module);
}

TEST_F(ModelFileTest, brings_back_the_network_to_the_bit) {
  auto taught = testing::taught(comm_, 300);
  taught.familiarise();
  const ModelFile file(write(taught.save(Weights::candidate)), comm_);
  Surrogate loaded(testing::toy_signature(), file, {}, testing::quick, comm_);
  const auto rows = testing::toy_rows(500, 7);
  EXPECT_EQ(testing::hash(testing::ask(loaded, Weights::candidate, rows)),
            testing::hash(testing::ask(taught, Weights::candidate, rows)));
  EXPECT_TRUE(loaded.warm() && loaded.has_second());
  EXPECT_EQ(loaded.n_parameters(), taught.n_parameters());
}

/// As files were before they had plain weights.
TEST_F(ModelFileTest, without_plain_weights_the_network_is_that_of_the_module) {
  const auto rows = testing::toy_rows(500, 7);
  std::vector<std::int64_t> hashes;
  for (const auto& bytes : {taught_bytes(), without_plain_weights()}) {
    const ModelFile file(write(bytes), comm_);
    Surrogate loaded(testing::toy_signature(), file, {}, testing::quick, comm_);
    hashes.push_back(testing::hash(testing::ask(loaded, Weights::candidate, rows)));
  }
  EXPECT_EQ(hashes[0], hashes[1]);
  EXPECT_NE(ModelFile(write(taught_bytes()), comm_).describe().find("plain weights"), std::string::npos);
}

/// The plain weights and the metadata are all that is needed.
TEST_F(ModelFileTest, plain_weights_do_without_torchscript) {
  const auto archive = ModelArchive::open(taught_bytes(), "the model");
  torch::jit::Module other("no_network");
  const ModelFile file(write(ModelArchive::pack(other, archive.metadata, archive.weights)), comm_);
  Surrogate loaded(testing::toy_signature(), file, {}, testing::quick, comm_);
  EXPECT_GT(loaded.n_parameters(), 0);
}

TEST_F(ModelFileTest, serves_what_training_could_not_change_and_does_not_train_it) {
  torch::jit::Module buffers("buffers");  // as torch.jit.freeze leaves a module: nothing is a parameter
  buffers.register_buffer("level", torch::full({1}, -2.0));
  buffers.define("def forward(self, x: Tensor):\n    return 0.0 * x, self.level.expand(x.size(0))\n");
  const auto detached = foreign_module("increments.detach(), log_error.detach()");
  for (const auto& module : {buffers, detached}) {
    const ModelFile file(write(foreign(module)), comm_);
    EXPECT_FALSE(file.learns());
    Surrogate surrogate(testing::toy_signature(), file, {}, testing::quick, comm_);
    EXPECT_FALSE(surrogate.learns());
    const auto rows = testing::toy_rows(2000, 3);
    surrogate.remember(rows.in.rows(), rows.out.rows(), rows.id, 0);
    EXPECT_EQ(surrogate.train(5).updates, 0);
    EXPECT_FALSE(surrogate.trained());
    EXPECT_EQ(testing::ask(surrogate, Weights::candidate, rows).out[7][1], rows.in[7][1]);
    EXPECT_NO_THROW(ModelFile(write(surrogate.save(Weights::candidate), "again.pt"), comm_));
  }
  EXPECT_TRUE(ModelFile(write(foreign(foreign_module())), comm_).learns());
}

TEST_F(ModelFileTest, rows_that_a_module_raises_for_have_no_answer_and_are_not_learned_from) {
  const ModelFile file(
      write(said("    assert float(x[:, 0].max()) < 4000.0, 'too hot'\n    return increments, log_error\n")), comm_);
  Surrogate surrogate(testing::toy_signature(), file, {}, testing::quick, comm_);
  auto rows = testing::toy_rows(2000, 3);
  for (const std::int64_t hot : {5, 1024, 1999}) rows.in[hot][0] = 5000.0;
  surrogate.promote();
  const auto answers = testing::ask(surrogate, Weights::serving, rows);
  for (std::int64_t i = 0; i < 2000; ++i) {
    const bool hot = rows.in[i][0] > 4000.0;
    EXPECT_EQ(std::isfinite(answers.signals[static_cast<std::size_t>(i)].predicted_error), !hot) << i;
    EXPECT_EQ(std::isfinite(answers.out[i][1]), !hot) << i;
  }
  EXPECT_NE(surrogate.first_words().find("too hot"), std::string::npos) << surrogate.first_words();
  surrogate.remember(rows.in.rows(), rows.out.rows(), rows.id, 0);
  EXPECT_EQ(surrogate.train(10).skipped, 0);
  surrogate.correct(Weights::serving, rows.in.rows(), rows.out.rows());
  surrogate.correct(Weights::serving, core::ConstRows(nullptr, 0, 6), core::ConstRows(nullptr, 0, 6));
  EXPECT_TRUE(std::isfinite(testing::ask(surrogate, Weights::serving, rows).out[0][1]));
  EXPECT_NO_THROW(ModelFile(write(surrogate.save(Weights::candidate), "again.pt"), comm_));
}

TEST_F(ModelFileTest, holds_a_module_that_answers_like_the_native_network) {
  auto taught = testing::taught(comm_, 300);
  const auto bytes = taught.save(Weights::candidate);
  auto module = ModelArchive::open(bytes, "the model").module();
  const auto signature = testing::toy_signature();
  const auto rows = testing::toy_rows(500, 7);
  const auto native = testing::ask(taught, Weights::candidate, rows);
  auto x = torch::empty({500, 6});
  std::ranges::copy(rows.in.rows().flat(), x.data_ptr<float>());
  const auto outputs = module.forward({x}).toTupleRef().elements();
  const auto increments = outputs[0].toTensor().contiguous(), log_error = outputs[1].toTensor().contiguous();
  for (std::int64_t i = 0; i < 500; ++i) {
    for (std::size_t k = 1; k < 6; ++k)  // T is derived
      EXPECT_NEAR(increments[i][static_cast<std::int64_t>(k)].item<float>(), native.out[i][k] - rows.in[i][k],
                  1e-6 * signature.outputs[k].scale);
    EXPECT_NEAR(std::pow(10.0, log_error[i].item<float>()),
                native.signals[static_cast<std::size_t>(i)].predicted_error,
                1e-3 * native.signals[static_cast<std::size_t>(i)].predicted_error);
  }
}

TEST_F(ModelFileTest, serves_and_trains_an_architecture_it_has_never_seen) {
  const ModelFile file(write(foreign(foreign_module())), comm_);
  const TrainingOptions training{.batch = 256, .learning_rate_end = 1e-2, .decay_updates = 1};
  Surrogate surrogate(testing::toy_signature(), file, {}, training, comm_);
  EXPECT_FALSE(surrogate.has_second());
  const auto rows = testing::toy_rows(4000, 3);
  const auto mean_error = [&](Surrogate& who) {
    const auto errors = testing::errors_of(testing::ask(who, Weights::candidate, rows), rows);
    return std::accumulate(errors.begin(), errors.end(), 0.0) / static_cast<double>(errors.size());
  };
  const double before = mean_error(surrogate);
  surrogate.remember(rows.in.rows(), rows.out.rows(), rows.id, 0);
  surrogate.train(300);
  const double after = mean_error(surrogate);
  EXPECT_LT(after, 0.5 * before);

  const ModelFile again(write(surrogate.save(Weights::candidate), "again.pt"), comm_);
  Surrogate loaded(testing::toy_signature(), again, {}, training, comm_);
  EXPECT_DOUBLE_EQ(mean_error(loaded), after);

  auto moved = rows;
  for (std::int64_t i = 0; i < moved.out.size(); ++i) moved.out[i][1] -= 0.1, moved.out[i][4] += 0.1;  // A2 -> A
  for (int twice = 0; twice < 2; ++twice) loaded.correct(Weights::candidate, moved.in.rows(), moved.out.rows());
  const auto answers = testing::ask(loaded, Weights::candidate, rows);
  const auto errors = testing::errors_of(answers, moved);
  EXPECT_LT(std::accumulate(errors.begin(), errors.end(), 0.0) / static_cast<double>(errors.size()), 2.0 * after);
}

TEST_F(ModelFileTest, keeps_elements_whatever_a_module_says) {
  auto module = foreign_module();
  {
    const torch::NoGradGuard no_gradient;
    auto out = module.attr("out").toTensor();
    out.fill_(1e-3);
  }
  const auto archive = ModelArchive::open(foreign(module), "the model");
  auto metadata = ordered_json::parse(archive.metadata);
  std::vector<std::vector<float>> rows;
  auto x = torch::empty({static_cast<std::int64_t>(metadata["reference"]["input"].size()), 6});
  for (std::int64_t i = 0; i < x.size(0); ++i)
    for (std::int64_t k = 0; k < 6; ++k)
      x[i][k] =
          metadata["reference"]["input"][static_cast<std::size_t>(i)][static_cast<std::size_t>(k)].get<double>();
  const auto increments = module.forward({x}).toTupleRef().elements()[0].toTensor();
  for (std::int64_t i = 0; i < x.size(0); ++i)
    for (std::int64_t k = 0; k < 6; ++k)
      metadata["reference"]["increments"][static_cast<std::size_t>(i)][static_cast<std::size_t>(k)] =
          increments[i][k].item<float>();
  const ModelFile file(write(ModelArchive::pack(module, metadata.dump())), comm_);
  Surrogate surrogate(testing::toy_signature(), file, {}, testing::quick, comm_);
  const auto rows_in = testing::toy_rows(100, 5);
  const auto answers = testing::ask(surrogate, Weights::candidate, rows_in);
  const auto signature = testing::toy_signature();
  for (std::int64_t i = 0; i < 100; ++i)
    for (std::size_t e = 0; e < 2; ++e) {
      double gained = 0.0;
      for (std::size_t k = 1; k < 6; ++k)
        gained += signature.invariants(e, k) * (answers.out[i][k] - rows_in.in[i][k]);
      EXPECT_NEAR(gained, 0.0, 1e-14);
    }
}

TEST_F(ModelFileTest, a_false_claim_to_be_native_is_not_believed) {
  const auto bytes = with_metadata(foreign(foreign_module()), [](auto& metadata) {
    metadata["architecture"] = {
        {"name", "bimetal.perceptrons"}, {"layers", {8}}, {"error_layers", {8}}, {"second_layers", {8}}};
  });
  Surrogate surrogate(testing::toy_signature(), ModelFile(write(bytes), comm_), {}, testing::quick, comm_);
  EXPECT_EQ(surrogate.n_parameters(), 6 * 64 + 64 * 6 + 1);
}

struct Refusal {
  const char* name;
  std::function<std::string()> bytes;
  std::vector<std::string> words;  // in the sentence
};

void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }

std::string without(const char* key) {
  return with_metadata(taught_bytes(), [&](auto& metadata) { metadata.erase(key); });
}

const Refusal refusals[] = {
    {"another_mechanism",
     [] { return with_metadata(taught_bytes(), [](auto& m) { m["fingerprint"] = "0123456789abcdef"; }); },
     {"another mechanism or pressure", "0123456789abcdef"}},
    {"another_kind",
     [] { return with_metadata(taught_bytes(), [](auto& m) { m["kind"] = "radiation"; }); },
     {"'radiation'", "'toy'"}},
    {"other_species",
     [] {
       return with_metadata(taught_bytes(), [](auto& m) {
         m["inputs"][3]["name"] = m["outputs"][3]["name"] = m["outputs"][3]["continues"] = "Y_CD";
       });
     },
     {"other inputs", "Y_CD"}},
    {"another_unit",
     [] { return with_metadata(taught_bytes(), [](auto& m) { m["inputs"][0]["unit"] = "F"; }); },
     {"T in 'F'", "'K'"}},
    {"another_step",
     [] { return with_metadata(taught_bytes(), [](auto& m) { m["dt"] = 2e-6; }); },
     {"2e-06 s", "1e-06 s", "time.step"}},
    {"an_output_of_another_base",
     [] { return with_metadata(taught_bytes(), [](auto& m) { m["outputs"][3].erase("continues"); }); },
     {"predicts Y_AB", "another base"}},
    {"an_output_that_continues_nothing_known",
     [] { return with_metadata(taught_bytes(), [](auto& m) { m["outputs"][3]["continues"] = "Y_CD"; }); },
     {"'continues'", "no input"}},
    {"two_inputs_of_one_name",
     [] { return with_metadata(taught_bytes(), [](auto& m) { m["inputs"].push_back(m["inputs"][5]); }); },
     {"'inputs'", "a name twice"}},
    {"two_outputs_that_continue_one_input",
     [] { return with_metadata(taught_bytes(), [](auto& m) { m["outputs"][4]["continues"] = "Y_B"; }); },
     {"'outputs'", "an input twice"}},
    {"an_output_that_continues_a_condition",
     [] { return with_metadata(taught_bytes(), [](auto& m) { m["inputs"][4]["condition"] = "pressure"; }); },
     {"'outputs'", "a condition"}},
    {"an_unknown_condition",
     [] { return with_metadata(taught_bytes(), [](auto& m) { m["inputs"][4]["condition"] = "humidity"; }); },
     {"'condition'", "none, pressure, time_step"}},
    {"no_outputs",
     [] { return with_metadata(taught_bytes(), [](auto& m) { m["outputs"] = ordered_json::array(); }); },
     {"'outputs'", "1 to"}},
    {"strata_that_end_before_they_begin",
     [] { return with_metadata(taught_bytes(), [](auto& m) { m["strata"]["to"] = 100.0; }); },
     {"'to'", "not above"}},
    {"strata_without_an_end",
     [] { return with_metadata(taught_bytes(), [](auto& m) { m["strata"].erase("to"); }); },
     {"'strata.to' is missing"}},
    {"no_metadata", without_metadata, {"no metadata", "bimetal.json"}},
    {"metadata_without_dt", [] { return without("dt"); }, {"'dt' is missing"}},
    {"metadata_without_scaling", [] { return without("scaling"); }, {"'scaling' is missing"}},
    {"metadata_without_reference", [] { return without("reference"); }, {"'reference' is missing"}},
    {"text_for_a_number",
     [] { return with_metadata(taught_bytes(), [](auto& m) { m["dt"] = "fast"; }); },
     {"'dt'", "another kind"}},
    {"metadata_that_is_no_json",
     [] { return ModelArchive::pack(ModelArchive::open(taught_bytes(), "the model").module(), "{"); },
     {"no JSON"}},
    {"no_log_error",
     [] { return foreign(foreign_module("increments")); },
     {"gives a tensor, where it must give", "log_error"}},
    {"a_flat_answer",
     [] { return foreign(foreign_module("increments.flatten(), log_error")); },
     {"increments as float32 [", "where it must be float32 [8, 6] for 8 rows"}},
    {"double_precision",
     [] { return foreign(foreign_module("increments.double(), log_error")); },
     {"increments as float64 [8, 6]", "must be float32 [8, 6]"}},
    {"rows_that_see_each_other",
     [] { return said("    return increments, log_error + 0.1 * (x.size(0) - 8)\n"); },
     {"log_error if it is asked for this row alone", "must not see each other"}},
    {"a_module_that_fails_for_one_row",
     [] { return said("    return increments, log_error.reshape(2, -1).flatten()\n"); },
     {"forward fails for 1 row of 6 inputs", "invalid for input of size 1", "[n, 6] for any n"}},
    {"a_module_that_loses_the_rows",
     [] { return said("    return increments.squeeze(), log_error\n"); },
     {"increments as float32 [6]", "float32 [1, 6] for 1 row"}},
    {"a_list", [] { return foreign(foreign_module("[increments, log_error]")); }, {"gives a list, where"}},
    {"four_answers",
     [] { return foreign(foreign_module("increments, log_error, increments, x")); },
     {"gives a tuple of 4, where"}},
    {"an_answer_that_is_not_finite",
     [] { return foreign(foreign_module("increments / 0.0, log_error")); },
     {"not finite"}},
    {"a_module_that_fails", [] { return foreign(foreign_module("torch.mm(x, x), log_error")); }, {"forward fails"}},
    {"weights_that_are_nan", spoilt_module, {"trunk_0_weight", "not finite"}},
    {"plain_weights_that_are_nan",
     [] { return with_weights([](auto& weights) { weights[5] = std::numeric_limits<float>::quiet_NaN(); }); },
     {"plain weights (bimetal.weights)", "not finite"}},
    {"plain_weights_of_another_size",
     [] { return with_weights([](auto& weights) { weights.pop_back(); }); },
     {"plain weights (bimetal.weights) are", "float32 numbers"}},
    {"plain_weights_that_say_something_else",
     [] { return with_weights([](auto& weights) { weights.front() += 1.0F; }); },
     {"for reference row", "its plain weights (bimetal.weights) give", "not the model it was"}},
    {"other_weights_than_it_was_checked_with",
     [] { return foreign(foreign_module(), 1.0); },
     {"for reference row 1 forward gives 0 for the increment of", "not 1 as its metadata"}},
    {"an_architecture_without_layers",
     [] {
       return with_metadata(without_plain_weights(),
                            [](auto& m) { m["architecture"]["layers"] = ordered_json::array(); });
     },
     {"'layers' must not be empty"}},
    {"no_torchscript", [] { return std::string("case: h2_kernel\n"); }, {"not a TorchScript archive"}},
    {"an_empty_file", [] { return std::string(); }, {"not a TorchScript archive"}},
    {"half_a_file", [] { return taught_bytes().substr(0, taught_bytes().size() / 2); }, {"truncated"}},
};

class RefusedModel : public ModelFileTest, public ::testing::WithParamInterface<Refusal> {};

TEST_P(RefusedModel, is_refused_in_one_sentence) {
  const auto path = write(GetParam().bytes());
  std::string message;
  try {
    ModelFile(path, comm_).require_for(testing::toy_signature());
  } catch (const core::UserError& error) {
    message = error.what();
  }
  EXPECT_TRUE(core::is_printable(message) && message.size() < 500) << message;
  EXPECT_NE(message.find(path), std::string::npos) << message;
  for (const auto& word : GetParam().words) EXPECT_NE(message.find(word), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(Models, RefusedModel, ::testing::ValuesIn(refusals),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_F(ModelFileTest, species_in_another_order_are_refused) {
  auto signature = testing::toy_signature();
  std::swap(signature.inputs[4].name, signature.inputs[5].name);
  std::swap(signature.outputs[4].name, signature.outputs[5].name);
  try {
    ModelFile(write(taught_bytes()), comm_).require_for(signature);
    FAIL() << "not refused";
  } catch (const core::UserError& error) {
    EXPECT_NE(std::string(error.what()).find("another order: number 5 is Y_A, in this run it is Y_B"),
              std::string::npos)
        << error.what();
  }
}

TEST_F(ModelFileTest, a_file_that_is_not_there_is_refused) {
  EXPECT_THROW(ModelFile(folder_ / "nothing.pt", comm_), core::UserError);
  EXPECT_THROW(ModelFile(folder_, comm_), core::UserError) << "a directory";
}

TEST_F(ModelFileTest, files_that_differ_between_ranks_are_refused_by_all) {
  const auto world = parallel::duplicate(MPI_COMM_WORLD);
  const auto bytes = world.rank() == world.size() - 1 && world.size() > 1
                         ? with_metadata(taught_bytes(), [](auto& metadata) { metadata["version"] = 7; })
                         : taught_bytes();
  const auto path = write(bytes);
  if (world.size() == 1) {
    EXPECT_NO_THROW(ModelFile(path, world));
    return;
  }
  try {
    ModelFile file(path, world);
    FAIL() << "not refused";
  } catch (const core::UserError& error) {
    EXPECT_NE(std::string(error.what()).find(fmt::format("rank {} is not that of rank 0", world.size() - 1)),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace bimetal::surrogate
