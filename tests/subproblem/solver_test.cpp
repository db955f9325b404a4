#include "subproblem/solver.hpp"

#include <gtest/gtest.h>

namespace bimetal::subproblem {
namespace {

/// Two columns that have successors, and one condition.
core::Signature signature() {
  core::Signature signature;
  signature.outputs.resize(2);
  signature.inputs.resize(3);
  return signature;
}

TEST(Batch, fits_a_signature_if_its_tables_have_the_widths_and_all_lists_one_entry_a_row) {
  core::RowTable in(3, 4), out(2, 4), short_out(2, 3), wide_out(3, 4);
  const std::vector<std::int64_t> id(4), few_ids(3);
  std::vector<Provenance> provenance(4), little_provenance(3);
  std::vector<double> seconds(4), few_seconds(3);

  const Batch right{.in = in.rows(), .out = out.rows(), .id = id, .provenance = provenance, .seconds = seconds};
  EXPECT_TRUE(fits(right, signature()));
  const auto fits_with = [&](auto change) {
    auto batch = right;
    change(batch);
    return fits(batch, signature());
  };
  EXPECT_TRUE(fits_with([](Batch& batch) { batch.provenance = {}; }));
  EXPECT_TRUE(fits_with([](Batch& batch) { batch.seconds = {}; }));
  EXPECT_FALSE(fits_with([&](Batch& batch) { batch.in = out.rows(); })) << "the condition is missing";
  EXPECT_FALSE(fits_with([&](Batch& batch) { batch.out = wide_out.rows(); }));
  EXPECT_FALSE(fits_with([&](Batch& batch) { batch.out = short_out.rows(); }));
  EXPECT_FALSE(fits_with([&](Batch& batch) { batch.id = few_ids; }));
  EXPECT_FALSE(fits_with([&](Batch& batch) { batch.provenance = little_provenance; }));
  EXPECT_FALSE(fits_with([&](Batch& batch) { batch.seconds = few_seconds; }));
}

TEST(Batch, is_not_solved_in_place) {
  core::RowTable table(3, 4);
  const std::vector<std::int64_t> id(4);
  auto equal = signature();
  equal.outputs.resize(3);
  EXPECT_FALSE(fits({.in = table.rows(), .out = table.rows(), .id = id}, equal));
}

TEST(Batch, fits_without_rows) {
  core::RowTable in(3), out(2);
  EXPECT_TRUE(fits({.in = in.rows(), .out = out.rows(), .id = {}}, signature()));
}

}  // namespace
}  // namespace bimetal::subproblem
