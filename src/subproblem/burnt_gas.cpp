#include "subproblem/burnt_gas.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <string_view>

#include "chemistry/thermodynamics.hpp"
#include "core/error.hpp"
#include "subproblem/cvode.hpp"
#include "subproblem/element_closure.hpp"
#include "subproblem/reactor_equations.hpp"

namespace bimetal::subproblem {
namespace {

constexpr double relaxation_time = 1.0;  // [s]
constexpr CvodeOptions tight{.rtol = 1e-8, .atol = 1e-14, .max_steps = 100'000};

/// What complete combustion makes of one molecule of a species.
struct Products {
  double CO2 = 0.0, H2O = 0.0, N2 = 0.0, SO2 = 0.0;
  double O2 = 0.0;  // negative: needed
};

/// None for species that hold other elements or burn to what the mechanism lacks: those stay as they are.
std::optional<Products> products_of(const chemistry::Mechanism& mechanism, const chemistry::Species& species) {
  Products made;
  for (std::size_t e = 0; e < mechanism.n_elements(); ++e) {
    const double atoms = species.atoms[e];
    const auto& name = mechanism.elements[e].name;
    if (name == "C") {
      made.CO2 += atoms;
      made.O2 -= atoms;
    } else if (name == "H") {
      made.H2O += atoms / 2.0;
      made.O2 -= atoms / 4.0;
    } else if (name == "O") {
      made.O2 += atoms / 2.0;
    } else if (name == "N") {
      made.N2 += atoms / 2.0;
    } else if (name == "S") {
      made.SO2 += atoms;
      made.O2 -= atoms;
    } else if (atoms != 0.0) {
      return std::nullopt;
    }
  }
  const auto lacks = [&](double moles, std::string_view name) {
    return moles != 0.0 && !mechanism.find_species(name).has_value();
  };
  if (lacks(made.CO2, "CO2") || lacks(made.H2O, "H2O") || lacks(made.O2, "O2") || lacks(made.N2, "N2") ||
      lacks(made.SO2, "SO2"))
    return std::nullopt;
  return made;
}

std::vector<double> completely_burnt(const chemistry::Mechanism& mechanism, std::span<const double> Y) {
  const std::size_t n = mechanism.n_species();
  std::vector<double> moles(n);  // [kmol/kg]
  std::vector<std::optional<Products>> made(n);
  double needed = 0.0, available = 0.0;
  for (std::size_t k = 0; k < n; ++k) {
    moles[k] = Y[k] / mechanism.species[k].molecular_weight;
    made[k] = products_of(mechanism, mechanism.species[k]);
    if (made[k]) (made[k]->O2 < 0.0 ? needed : available) += std::abs(made[k]->O2) * moles[k];
  }
  const double burning = needed > available ? available / needed : 1.0;  // share of what needs oxygen

  std::vector<double> burnt(n, 0.0);
  const auto add = [&](std::string_view name, double amount) {
    if (amount != 0.0) burnt[*mechanism.find_species(name)] += amount;
  };
  for (std::size_t k = 0; k < n; ++k) {
    const double share = !made[k] ? 0.0 : made[k]->O2 < 0.0 ? burning : 1.0;
    burnt[k] += (1.0 - share) * moles[k];
    if (share == 0.0) continue;
    add("CO2", share * moles[k] * made[k]->CO2);
    add("H2O", share * moles[k] * made[k]->H2O);
    add("N2", share * moles[k] * made[k]->N2);
    add("SO2", share * moles[k] * made[k]->SO2);
    add("O2", share * moles[k] * made[k]->O2);
  }
  // Rich gas leaves no oxygen but round-off.
  for (std::size_t k = 0; k < n; ++k) burnt[k] = std::max(0.0, burnt[k] * mechanism.species[k].molecular_weight);
  return burnt;
}

void relax(const chemistry::Mechanism& mechanism, double p, std::span<double> row) {
  Cvode cvode(std::make_unique<ReactorEquations>(mechanism, Constraint::constant_pressure, p));
  cvode.start(row, relaxation_time, tight);
  const auto trouble = cvode.finish();
  VALIDATE(!trouble, "burnt gas: integration stopped at {} s, {} K: {}", cvode.time(), cvode.state()[0], *trouble);
  std::ranges::copy(cvode.state(), row.begin());
}

void check(double T, double p) {
  if (!(T >= 200.0 && T <= 5000.0))
    throw core::UserError::format("burnt gas: temperature {} K before burning is out of range; give 200 to 5000 K",
                                  T);
  if (!(p > 0.0 && std::isfinite(p)))
    throw core::UserError::format("burnt gas: pressure {} Pa is not positive; give one above 0", p);
}

}  // namespace

std::vector<double> burnt_gas(const chemistry::Mechanism& mechanism, double T, double p, std::span<const double> Y) {
  EXPECT(Y.size() == mechanism.n_species());
  check(T, p);
  const chemistry::Thermodynamics thermodynamics(mechanism);
  const double h = thermodynamics.enthalpy(T, Y);

  std::vector<double> row{0.0};
  std::ranges::copy(completely_burnt(mechanism, Y), std::back_inserter(row));
  const std::span<double> burnt(row.begin() + 1, row.end());
  row[0] = thermodynamics.temperature_from_enthalpy(h, burnt, 1500.0);
  relax(mechanism, p, row);

  // What the integration's tolerances have lost of the elements and the enthalpy.
  VALIDATE(ElementClosure(mechanism).restore(Y, burnt),
           "burnt gas: the elements of the gas at {} K and {} Pa are lost", T, p);
  row[0] = thermodynamics.temperature_from_enthalpy(h, burnt, row[0]);
  return row;
}

}  // namespace bimetal::subproblem
