#include "app/conservation.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "chemistry/mechanism_reader.hpp"
#include "core/rows.hpp"

namespace bimetal::app {
namespace {

/// Answers with rows it is told.
class Told : public subproblem::SubproblemSolver {
 public:
  explicit Told(std::vector<double> answer) : answer_(std::move(answer)) {}

  subproblem::Kind& kind() override { throw std::logic_error("nobody asks"); }
  subproblem::BatchReport solve(subproblem::Batch& batch) override {
    for (std::int64_t i = 0; i < batch.out.size(); ++i) std::ranges::copy(answer_, batch.out[i].begin());
    return {};
  }

 private:
  std::vector<double> answer_;  // T, Y
};

class Conservation : public testing::Test {
 protected:
  /// The defect of hydrogen when its mass fraction goes from one number to another and that of N2 makes up for it.
  double of_hydrogen(double before, double after) {
    const std::size_t n = mechanism.n_species();
    std::vector<double> in(n + 1, 0.0), answer(n + 1, 0.0);
    for (auto [row, hydrogen] : {std::pair{&in, before}, {&answer, after}}) {
      (*row)[0] = 1000.0;
      (*row)[1 + mechanism.species_index("H2").value()] = hydrogen;
      (*row)[1 + mechanism.species_index("N2").value()] = 1.0 - hydrogen;
    }
    Told told(answer);
    ConservationMonitor monitor(told, mechanism);
    core::RowTable rows(std::ssize(in)), out(std::ssize(in));
    rows.append(in);
    out.append(in);
    const std::vector<std::int64_t> id{0};
    subproblem::Batch batch{.in = rows.rows(), .out = out.rows(), .id = id};
    monitor.solve(batch);
    for (std::size_t e = 0; e < mechanism.n_elements(); ++e)
      if (mechanism.element_mass_fraction(e, mechanism.species_index("H2").value()) > 0.0)
        return monitor.defects().elements[e];
    return -1.0;
  }

  chemistry::Mechanism mechanism =
      chemistry::read_mechanism(std::string(BIMETAL_SOURCE_DIR) + "/inputs/mechanisms/h2_burke2012.yaml");
};

TEST_F(Conservation, of_an_element_is_relative_to_its_mass) { EXPECT_NEAR(of_hydrogen(0.01, 0.011), 0.1, 1e-12); }

TEST_F(Conservation, of_an_element_that_only_round_off_brings_is_no_defect) {
  EXPECT_LT(of_hydrogen(1e-40, 1e-18), 1e-11);
  EXPECT_EQ(of_hydrogen(0.0, 0.0), 0.0);
}

}  // namespace
}  // namespace bimetal::app
