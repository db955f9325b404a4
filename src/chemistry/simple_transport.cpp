#include "chemistry/simple_transport.hpp"

#include <string_view>

#include "chemistry/lewis_numbers.hpp"

namespace bimetal::chemistry {
namespace {

struct LewisNumber {
  std::string_view species;
  double value;
};

// Smooke & Giovangigli (1991), the species of methane and hydrogen flames.
constexpr LewisNumber table[] = {
    {"H", 0.18},   {"H2", 0.30},   {"O", 0.70},   {"OH", 0.73},   {"H2O", 0.83}, {"O2", 1.11},
    {"HO2", 1.10}, {"H2O2", 1.12}, {"N2", 1.00},  {"CH4", 0.97},  {"CH3", 1.00}, {"CH2O", 1.28},
    {"HCO", 1.27}, {"CO", 1.10},   {"CO2", 1.39}, {"CH3O", 1.30},
};

}  // namespace

SimpleTransport::SimpleTransport(const Mechanism& mechanism)
    : lewis_(mechanism.n_species(), 1.0), known_(mechanism.n_species(), false) {
  const auto computed = lewis_numbers_in_air(mechanism);
  for (std::size_t k = 0; k < computed.size(); ++k) {
    lewis_[k] = computed[k].value_or(1.0);
    known_[k] = computed[k].has_value();
  }
  for (const auto& [name, value] : table) {
    const auto k = mechanism.find_species(name);
    if (!k) continue;
    lewis_[*k] = value;
    known_[*k] = true;
  }
  for (double lewis : lewis_) inverse_lewis_.push_back(1.0 / lewis);
}

}  // namespace bimetal::chemistry
