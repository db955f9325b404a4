# Third-party libraries, each as one imported target, whatever way it is packaged.
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Boost REQUIRED)
find_package(SUNDIALS REQUIRED)
find_package(Torch REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
# Single precision.
pkg_check_modules(FFTW3 REQUIRED IMPORTED_TARGET fftw3f)

# yaml-cpp names its target yaml-cpp::yaml-cpp from 0.8 on.
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()

find_package(MPI REQUIRED COMPONENTS C)
# Only the C interface: the C++ bindings left the MPI standard in version 3.
target_compile_definitions(bimetal_options INTERFACE OMPI_SKIP_MPICXX MPICH_SKIP_MPICXX)

if(BIMETAL_WITH_HDF5)
  # Debian names parallel HDF5 after the MPI it was built with; elsewhere it is plain hdf5.
  pkg_search_module(HDF5 REQUIRED IMPORTED_TARGET hdf5-openmpi hdf5-mpi hdf5)
endif()
if(BIMETAL_WITH_PETSC)
  pkg_check_modules(PETSC REQUIRED IMPORTED_TARGET PETSc)
endif()
