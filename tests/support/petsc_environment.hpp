#pragma once

#include <gtest/gtest.h>
#include <mpi.h>

#include <memory>

#include "parallel/mpi.hpp"
#include "petsc/session.hpp"

namespace bimetal::testing {

/// PETSc's life around all tests of a program; including this header is enough.
class PetscEnvironment : public ::testing::Environment {
 public:
  void SetUp() override {
    world_ = parallel::duplicate(MPI_COMM_WORLD);
    session_ = std::make_unique<petsc::Session>(world_);
  }
  void TearDown() override {
    session_.reset();
    world_ = parallel::Communicator();
  }
  const parallel::Communicator& world() const { return world_; }

 private:
  parallel::Communicator world_;
  std::unique_ptr<petsc::Session> session_;
};

inline const auto* const petsc_environment =
    static_cast<PetscEnvironment*>(::testing::AddGlobalTestEnvironment(new PetscEnvironment));

inline const parallel::Communicator& world() { return petsc_environment->world(); }

}  // namespace bimetal::testing
