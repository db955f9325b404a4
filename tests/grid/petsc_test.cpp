#include <gtest/gtest.h>

#include <utility>

#include "../support/petsc_environment.hpp"
#include "core/error.hpp"
#include "petsc/error.hpp"
#include "petsc/handle.hpp"
#include "petsc/rows.hpp"

namespace bimetal::petsc {
namespace {

Handle<Vec> vector_of(PetscInt size) {
  Handle<Vec> vector;
  check(VecCreateSeq(PETSC_COMM_SELF, size, vector.put()), "VecCreateSeq");
  return vector;
}

TEST(PetscErrors, name_the_call_and_carry_the_reason_without_any_print_of_their_own) {
  const auto vector = vector_of(3);
  ::testing::internal::CaptureStderr();
  std::string message;
  try {
    check(VecSetType(vector.get(), "nonsense"), "VecSetType");
  } catch (const core::RuntimeFailure& failure) {
    message = failure.what();
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_NE(message.find("VecSetType failed with PETSc error 86"), std::string::npos) << message;
  EXPECT_NE(message.find("nonsense"), std::string::npos) << message;
}

TEST(PetscHandle, moves_its_object_and_leaves_nothing_behind) {
  auto first = vector_of(2);
  const Vec object = first.get();
  Handle<Vec> second(std::move(first));
  EXPECT_EQ(second.get(), object);
  EXPECT_EQ(first.get(), nullptr);  // NOLINT(bugprone-use-after-move): that is the point
  Handle<Vec> third;
  third = std::move(second);
  EXPECT_EQ(third.get(), object);
}

TEST(PetscHandle, destroys_its_object_once_the_last_owner_is_gone) {
  auto handle = vector_of(2);
  const Vec object = handle.get();
  check(PetscObjectReference(reinterpret_cast<PetscObject>(object)), "PetscObjectReference");
  handle = Handle<Vec>();
  PetscInt references = 0;
  check(PetscObjectGetReference(reinterpret_cast<PetscObject>(object), &references), "PetscObjectGetReference");
  EXPECT_EQ(references, 1);
  Vec ours = object;
  check(VecDestroy(&ours), "VecDestroy");
}

TEST(PetscHandle, leaks_rather_than_talks_while_unwinding) {
  Vec object = nullptr;
  try {
    auto handle = vector_of(2);
    object = handle.get();
    throw core::RuntimeFailure("on purpose");
  } catch (const core::RuntimeFailure&) {
  }
  PetscInt references = 0;
  check(PetscObjectGetReference(reinterpret_cast<PetscObject>(object), &references), "PetscObjectGetReference");
  EXPECT_EQ(references, 1);
  check(VecDestroy(&object), "VecDestroy");
}

TEST(PetscRows, show_the_memory_of_the_vector) {
  const auto vector = vector_of(6);
  {
    const VecRows view(vector.get(), 3);
    ASSERT_EQ(view.rows().size(), 2);
    for (std::int64_t i = 0; i < 2; ++i)
      for (std::size_t c = 0; c < 3; ++c) view.rows()[i][c] = static_cast<double>(10 * i) + static_cast<double>(c);
  }
  const ConstVecRows view(vector.get(), 3);
  EXPECT_EQ(view.rows()[1][2], 12.0);
  PetscReal largest = 0.0;
  check(VecMax(vector.get(), nullptr, &largest), "VecMax");
  EXPECT_EQ(largest, 12.0);
}

}  // namespace
}  // namespace bimetal::petsc
