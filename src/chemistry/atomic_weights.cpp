#include "chemistry/atomic_weights.hpp"

#include <algorithm>
#include <cctype>

namespace bimetal::chemistry {
namespace {

struct Entry {
  std::string_view symbol;
  double weight;
};

constexpr Entry table[] = {
    {"H", 1.008},        {"He", 4.002602},  {"Li", 6.94},          {"Be", 9.0121831},
    {"B", 10.81},        {"C", 12.011},     {"N", 14.007},         {"O", 15.999},
    {"F", 18.998403163}, {"Ne", 20.1797},   {"Na", 22.98976928},   {"Mg", 24.305},
    {"Al", 26.9815384},  {"Si", 28.085},    {"P", 30.973761998},   {"S", 32.06},
    {"Cl", 35.45},       {"Ar", 39.95},     {"K", 39.0983},        {"Ca", 40.078},
    {"Ti", 47.867},      {"V", 50.9415},    {"Cr", 51.9961},       {"Mn", 54.938043},
    {"Fe", 55.845},      {"Co", 58.933194}, {"Ni", 58.6934},       {"Cu", 63.546},
    {"Zn", 65.38},       {"Br", 79.904},    {"Kr", 83.798},        {"Zr", 91.224},
    {"I", 126.90447},    {"Xe", 131.293},   {"E", 5.485799090e-4},  // an electron; CODATA 2018
};

bool same_but_for_case(std::string_view a, std::string_view b) {
  const auto lower = [](char letter) { return std::tolower(static_cast<unsigned char>(letter)); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

std::optional<double> atomic_weight(std::string_view symbol) {
  for (const auto& entry : table)
    if (entry.symbol == symbol) return entry.weight;
  return std::nullopt;
}

std::string element_symbol(std::string_view written) {
  for (const auto& entry : table)
    if (same_but_for_case(entry.symbol, written)) return std::string(entry.symbol);
  return std::string(written);
}

}  // namespace bimetal::chemistry
