#include "chemistry/equation.hpp"

#include <gtest/gtest.h>

namespace bimetal::chemistry {
namespace {

using Collider = Equation::Collider;

TEST(Equation, reads_coefficients_and_adds_up_repeated_species) {
  const auto equation = parse_equation("H2O + H2O => 2 H + 0.5 O2 + H2O");
  ASSERT_EQ(equation.reactants.size(), 1u);
  EXPECT_EQ(equation.reactants[0].species, "H2O");
  EXPECT_EQ(equation.reactants[0].coefficient, 2.0);
  ASSERT_EQ(equation.products.size(), 3u);
  EXPECT_EQ(equation.products[1].coefficient, 0.5);
  EXPECT_FALSE(equation.reversible);
  EXPECT_EQ(equation.collider, Collider::none);
}

TEST(Equation, tells_third_bodies_from_species_with_brackets_and_signs) {
  EXPECT_EQ(parse_equation("H + O2 + M <=> HO2 + M").collider, Collider::any);
  EXPECT_EQ(parse_equation("H + O2 (+M) = HO2 (+M)").collider, Collider::any_falloff);
  EXPECT_EQ(parse_equation("H + O2 (+ M) = HO2 (+ M)").collider, Collider::any_falloff);
  const auto explicit_one = parse_equation("H + CH2(S) (+ N2) <=> CH3 (+ N2)");
  EXPECT_EQ(explicit_one.collider, Collider::one_falloff);
  EXPECT_EQ(explicit_one.collider_species, "N2");
  EXPECT_EQ(explicit_one.reactants[1].species, "CH2(S)");
  EXPECT_EQ(parse_equation("HCO+ + E- <=> CO + H").reactants[0].species, "HCO+");
}

TEST(Equation, says_what_is_wrong) {
  const std::pair<const char*, const char*> table[] = {
      {"", "no arrow"},
      {"H + O2", "no arrow"},
      {"H <=> H <=> H", "two arrows"},
      {"<=> H", "empty"},
      {"H + <=> H", "empty or ends"},
      {"+ H <=> H", "no species before"},
      {"H O <=> OH", "missing before \"O\""},
      {"2 <=> H", "follows the coefficient"},
      {"-1 H <=> H", "not positive"},
      {"0 H <=> H", "not positive"},
      {"M <=> M", "no species"},
      {"2 M + H <=> H", "cannot have a coefficient"},
      {"H + M <=> H", "different third bodies"},
      {"H (+M) <=> H (+N2)", "different third bodies"},
      {"H (+M) (+M) <=> H", "more than one third body"},
      {"H (+M <=> H", "is not a third body"},
      {"(+M) <=> H", "nothing"},
  };
  for (const auto& [text, reason] : table) {
    try {
      parse_equation(text);
      ADD_FAILURE() << "accepted: " << text;
    } catch (const EquationError& error) {
      EXPECT_NE(error.reason.find(reason), std::string::npos) << text << ": " << error.reason;
    }
  }
}

}  // namespace
}  // namespace bimetal::chemistry
