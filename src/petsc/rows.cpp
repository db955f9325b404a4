#include "petsc/rows.hpp"

#include "petsc/error.hpp"

namespace bimetal::petsc {
namespace {

std::int64_t n_rows(Vec vector, std::int64_t width) {
  PetscInt size = 0;
  check(VecGetLocalSize(vector, &size), "VecGetLocalSize");
  EXPECT(size % width == 0);
  return size / width;
}

}  // namespace

VecRows::VecRows(Vec vector, std::int64_t width) : vector_(vector) {
  double* values = nullptr;
  check(VecGetArray(vector, &values), "VecGetArray");
  rows_ = {values, n_rows(vector, width), width};
}

VecRows::~VecRows() {
  double* values = rows_.data();
  static_cast<void>(VecRestoreArray(vector_, &values));
}

ConstVecRows::ConstVecRows(Vec vector, std::int64_t width) : vector_(vector) {
  const double* values = nullptr;
  check(VecGetArrayRead(vector, &values), "VecGetArrayRead");
  rows_ = {values, n_rows(vector, width), width};
}

ConstVecRows::~ConstVecRows() {
  const double* values = rows_.data();
  static_cast<void>(VecRestoreArrayRead(vector_, &values));
}

}  // namespace bimetal::petsc
