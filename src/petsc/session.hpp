#pragma once

#include <span>
#include <string>
#include <vector>

#include "parallel/communicator.hpp"

namespace bimetal::petsc {

/// The life of PETSc in this process, over the ranks of `world`; made after parallel::Session and gone before it.
///
/// `options` are PETSc's own, word by word ("-log_view", "-ksp_type", "cg"); PETSC_OPTIONS counts too. PETSc keeps
/// its hands off signals, and its errors come back as codes without a traceback of their own, so that the sentence of
/// petsc::check is the only one. Collective.
class Session {
 public:
  explicit Session(const parallel::Communicator& world, std::span<const std::string> options = {});
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

 private:
  std::vector<std::string> words_;  // the command line as PETSc sees it; it keeps pointers to it
  std::vector<char*> argv_;
};

}  // namespace bimetal::petsc
