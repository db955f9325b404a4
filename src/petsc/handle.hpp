#pragma once

#include <petscdmda.h>
#include <petscsnes.h>

#include <exception>
#include <utility>

namespace bimetal::petsc {

/// How a kind of PETSc object is destroyed: static PetscErrorCode destroy(T*). One line per kind in use.
template <class T>
struct HandleTraits;

template <>
struct HandleTraits<Vec> {
  static PetscErrorCode destroy(Vec* object) { return VecDestroy(object); }
};
template <>
struct HandleTraits<DM> {
  static PetscErrorCode destroy(DM* object) { return DMDestroy(object); }
};
template <>
struct HandleTraits<Mat> {
  static PetscErrorCode destroy(Mat* object) { return MatDestroy(object); }
};
template <>
struct HandleTraits<MatNullSpace> {
  static PetscErrorCode destroy(MatNullSpace* object) { return MatNullSpaceDestroy(object); }
};
template <>
struct HandleTraits<KSP> {
  static PetscErrorCode destroy(KSP* object) { return KSPDestroy(object); }
};
template <>
struct HandleTraits<SNES> {
  static PetscErrorCode destroy(SNES* object) { return SNESDestroy(object); }
};

/// The only owner of a PETSc object. It does not re-wrap the library: get() goes into PETSc's own functions, put()
/// into those that create, as in check(DMCreateGlobalVector(dm, vector.put()), "DMCreateGlobalVector").
///
/// Destroying is Collective, hence an object that dies in unwinding is leaked: the other ranks may not be on their
/// way here. So is one that outlives petsc::Session.
template <class T>
class Handle {
 public:
  Handle() = default;
  ~Handle() { reset(); }
  Handle(Handle&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) {
      reset();
      object_ = std::exchange(other.object_, nullptr);
    }
    return *this;
  }

  T get() const { return object_; }
  /// Destroys what is held and offers its place to a creating function.
  T* put() {
    reset();
    return &object_;
  }

 private:
  void reset() noexcept {
    PetscBool finalized = PETSC_FALSE;
    if (object_ && PetscFinalized(&finalized) == 0 && !finalized && std::uncaught_exceptions() == 0)
      static_cast<void>(HandleTraits<T>::destroy(&object_));
    object_ = nullptr;
  }

  T object_ = nullptr;
};

}  // namespace bimetal::petsc
