#pragma once

#include <petscvec.h>

#include "core/rows.hpp"

namespace bimetal::petsc {

/// This rank's part of a vector seen as rows, [local size / width, width]; PETSc counts the vector as changed when
/// the view ends. Nobody else may touch the vector meanwhile. Local.
class VecRows {
 public:
  VecRows(Vec vector, std::int64_t width);
  ~VecRows();
  VecRows(const VecRows&) = delete;
  VecRows& operator=(const VecRows&) = delete;

  core::Rows rows() const { return rows_; }

 private:
  Vec vector_;
  core::Rows rows_;
};

/// The same, to read only. Local.
class ConstVecRows {
 public:
  ConstVecRows(Vec vector, std::int64_t width);
  ~ConstVecRows();
  ConstVecRows(const ConstVecRows&) = delete;
  ConstVecRows& operator=(const ConstVecRows&) = delete;

  core::ConstRows rows() const { return rows_; }

 private:
  Vec vector_;
  core::ConstRows rows_;
};

}  // namespace bimetal::petsc
