#include "petsc/unread_options.hpp"

#include <petscsys.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "core/error.hpp"
#include "core/nearest.hpp"
#include "petsc/error.hpp"

namespace bimetal::petsc {
namespace {

// Of the solvers of all physics: flow, conduction, diffusion.
constexpr std::array<std::string_view, 3> prefixes{"-pressure_", "-conduction_", "-diffusion_"};
// To guess from; PETSc has hundreds.
constexpr std::array<std::string_view, 23> common{"ksp_type",
                                                  "ksp_rtol",
                                                  "ksp_atol",
                                                  "ksp_max_it",
                                                  "ksp_monitor",
                                                  "ksp_monitor_true_residual",
                                                  "ksp_converged_reason",
                                                  "ksp_view",
                                                  "ksp_norm_type",
                                                  "pc_type",
                                                  "pc_hypre_type",
                                                  "pc_hypre_boomeramg_strong_threshold",
                                                  "pc_gamg_threshold",
                                                  "pc_factor_levels",
                                                  "snes_type",
                                                  "snes_rtol",
                                                  "snes_atol",
                                                  "snes_stol",
                                                  "snes_max_it",
                                                  "snes_monitor",
                                                  "snes_converged_reason",
                                                  "snes_view",
                                                  "snes_linesearch_type"};
// PetscFinalize reads them.
constexpr std::array<std::string_view, 7> read_last{"-options_",        "-log_",   "-malloc", "-memory_", "-objects_",
                                                    "-get_total_flops", "-mpidump"};
// Within the names of options for solvers that solvers make when they are first used.
constexpr std::array<std::string_view, 5> nested{"_sub_", "_mg_", "_gamg_", "_fieldsplit_", "_redundant_"};

bool begins_with_any(std::string_view name, std::span<const std::string_view> beginnings) {
  return std::ranges::any_of(beginnings, [&](std::string_view beginning) { return name.starts_with(beginning); });
}

bool contains_any(std::string_view name, std::span<const std::string_view> parts) {
  return std::ranges::any_of(parts, [&](std::string_view part) { return name.find(part) != std::string_view::npos; });
}

bool is_for_a_solver(std::string_view name) {
  constexpr std::array<std::string_view, 3> parts{"ksp_", "pc_", "snes_"};
  return begins_with_any(name, prefixes) || contains_any(name, parts);
}

/// A guess, as the end of a sentence. `-ksp_type` lacks its prefix; other names are misspelt.
std::string advice(const std::string& name) {
  std::vector<std::string> known;
  for (const auto prefix : prefixes)
    for (const auto rest : common) known.push_back(std::string(prefix).append(rest));
  const auto any_prefix = "begins with -pressure_ in a flow, -conduction_ or -diffusion_ in two-scale runs";
  if (std::ranges::find(known, name) != known.end())
    return fmt::format("this run has no such solver: the name {}", any_prefix);
  for (const auto rest : common)
    if (name.substr(1) == rest) return fmt::format("the name of an option for a solver {}", any_prefix);
  const auto near = core::nearest(name, known);
  return near.empty() ? fmt::format("look for it in PETSc's manual; the name {}", any_prefix)
                      : fmt::format("did you mean {}?", near);
}

}  // namespace

std::vector<std::string> unread_options() {
  PetscInt n = 0;
  char **names = nullptr, **values = nullptr;
  check(PetscOptionsLeftGet(nullptr, &n, &names, &values), "PetscOptionsLeftGet");
  std::vector<std::string> unread;
  for (PetscInt i = 0; i < n; ++i)
    if (auto name = fmt::format("-{}", names[i]); !begins_with_any(name, read_last))
      unread.push_back(std::move(name));
  check(PetscOptionsLeftRestore(nullptr, &n, &names, &values), "PetscOptionsLeftRestore");
  return unread;
}

void require_solver_options_read(std::span<const std::string> words) {
  for (const auto& name : unread_options())
    if (std::ranges::find(words, name) != words.end() && is_for_a_solver(name) && !contains_any(name, nested))
      throw core::UserError::format("No solver of this run knows the PETSc option {}; {}", name, advice(name));
}

}  // namespace bimetal::petsc
