#pragma once

#include <span>
#include <string>
#include <vector>

namespace bimetal::petsc {

/// Names of PETSc's options that no solver has read so far, each with its dash, without those that PETSc itself reads
/// when it ends (-log_view, -options_left, ...). Local.
std::vector<std::string> unread_options();

/// To be called when all solvers are there: UserError if `words` of the command line hold an option for a solver
/// that no solver has asked for, with the name that was probably meant. Solvers within solvers
/// (-pressure_sub_pc_type) may ask later, and what is not for a solver may be asked for any time: unread_options()
/// tells at the end. Local.
void require_solver_options_read(std::span<const std::string> words);

}  // namespace bimetal::petsc
